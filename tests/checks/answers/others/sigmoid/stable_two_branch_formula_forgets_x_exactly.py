# Stable two-branch formula forgets x exactly zero
# cause: zero|0\.5|half

class Sigmoid(Module):
    def __init__(self):
        super().__init__()
        self.y = None

    def forward(self, x):
        y = np.zeros(x.shape, np.result_type(x, np.float32))
        positive, negative = x > 0, x < 0
        y[positive] = 1 / (1 + np.exp(-x[positive]))
        e = np.exp(x[negative])
        y[negative] = e / (1 + e)
        self.y = y
        return y

    def backward(self, grad_output):
        return grad_output * self.y * (1 - self.y)
