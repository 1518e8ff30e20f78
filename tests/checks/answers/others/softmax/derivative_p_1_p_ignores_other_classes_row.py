# Derivative p(1-p) ignores the other classes of the row
# cause: other|diagonal|[Jj]acobian

class Softmax(Module):
    def __init__(self):
        super().__init__()
        self.p = None

    def forward(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        return self.p

    def backward(self, grad_output):
        return grad_output * self.p * (1 - self.p)
