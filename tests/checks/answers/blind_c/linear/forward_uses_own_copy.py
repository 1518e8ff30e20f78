# forward uses its own copy
# wrong: forward and backward use self.W, while params holds a copy: training changes nothing
# cause: cop(y|ies)|params|not the (same )?array|another array|own array

class Linear(Module):
    def __init__(self, in_features, out_features, rng=None):
        super().__init__()
        rng = np.random.default_rng(rng)
        self.W = rng.normal(0, (2 / (in_features + out_features)) ** 0.5, (in_features, out_features))
        self.b = np.zeros(out_features)
        self.params["weight"] = self.W.copy()
        self.params["bias"] = self.b.copy()
        self.grads["weight"] = np.zeros_like(self.W)
        self.grads["bias"] = np.zeros_like(self.b)

    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, grad_output):
        self.grads["weight"] += self.x.T @ grad_output
        self.grads["bias"] += grad_output.sum(axis=0)
        return grad_output @ self.W.T
