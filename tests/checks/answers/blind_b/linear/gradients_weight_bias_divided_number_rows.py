# gradients of weight and bias are divided by the number of rows once more
# cause: divid|mean|averag|number of rows|batch size|factor (of )?1 ?/|too small|sum.*rows|already
# seen: https://github.com/SkalskiP/ILearnDeepLearning.py/issues/29

class Linear(Module):
    def __init__(self, in_features, out_features, rng=None):
        super().__init__()
        gen = np.random.default_rng(rng)
        spread_ = np.sqrt(2 / (in_features + out_features))
        self.params = {
            "weight": gen.normal(0.0, spread_, size=(in_features, out_features)),
            "bias": np.zeros(out_features),
        }
        self.grads = {key: np.zeros_like(value) for key, value in self.params.items()}

    def forward(self, x):
        self.inputs = x
        return x @ self.params["weight"] + self.params["bias"]

    def backward(self, grad_output):
        m = len(self.inputs)
        self.grads["weight"] += self.inputs.T @ grad_output / m
        self.grads["bias"] += grad_output.sum(axis=0) / m
        return grad_output @ self.params["weight"].T
