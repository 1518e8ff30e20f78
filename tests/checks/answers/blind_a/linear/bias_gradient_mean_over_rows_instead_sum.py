# bias gradient is the mean over the rows instead of the sum
# cause: bias.*(mean|averag|sum|divid|factor)|(mean|averag|divid).*bias|(rows|batch).*(mean|averag|divid)|(divid|mean|averag).*(rows|batch)
# seen: https://github.com/kvfrans/notes/issues/5

class Linear(Module):
    def __init__(self, in_features, out_features, rng=None):
        super().__init__()
        rng = np.random.default_rng(rng)
        scale = np.sqrt(2 / (in_features + out_features))
        self.params = {
            "weight": scale * rng.standard_normal((in_features, out_features)),
            "bias": np.zeros(out_features),
        }
        self.grads = {name: np.zeros_like(array) for name, array in self.params.items()}

    def forward(self, x):
        self.x = x
        return self.x @ self.params["weight"] + self.params["bias"]

    def backward(self, grad_output):
        self.grads["weight"] += self.x.T @ grad_output
        self.grads["bias"] += grad_output.mean(axis=0)
        return grad_output @ self.params["weight"].T
