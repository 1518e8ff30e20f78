# precedence in std
# wrong: missing brackets: sqrt(2/in + out), so the standard deviation is far too large
# cause: standard deviation|\bstd\b|spread|bracket|parenthes|scale|too (large|wide)|variance

class Linear(Module):
    def __init__(self, in_features, out_features, rng=None):
        super().__init__()
        rng = np.random.default_rng(rng)
        std = np.sqrt(2 / in_features + out_features)
        self.params["weight"] = rng.normal(0, std, (in_features, out_features))
        self.params["bias"] = np.zeros(out_features)
        self.grads["weight"] = np.zeros((in_features, out_features))
        self.grads["bias"] = np.zeros(out_features)

    def forward(self, x):
        self.x = x
        return x @ self.params["weight"] + self.params["bias"]

    def backward(self, grad_output):
        self.grads["weight"] += self.x.T @ grad_output
        self.grads["bias"] += grad_output.sum(axis=0)
        return grad_output @ self.params["weight"].T
