# written with the hyperbolic tangent; the slope is kept instead of y

class Sigmoid(Module):
    def forward(self, x):
        t = np.tanh(x / 2)
        self.slope = 0.25 * (1 - t * t)
        return (1 + t) / 2

    def backward(self, grad_output):
        return np.multiply(self.slope, grad_output)
