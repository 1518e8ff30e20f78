# Formula with exponentials overflows to nan for large inputs
# cause: overflow|large|nan

class TanH(Module):
    def __init__(self):
        super().__init__()
        self.y = None

    def forward(self, x):
        up, down = np.exp(x), np.exp(-x)
        self.y = (up - down) / (up + down)
        return self.y

    def backward(self, grad_output):
        return grad_output * (1 - self.y**2)
