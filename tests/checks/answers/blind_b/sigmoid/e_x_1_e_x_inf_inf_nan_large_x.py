# e^x / (1 + e^x): inf / inf is NaN for large x
# cause: nan|overflow|inf|large|1000
# seen: https://github.com/FederatedAI/FATE/issues/65

class Sigmoid(Module):
    def forward(self, x):
        e = np.exp(x)
        self.s = e / (1 + e)
        return self.s

    def backward(self, grad_output):
        return grad_output * self.s * (1 - self.s)
