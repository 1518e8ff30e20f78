# weights drawn uniformly from 0 to 1 and scaled: all positive, mean not zero
# cause: mean|positive|centr|center|around zero|negative|uniform|normal|standard deviation|\bstd\b
# seen: https://stackoverflow.com/questions/47240308 (rand against randn)

class Linear(Module):
    def __init__(self, in_features, out_features, rng=None):
        super().__init__()
        generator = np.random.default_rng(rng)
        std = np.sqrt(2 / (in_features + out_features))
        self.params["weight"] = generator.random((in_features, out_features)) * std
        self.params["bias"] = np.zeros(out_features)
        self.grads["weight"] = np.zeros((in_features, out_features))
        self.grads["bias"] = np.zeros(out_features)

    def forward(self, x):
        self.x = x
        y = x @ self.params["weight"]
        y = y + self.params["bias"]
        return y

    def backward(self, grad_output):
        self.grads["weight"] += self.x.T @ grad_output
        self.grads["bias"] += grad_output.sum(axis=0)
        return grad_output @ self.params["weight"].T
