# Skips work if handed the same array object again
# cause: same array|again|stale

class Sigmoid(Module):
    def __init__(self):
        super().__init__()
        self.x = None
        self.y = None

    def forward(self, x):
        if x is not self.x:
            self.x = x
            with np.errstate(over="ignore"):
                self.y = 1 / (1 + np.exp(-x))
        return self.y

    def backward(self, grad_output):
        return grad_output * self.y * (1 - self.y)
