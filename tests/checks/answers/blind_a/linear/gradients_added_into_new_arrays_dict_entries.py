# gradients are added into new arrays: the dict entries are replaced, not changed in place
# cause: in.place|\+=|same array|new array|replac|rebind|another array|copy|identity|held|holds
# seen: https://github.com/jimfleming/differentiation/issues/1 (a = a - b against a -= b)

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
        self.last_input = x
        return self.last_input @ self.params["weight"] + self.params["bias"]

    def backward(self, grad_output):
        self.grads["weight"] = self.grads["weight"] + self.last_input.T @ grad_output
        self.grads["bias"] = self.grads["bias"] + grad_output.sum(axis=0)
        return grad_output @ self.params["weight"].T
