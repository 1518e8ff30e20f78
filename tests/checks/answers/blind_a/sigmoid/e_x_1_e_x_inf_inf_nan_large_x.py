# e^x / (1 + e^x) is inf/inf, NaN, for large x
# cause: \bnan\b|overflow|infinit|\binf\b|large|1000|exp\([-−]
# seen: https://github.com/FederatedAI/FATE/issues/65

class Sigmoid(Module):
    def forward(self, x):
        e = np.exp(x)
        self.y = e / (1 + e)
        return self.y

    def backward(self, grad_output):
        return grad_output * self.y * (1 - self.y)
