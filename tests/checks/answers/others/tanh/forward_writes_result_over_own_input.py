# Forward writes the result over its own input
# cause: input|in place|overwr

class TanH(Module):
    def __init__(self):
        super().__init__()
        self.y = None

    def forward(self, x):
        self.y = np.tanh(x, out=x)
        return self.y

    def backward(self, grad_output):
        return grad_output * (1 - self.y * self.y)
