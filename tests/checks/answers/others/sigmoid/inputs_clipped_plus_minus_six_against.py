# Inputs are clipped to plus minus six against overflow
# cause: clip|large|satur

class Sigmoid(Module):
    def __init__(self):
        super().__init__()
        self.y = None

    def forward(self, x):
        x = np.clip(x, -6, 6)
        self.y = 1 / (1 + np.exp(-x))
        return self.y

    def backward(self, grad_output):
        return grad_output * self.y * (1 - self.y)
