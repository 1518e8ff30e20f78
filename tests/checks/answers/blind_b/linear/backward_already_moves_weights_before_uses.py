# backward already moves the weights, before it uses them for the gradient of the input
# cause: backward.*(chang|mov|updat|alter)|(chang|mov|updat|alter)\w*.*(param|weight)|param\w* (were|was|are|have|has|must|should)|optimi[sz]er|step
# seen: https://github.com/VikParuchuri/zero_to_gpt/issues/12

class Linear(Module):
    lr = 0.01

    def __init__(self, in_features, out_features, rng=None):
        super().__init__()
        rng = np.random.default_rng(rng)
        std = np.sqrt(2 / (in_features + out_features))
        self.params.update(
            weight=rng.normal(scale=std, size=(in_features, out_features)),
            bias=np.zeros(out_features),
        )
        self.grads.update(
            weight=np.zeros((in_features, out_features)),
            bias=np.zeros(out_features),
        )

    def forward(self, x):
        self.x = x
        return np.dot(x, self.params["weight"]) + self.params["bias"]

    def backward(self, grad_output):
        dW, db = np.dot(self.x.T, grad_output), grad_output.sum(axis=0)
        self.grads["weight"] += dW
        self.grads["bias"] += db
        self.params["weight"] -= self.lr * dW
        self.params["bias"] -= self.lr * db
        return np.dot(grad_output, self.params["weight"].T)
