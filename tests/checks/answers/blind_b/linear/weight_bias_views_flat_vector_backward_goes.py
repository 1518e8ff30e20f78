# weight and bias are views of one flat vector; backward goes row by row

class Linear(Module):
    def __init__(self, in_features, out_features, rng=None, *, gain=1.0):
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        cut = in_features * out_features
        self.theta, self.dtheta = np.zeros(cut + out_features), np.zeros(cut + out_features)
        std = gain * (2 / (in_features + out_features)) ** 0.5
        self.theta[:cut] = std * np.random.default_rng(rng).standard_normal(cut)
        for flat, table in ((self.theta, self.params), (self.dtheta, self.grads)):
            table["weight"] = flat[:cut].reshape(in_features, out_features)
            table["bias"] = flat[cut:]

    @property
    def weight(self):
        return self.params["weight"]

    def forward(self, x):
        self.rows = x
        return np.stack([row @ self.weight + self.params["bias"] for row in x])

    def backward(self, grad_output):
        for row, g in zip(self.rows, grad_output, strict=True):
            self.grads["weight"] += np.outer(row, g)
            self.grads["bias"] += g
        return grad_output @ self.weight.T
