# Bias gradient is overwritten, only weight gradient accumulates
# cause: add|accumul|overwr

class Linear(Module):
    def __init__(self, in_features, out_features, rng=None):
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        rng = np.random.default_rng(rng)
        std = 5 / 3 * np.sqrt(2 / (in_features + out_features))
        self.params["weight"] = rng.normal(0, std, (in_features, out_features))
        self.params["bias"] = np.zeros(out_features)
        for name in self.params:
            self.grads[name] = np.zeros_like(self.params[name])
        self.x = None

    def forward(self, x):
        self.x = x
        return x @ self.params["weight"] + self.params["bias"]

    def backward(self, grad_output):
        self.grads["weight"] += self.x.T @ grad_output
        np.sum(grad_output, axis=0, out=self.grads["bias"])
        return grad_output @ self.params["weight"].T
