# min subtracted
# wrong: the smallest score is subtracted instead of the largest, so that exponentials overflow
# cause: overflow|largest|max|smallest|\bmin

class Softmax(Module):
    def forward(self, x):
        e = np.exp(x - x.min(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        return self.p

    def backward(self, grad_output):
        dot = (grad_output * self.p).sum(axis=1, keepdims=True)
        return self.p * (grad_output - dot)
