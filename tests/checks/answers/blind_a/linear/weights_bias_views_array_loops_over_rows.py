# weights and bias are views of one array, loops over rows instead of matrix products, rng only by name

class Linear(Module):
    def __init__(self, in_features, out_features, *, rng=None):
        super().__init__()
        rng = np.random.default_rng(rng)
        both = np.zeros((in_features + 1, out_features))
        slopes = np.zeros((in_features + 1, out_features))
        both[:-1] = rng.standard_normal((in_features, out_features)) * np.sqrt(2 / (in_features + out_features))
        self.params["bias"], self.params["weight"] = both[-1], both[:-1]
        self.grads["bias"], self.grads["weight"] = slopes[-1], slopes[:-1]
        self.both, self.slopes = both, slopes

    def forward(self, x):
        self.rows = [np.append(row, 1.0) for row in x]
        return np.array([row @ self.both for row in self.rows])

    def backward(self, grad_output):
        result = []
        for row, g in zip(self.rows, grad_output, strict=True):
            self.slopes += np.outer(row, g)
            result.append(self.params["weight"] @ g)
        return np.array(result)
