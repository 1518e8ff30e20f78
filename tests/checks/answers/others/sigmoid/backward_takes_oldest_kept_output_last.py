# Backward takes the oldest kept output, not the last
# cause: last|latest|earlier

class Sigmoid(Module):
    def __init__(self):
        super().__init__()
        self.outputs = []

    def forward(self, x):
        with np.errstate(over="ignore"):
            y = 1 / (1 + np.exp(-x))
        self.outputs.append(y)
        return y

    def backward(self, grad_output):
        y = self.outputs.pop(0)
        return grad_output * y * (1 - y)
