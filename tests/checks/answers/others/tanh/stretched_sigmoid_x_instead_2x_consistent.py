# Stretched sigmoid of x instead of 2x, consistent derivative
# cause: [Tt]an[Hh]|value|steep

class TanH(Module):
    def __init__(self):
        super().__init__()
        self.s = None

    def forward(self, x):
        # tanh is a sigmoid that goes from -1 to 1
        with np.errstate(over="ignore"):
            self.s = 1 / (1 + np.exp(-x))
        return 2 * self.s - 1

    def backward(self, grad_output):
        return grad_output * 2 * self.s * (1 - self.s)
