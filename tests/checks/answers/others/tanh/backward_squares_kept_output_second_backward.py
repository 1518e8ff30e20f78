# Backward squares the kept output, second backward wrong
# cause: twice|second|kept

class TanH(Module):
    def __init__(self):
        super().__init__()
        self.slope = None

    def forward(self, x):
        y = np.tanh(x)
        self.slope = y.copy()
        return y

    def backward(self, grad_output):
        self.slope *= self.slope
        np.subtract(1, self.slope, out=self.slope)
        return grad_output * self.slope
