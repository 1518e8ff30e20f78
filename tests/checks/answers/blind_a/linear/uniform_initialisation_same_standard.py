# uniform initialisation of the same standard deviation, einsum, a property, additional attributes

class Linear(Module):
    def __init__(self, in_features, out_features, rng=None):
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        limit = (6 / (in_features + out_features)) ** 0.5
        draw = np.random.default_rng(rng).uniform
        self.params.update(weight=draw(-limit, limit, (in_features, out_features)), bias=np.zeros(out_features))
        self.grads.update({k: np.zeros_like(v) for k, v in self.params.items()})
        self.calls = 0
        self._seen = None

    @property
    def W(self):
        return self.params["weight"]

    def forward(self, x):
        self.calls += 1
        self._seen = x
        return np.einsum("ni,io->no", x, self.W) + self.params["bias"][None, :]

    def backward(self, grad_output):
        np.add(self.grads["weight"], np.einsum("ni,no->io", self._seen, grad_output), out=self.grads["weight"])
        self.grads["bias"][:] += np.einsum("no->o", grad_output)
        return np.einsum("no,io->ni", grad_output, self.W)

    def __repr__(self):
        return f"my layer {self.W.shape}"
