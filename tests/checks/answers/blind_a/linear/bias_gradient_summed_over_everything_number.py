# bias gradient summed over everything: one number for all biases
# cause: axis|bias.*(each|own|column|same|one number|scalar|all|sum)|sum.*(row|column)
# seen: https://github.com/rasbt/stat453-deep-learning-ss21/issues/5

class Linear(Module):
    def __init__(self, in_features, out_features, rng=None):
        super().__init__()
        rng = np.random.default_rng(rng)
        spread_of_weights = (2.0 / (in_features + out_features)) ** 0.5
        self.params["weight"] = rng.normal(0.0, spread_of_weights, size=(in_features, out_features))
        self.params["bias"] = np.zeros(out_features)
        for key in self.params:
            self.grads[key] = np.zeros(self.params[key].shape)

    def forward(self, x):
        self.inputs = x
        return np.dot(x, self.params["weight"]) + self.params["bias"]

    def backward(self, grad_output):
        dW = np.dot(self.inputs.T, grad_output)
        db = np.sum(grad_output)
        self.grads["weight"] += dW
        self.grads["bias"] += db
        return np.dot(grad_output, self.params["weight"].T)
