# the sum of gradients is put into grads as a new array instead of being added in place
# cause: in[- ]place|new array|same array|\+=|rebind|replac|identity|not the (same|array)|another array|holds? the old
# seen: https://github.com/nntrainer/nntrainer/issues/241

class Linear(Module):
    def __init__(self, in_features, out_features, rng=None):
        super().__init__()
        rng = np.random.default_rng(rng)
        sigma = (2 / (in_features + out_features)) ** 0.5
        self.params["weight"] = sigma * rng.standard_normal((in_features, out_features))
        self.params["bias"] = np.zeros(out_features)
        for key in self.params:
            self.grads[key] = np.zeros(self.params[key].shape)

    def forward(self, x):
        self.x = x
        return self.x @ self.params["weight"] + self.params["bias"]

    def backward(self, grad_output):
        dW = self.x.T @ grad_output
        db = np.sum(grad_output, axis=0)
        self.grads["weight"] = self.grads["weight"] + dW
        self.grads["bias"] = self.grads["bias"] + db
        return grad_output @ self.params["weight"].T
