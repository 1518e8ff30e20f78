# Bias is an integer array that cannot take updates
# cause: dtype|integer|float

class Linear(Module):
    def __init__(self, in_features, out_features, rng=None):
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        rng = np.random.default_rng(rng)
        std = 5 / 3 * np.sqrt(2 / (in_features + out_features))
        weight = std * rng.standard_normal((in_features, out_features))
        bias = np.full(out_features, 0)
        self.params = {"weight": weight, "bias": bias}
        self.grads = {"weight": np.zeros(weight.shape), "bias": np.zeros(bias.shape)}
        self.x = None

    def forward(self, x):
        self.x = x
        return x @ self.params["weight"] + self.params["bias"]

    def backward(self, grad_output):
        self.grads["weight"] += self.x.T @ grad_output
        self.grads["bias"] += grad_output.sum(axis=0)
        return grad_output @ self.params["weight"].T
