# global max
# wrong: the largest of the whole table is subtracted, so that rows far below it become 0/0
# cause: (whole|entire|all (the )?(rows|scores)|table|global|every row|each row|own (largest|max)|row'?s)

class Softmax(Module):
    def forward(self, x):
        e = np.exp(x - np.max(x))
        self.p = e / np.sum(e, axis=1, keepdims=True)
        return self.p

    def backward(self, grad_output):
        return self.p * (grad_output - np.sum(grad_output * self.p, axis=1, keepdims=True))
