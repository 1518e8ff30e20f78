# rng ignored
# wrong: rng is ignored: a fresh generator without the seed is made
# cause: \brng\b|seed|generator

class Linear(Module):
    def __init__(self, in_features, out_features, rng=None):
        super().__init__()
        gen = np.random.default_rng()
        scale = np.sqrt(2 / (in_features + out_features))
        self.params = {
            "weight": gen.standard_normal((in_features, out_features)) * scale,
            "bias": np.zeros(out_features),
        }
        self.grads = {k: np.zeros_like(v) for k, v in self.params.items()}

    def forward(self, x):
        self.x = x
        return x @ self.params["weight"] + self.params["bias"]

    def backward(self, grad_output):
        self.grads["weight"] += self.x.T @ grad_output
        self.grads["bias"] += grad_output.sum(axis=0)
        return grad_output @ self.params["weight"].T
