# loops over rows

class Linear(Module):
    def __init__(self, in_features, out_features, rng=None):
        super().__init__()
        rng = np.random.default_rng(rng)
        self.params["weight"] = 0.01 * rng.standard_normal((in_features, out_features))
        self.params["bias"] = np.zeros(out_features)
        for key in self.params:
            self.grads[key] = np.zeros(self.params[key].shape)

    def forward(self, x):
        self.rows = [row for row in np.array(x, dtype=float)]
        out = []
        for row in self.rows:
            out.append([row @ w + b for w, b in zip(self.params["weight"].T, self.params["bias"])])
        return np.array(out)

    def backward(self, grad_output):
        back = np.zeros((len(self.rows), len(self.params["weight"])))
        for i, (row, g) in enumerate(zip(self.rows, grad_output)):
            self.grads["weight"] += np.outer(row, g)
            self.grads["bias"] += g
            back[i] = self.params["weight"] @ g
        return back
