# Backward multiplies the incoming gradient in place
# cause: in place|grad_output|chang

class TanH(Module):
    def __init__(self):
        super().__init__()
        self.y = None

    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, grad_output):
        grad_output *= 1 - self.y**2
        return grad_output
