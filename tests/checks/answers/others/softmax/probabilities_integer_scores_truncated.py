# Probabilities of integer scores are truncated to integers
# cause: integer|dtype|trunc

class Softmax(Module):
    def __init__(self):
        super().__init__()
        self.p = None

    def forward(self, x):
        self.p = np.empty_like(x)
        for i in range(len(x)):
            e = np.exp(x[i] - x[i].max())
            self.p[i] = e / e.sum()
        return self.p

    def backward(self, grad_output):
        grad = np.empty(self.p.shape, grad_output.dtype)
        for i in range(len(self.p)):
            p, g = self.p[i], grad_output[i]
            grad[i] = p * (g - g @ p)
        return grad
