# by the hyperbolic tangent

class Sigmoid(Module):
    def forward(self, x):
        self.t = np.tanh(x / 2)
        return (1 + self.t) / 2

    def backward(self, grad_output):
        return (1 - self.t * self.t) / 4 * grad_output
