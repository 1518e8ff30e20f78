# expm1 of minus two abs x

class TanH(Module):
    def forward(self, x):
        t = np.expm1(-2 * np.abs(x))
        y = np.copysign(-t / (t + 2), x)
        self.slope = (1 + y) * (1 - y)
        return y

    def backward(self, grad_output):
        return np.multiply(self.slope, grad_output)
