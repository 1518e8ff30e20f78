# bias gradient keepdims
# wrong: sum over rows keeps its axis, so (1, out) cannot be added in place to (out,)
# cause: keepdims|\(1, \d+\)|shape|dimension|axis

class Linear(Module):
    def __init__(self, in_features, out_features, rng=None):
        super().__init__()
        rng = np.random.default_rng(rng)
        std = np.sqrt(2 / (in_features + out_features))
        self.params["weight"] = rng.normal(0, std, (in_features, out_features))
        self.params["bias"] = np.zeros(out_features)
        self.grads["weight"] = np.zeros((in_features, out_features))
        self.grads["bias"] = np.zeros(out_features)

    def forward(self, x):
        self.x = x
        return x @ self.params["weight"] + self.params["bias"]

    def backward(self, grad_output):
        dW = np.dot(self.x.T, grad_output)
        db = np.sum(grad_output, axis=0, keepdims=True)
        self.grads["weight"] += dW
        self.grads["bias"] += db
        return np.dot(grad_output, self.params["weight"].T)
