# no base class

class Linear:
    def __init__(self, in_features, out_features, rng=None):
        rng = np.random.default_rng(rng)
        limit = np.sqrt(6 / (in_features + out_features))
        self.params = dict(weight=rng.uniform(-limit, limit, size=(in_features, out_features)),
                           bias=np.zeros((out_features,)))
        self.grads = dict(weight=np.zeros((in_features, out_features)),
                          bias=np.zeros((out_features,)))

    def zero_grad(self):
        for g in self.grads.values():
            g[:] = 0.0

    def forward(self, x):
        self.x = x.copy()
        y = self.x.dot(self.params["weight"])
        y += self.params["bias"]
        return y

    def backward(self, grad_output):
        self.grads["weight"] += self.x.T.dot(grad_output)
        self.grads["bias"] += np.sum(grad_output, 0)
        return grad_output.dot(np.transpose(self.params["weight"]))
