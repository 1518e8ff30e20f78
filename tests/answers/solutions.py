"""One right answer of each kind, as a student would write it. `wrong.py` changes a line at a time."""

LINEAR = """
class Linear(Module):
    def __init__(self, in_features, out_features, rng=None):
        super().__init__()
        rng = np.random.default_rng(rng)
        std = np.sqrt(2 / (in_features + out_features))
        self.params["weight"] = rng.normal(0, std, (in_features, out_features))
        self.params["bias"] = np.zeros(out_features)
        self.grads["weight"] = np.zeros((in_features, out_features))
        self.grads["bias"] = np.zeros(out_features)

    def forward(self, x):
        self.x = x
        return x @ self.params["weight"] + self.params["bias"]

    def backward(self, grad_output):
        self.grads["weight"] += self.x.T @ grad_output
        self.grads["bias"] += grad_output.sum(axis=0)
        return grad_output @ self.params["weight"].T
"""

TANH = """
class TanH(Module):
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, grad_output):
        return grad_output * (1 - self.y**2)
"""

SIGMOID = """
class Sigmoid(Module):
    def forward(self, x):
        self.y = 1 / (1 + np.exp(-x))
        return self.y

    def backward(self, grad_output):
        return grad_output * self.y * (1 - self.y)
"""

SOFTMAX = """
class Softmax(Module):
    def forward(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        return self.p

    def backward(self, grad_output):
        mean = (grad_output * self.p).sum(axis=1, keepdims=True)
        return self.p * (grad_output - mean)
"""

MSE_LOSS = """
class MSELoss(Loss):
    def forward(self, prediction, target):
        if prediction.shape != target.shape:
            raise ValueError(f"shapes {prediction.shape} and {target.shape} differ")
        self.difference = prediction - target
        return float((self.difference**2).mean())

    def backward(self):
        return 2 * self.difference / self.difference.size
"""

BINARY_CROSS_ENTROPY = """
class BinaryCrossEntropy(Loss):
    def forward(self, prediction, target):
        if prediction.shape != target.shape:
            raise ValueError(f"shapes {prediction.shape} and {target.shape} differ")
        self.p, self.y = np.clip(prediction.astype(float), 1e-12, 1 - 1e-12), target
        costs = -self.y * np.log(self.p) - (1 - self.y) * np.log(1 - self.p)
        return float(costs.mean())

    def backward(self):
        return ((1 - self.y) / (1 - self.p) - self.y / self.p) / self.p.size
"""

CROSS_ENTROPY = """
class CrossEntropyWithLogSoftmax(Loss):
    def forward(self, prediction, target):
        n, classes = prediction.shape
        target = np.asarray(target)
        if target.ndim == 1:
            if len(target) != n or target.min() < 0 or target.max() >= classes:
                raise ValueError("labels must be one for each row, from 0 to classes - 1")
            target = np.eye(classes)[target]
        if target.shape != prediction.shape:
            raise ValueError(f"shapes {prediction.shape} and {target.shape} differ")
        shifted = prediction - prediction.max(axis=1, keepdims=True)
        self.log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        self.target = target
        return float(-(target * self.log_p).sum() / n)

    def backward(self):
        return (np.exp(self.log_p) - self.target) / len(self.target)
"""

SEQUENTIAL = """
class Sequential(Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = list(layers)
        for position, layer in enumerate(self.layers):
            for name in layer.params:
                self.params[f"{position}.{name}"] = layer.params[name]
                self.grads[f"{position}.{name}"] = layer.grads[name]

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad_output):
        for layer in reversed(self.layers):
            grad_output = layer.backward(grad_output)
        return grad_output
"""

OPTIM = """
class Optim:
    def __init__(self, network, loss, learning_rate):
        self.network, self.loss, self.learning_rate = network, loss, learning_rate

    def step(self, X, Y):
        self.network.zero_grad()
        value = self.loss.forward(self.network.forward(X), Y)
        self.network.backward(self.loss.backward())
        for name, param in self.network.params.items():
            param -= self.learning_rate * self.network.grads[name]
        return value

    def SGD(self, X, Y, batch_size, num_epochs, rng=None):
        rng = np.random.default_rng(rng)
        history = []
        for epoch in range(num_epochs):
            order = rng.permutation(len(X))
            total = 0
            for start in range(0, len(X), batch_size):
                rows = order[start : start + batch_size]
                total += self.step(X[rows], Y[rows]) * len(rows)
            history.append(total / len(X))
        return history
"""

AUTOENCODER = """
class AutoEncoder(Sequential):
    def __init__(self, input_dim, latent_dim, steps, rng=None):
        rng = np.random.default_rng(rng)
        widths = spread(input_dim, latent_dim, steps)
        encoder, decoder = [], []
        for wide, narrow in pairwise(widths):
            encoder += [Linear(wide, narrow, rng=rng), TanH()]
        for narrow, wide in pairwise(widths[::-1]):
            decoder += [Linear(narrow, wide, rng=rng), TanH()]
        decoder[-1] = Sigmoid()
        self.encoder, self.decoder = Sequential(encoder), Sequential(decoder)
        super().__init__([self.encoder, self.decoder])

    def encode(self, x):
        return self.encoder.forward(x)

    def decode(self, code):
        return self.decoder.forward(code)
"""

SOLUTIONS = {
    "linear": LINEAR,
    "tanh": TANH,
    "sigmoid": SIGMOID,
    "softmax": SOFTMAX,
    "mse_loss": MSE_LOSS,
    "binary_cross_entropy": BINARY_CROSS_ENTROPY,
    "cross_entropy": CROSS_ENTROPY,
    "sequential": SEQUENTIAL,
    "optim": OPTIM,
    "autoencoder": AUTOENCODER,
}
