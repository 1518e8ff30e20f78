# bias and its gradient are one and the same array (a = b = zeros)
# cause: same array|one array|share|alias|memory|two (names|arrays)|params? (chang|and grad)|bias.*chang|chang.*bias|separate|own array
# seen: numpy-discussion, 'Strange behaviour with numpy arrays', 11 Sep 2013 (assignment does not copy); also http://scipy.github.io/old-wiki/pages/numpy_warts_and_gotchas.html

class Linear(Module):
    def __init__(self, in_features, out_features, rng=None):
        super().__init__()
        rng = np.random.default_rng(rng)
        std = np.sqrt(2 / (in_features + out_features))
        self.params["weight"] = rng.normal(0, std, (in_features, out_features))
        self.grads["weight"] = np.zeros((in_features, out_features))
        self.params["bias"] = self.grads["bias"] = np.zeros(out_features)

    def forward(self, x):
        self.x = x
        return x @ self.params["weight"] + self.params["bias"]

    def backward(self, grad_output):
        self.grads["weight"] += self.x.T @ grad_output
        self.grads["bias"] += grad_output.sum(axis=0)
        return grad_output @ self.params["weight"].T
