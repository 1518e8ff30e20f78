# the variance 2/(in+out) handed to normal() as standard deviation: no square root
# cause: sqrt|square root|standard deviation|\bstd\b|spread|too small|variance|sigma
# seen: https://github.com/SethHWeidman/DLFS_code/issues/10

class Linear(Module):
    def __init__(self, in_features, out_features, rng=None):
        super().__init__()
        rng = np.random.default_rng(rng)
        scale = 2 / (in_features + out_features)
        self.params["weight"] = rng.normal(loc=0, scale=scale, size=(in_features, out_features))
        self.params["bias"] = np.zeros(out_features)
        self.grads["weight"] = np.zeros_like(self.params["weight"])
        self.grads["bias"] = np.zeros_like(self.params["bias"])

    def forward(self, x):
        self.x = x
        return x @ self.params["weight"] + self.params["bias"]

    def backward(self, grad_output):
        self.grads["weight"] += self.x.T @ grad_output
        self.grads["bias"] += np.sum(grad_output, axis=0)
        return grad_output @ self.params["weight"].T
