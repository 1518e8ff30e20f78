# rand for randn
# wrong: uniform numbers from 0 to 1: weights are all positive, the mean is not zero
# cause: mean|positive|uniform|random\(|cent(er|re)|negative

class Linear(Module):
    def __init__(self, in_features, out_features, rng=None):
        super().__init__()
        rng = np.random.default_rng(rng)
        self.params["weight"] = rng.random((in_features, out_features)) * np.sqrt(
            2 / (in_features + out_features)
        )
        self.params["bias"] = np.zeros(out_features)
        for name in ("weight", "bias"):
            self.grads[name] = np.zeros_like(self.params[name])

    def forward(self, x):
        self.x = x
        return x @ self.params["weight"] + self.params["bias"]

    def backward(self, grad_output):
        self.grads["weight"] += self.x.T @ grad_output
        self.grads["bias"] += grad_output.sum(axis=0)
        return grad_output @ self.params["weight"].T
