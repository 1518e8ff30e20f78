# clipped at ten
# wrong: x is clipped to -10..10, so that large inputs never give 0 or 1
# cause: clip|limit|cut( off)?|bound|saturat

class Sigmoid(Module):
    def forward(self, x):
        x = np.clip(x, -10, 10)
        self.s = 1 / (1 + np.exp(-x))
        return self.s

    def backward(self, grad_output):
        return grad_output * self.s * (1 - self.s)
