# Gradient arrays are replaced instead of added in place
# cause: in place|same array|new array

class Linear(Module):
    def __init__(self, in_features, out_features, rng=None):
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        rng = np.random.default_rng(rng)
        std = 5 / 3 * np.sqrt(2 / (in_features + out_features))
        self.params["weight"] = std * rng.standard_normal((in_features, out_features))
        self.params["bias"] = np.zeros(out_features)
        self.grads["weight"] = np.zeros((in_features, out_features))
        self.grads["bias"] = np.zeros(out_features)
        self.x = None

    def forward(self, x):
        self.x = x
        return x @ self.params["weight"] + self.params["bias"]

    def backward(self, grad_output):
        self.grads["weight"] = self.grads["weight"] + self.x.T @ grad_output
        self.grads["bias"] = self.grads["bias"] + grad_output.sum(axis=0)
        return grad_output @ self.params["weight"].T
