# the variance is handed to rng.normal, which wants the standard deviation (square root forgotten)
# cause: standard deviation|\bstd\b|sqrt|square root|variance|too small|spread|scale
# seen: https://github.com/SethHWeidman/DLFS_code/issues/10

class Linear(Module):
    def __init__(self, in_features, out_features, rng=None):
        super().__init__()
        generator = np.random.default_rng(rng)
        glorot = 2 / (in_features + out_features)
        self.params["weight"] = generator.normal(0, glorot, (in_features, out_features))
        self.params["bias"] = np.zeros((out_features,))
        self.grads["weight"] = np.zeros_like(self.params["weight"])
        self.grads["bias"] = np.zeros_like(self.params["bias"])

    def forward(self, x):
        self.cache = x
        y = x @ self.params["weight"]
        y += self.params["bias"]
        return y

    def backward(self, grad_output):
        self.grads["weight"] += self.cache.T.dot(grad_output)
        self.grads["bias"] += grad_output.sum(axis=0)
        return grad_output.dot(self.params["weight"].T)
