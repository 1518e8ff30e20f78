# Output is squeezed, a single column loses its axis
# cause: shape|squeez|column

class Sigmoid(Module):
    def __init__(self):
        super().__init__()
        self.y = None

    def forward(self, x):
        with np.errstate(over="ignore"):
            self.y = np.squeeze(1 / (1 + np.exp(-x)))
        return self.y

    def backward(self, grad_output):
        return grad_output * self.y * (1 - self.y)
