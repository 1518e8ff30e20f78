# keeps the derivative

class TanH(Module):
    def __init__(self):
        super().__init__()
        self.slope = None

    def forward(self, x):
        y = np.tanh(x)
        self.slope = 1 - y * y
        return y

    def backward(self, g):
        return np.multiply(g, self.slope)
