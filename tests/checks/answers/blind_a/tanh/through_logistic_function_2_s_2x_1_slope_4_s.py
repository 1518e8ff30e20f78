# through the logistic function: 2 s(2x) - 1, slope 4 s (1 - s)

class TanH(Module):
    def forward(self, x):
        with np.errstate(over="ignore"):
            self.s = 1 / (1 + np.exp(-2 * x))
        return 2 * self.s - 1

    def backward(self, grad_output):
        return grad_output * 4 * self.s * (1 - self.s)
