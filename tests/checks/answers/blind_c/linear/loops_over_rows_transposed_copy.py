# loops over rows, transposed copy

class Linear(Module):
    def __init__(self, in_features, out_features, rng=None):
        Module.__init__(self)
        rng = np.random.default_rng(rng)
        std = 1 / np.sqrt((in_features + out_features) / 2)
        self.params = dict(
            weight=std * rng.standard_normal((in_features, out_features)), bias=np.full(out_features, 0.0)
        )
        self.grads = dict(
            weight=np.zeros_like(self.params["weight"]), bias=np.zeros_like(self.params["bias"])
        )

    def forward(self, x):
        self.xT = x.T.copy()
        self.WT = np.array(self.params["weight"].T)
        return np.stack([self.WT.dot(row) + self.params["bias"] for row in x])

    def backward(self, grad_output):
        for column, g in zip(self.xT.T, grad_output):
            self.grads["weight"] += np.outer(column, g)
            for k, value in enumerate(g):
                self.grads["bias"][k] += value
        return np.matmul(grad_output, self.WT)
