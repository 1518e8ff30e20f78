# Result is always float64, even for float32 inputs
# cause: dtype|float32|float64

class Sigmoid(Module):
    def __init__(self):
        super().__init__()
        self.y = None

    def forward(self, x):
        self.y = np.zeros(x.shape)
        with np.errstate(over="ignore"):
            self.y[:] = 1 / (1 + np.exp(-x))
        return self.y

    def backward(self, grad_output):
        return grad_output * self.y * (1 - self.y)
