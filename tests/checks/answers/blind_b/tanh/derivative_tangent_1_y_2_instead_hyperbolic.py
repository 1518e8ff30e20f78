# the derivative of the tangent, 1 + y**2, instead of that of the hyperbolic tangent
# cause: sign|1 ?- ?y|plus|minus|\btan\b|1 ?\+ ?y|tangent
# seen: https://github.com/nicodjimenez/lstm/issues/41

class TanH(Module):
    def forward(self, x):
        y = np.tanh(x)
        self.y = y
        return y

    def backward(self, grad_output):
        return grad_output * (1.0 + np.square(self.y))
