# keeps the input

class TanH(Module):
    def forward(self, x):
        self.x = np.array(x)
        return np.tanh(self.x)

    def backward(self, grad_output):
        return grad_output / np.cosh(np.clip(self.x, -300, 300)) ** 2
