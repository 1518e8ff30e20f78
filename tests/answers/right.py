"""Right answers in styles unlike the book's: none may be refused."""

RIGHT = [
    ("linear", "its own names, einsum", '''
class Linear(Module):
    def __init__(self, n_in, n_out, rng=None):
        super().__init__()
        gen = np.random.default_rng(rng)
        self.params = {"weight": gen.uniform(-1, 1, (n_in, n_out)) / np.sqrt(n_in),
                       "bias": np.zeros(n_out)}
        self.grads = {k: np.zeros_like(v) for k, v in self.params.items()}

    def forward(self, inputs):
        self.cache = inputs
        return np.einsum("ni,io->no", inputs, self.params["weight"]) + self.params["bias"]

    def backward(self, delta):
        self.grads["weight"] += np.einsum("ni,no->io", self.cache, delta)
        self.grads["bias"] += np.einsum("no->o", delta)
        return np.einsum("no,io->ni", delta, self.params["weight"])
'''),
    ("linear", "loops over rows", '''
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
'''),
    ("linear", "float32, attributes beside the dicts, its own zero_grad", '''
class Linear(Module):
    def __init__(self, in_features, out_features, rng=None):
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        std = np.sqrt(2 / in_features)
        W = np.random.default_rng(rng).normal(0, std, (in_features, out_features))
        self.W = self.params["weight"] = W.astype(np.float32)
        self.b = self.params["bias"] = np.zeros(out_features, dtype=np.float32)
        self.dW = self.grads["weight"] = np.zeros_like(self.W)
        self.db = self.grads["bias"] = np.zeros_like(self.b)

    def zero_grad(self):
        self.dW[...] = 0
        self.db *= 0

    def forward(self, x):
        self.x = np.asarray(x, dtype=np.float32)
        return np.dot(self.x, self.W) + self.b

    def backward(self, g):
        g = np.asarray(g, dtype=np.float32)
        np.add(self.dW, np.dot(self.x.T, g), out=self.dW)
        self.db += np.ones(len(g), dtype=np.float32) @ g
        return np.dot(g, self.W.T)

    def __repr__(self):
        return "my layer"
'''),
    ("linear", "no base class", '''
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
'''),
    ("tanh", "keeps the input", '''
class TanH(Module):
    def forward(self, x):
        self.x = np.array(x)
        return np.tanh(self.x)

    def backward(self, grad_output):
        return grad_output / np.cosh(np.clip(self.x, -300, 300)) ** 2
'''),
    ("tanh", "keeps the derivative", '''
class TanH(Module):
    def __init__(self):
        super().__init__()
        self.slope = None

    def forward(self, x):
        y = np.tanh(x)
        self.slope = 1 - y * y
        return y

    def backward(self, g):
        return np.multiply(g, self.slope)
'''),
    ("tanh", "through exponentials that cannot overflow", '''
class TanH(Module):
    def forward(self, x):
        e = np.exp(-2 * np.abs(x))
        self.out = np.sign(x) * (1 - e) / (1 + e)
        return self.out

    def backward(self, grad_output):
        return (1 - self.out) * (1 + self.out) * grad_output
'''),
    ("sigmoid", "through tanh", '''
class Sigmoid(Module):
    def forward(self, x):
        self.s = 0.5 + 0.5 * np.tanh(0.5 * np.asarray(x))
        return self.s

    def backward(self, grad_output):
        return (self.s - self.s**2) * grad_output
'''),
    ("sigmoid", "two branches", '''
class Sigmoid(Module):
    def forward(self, x):
        x = np.asarray(x, dtype=float)
        out = np.empty(x.shape)
        positive = x >= 0
        out[positive] = 1 / (1 + np.exp(-x[positive]))
        e = np.exp(x[~positive])
        out[~positive] = e / (1 + e)
        self.out = out
        return out.copy()

    def backward(self, delta):
        return delta * self.out * (1.0 - self.out)
'''),
    ("sigmoid", "a function outside the class", '''
def squash(v):
    with np.errstate(over="ignore"):
        return np.reciprocal(1.0 + np.exp(-v))


class Sigmoid(Module):
    def __init__(self):
        Module.__init__(self)

    def forward(self, x):
        self.x = np.array(x, dtype=np.float64)
        return squash(self.x)

    def backward(self, grad_output):
        return grad_output * squash(self.x) * squash(-self.x)
'''),
    ("softmax", "the whole Jacobian, row by row", '''
class Softmax(Module):
    def forward(self, x):
        x = np.asarray(x, dtype=float)
        self.p = np.stack([np.exp(r - max(r)) / sum(np.exp(r - max(r))) for r in x])
        return self.p

    def backward(self, grad_output):
        out = []
        for p, g in zip(self.p, grad_output):
            jacobian = np.diag(p) - np.outer(p, p)
            out.append(jacobian @ g)
        return np.array(out)
'''),
    ("softmax", "through logarithms", '''
class Softmax(Module):
    def forward(self, x):
        x = x - np.max(x, axis=-1)[:, None]
        log_p = x - np.log(np.sum(np.exp(x), axis=-1))[:, None]
        self.p = np.exp(log_p)
        return self.p

    def backward(self, g):
        return self.p * g - self.p * np.einsum("ij,ij->i", self.p, g)[:, None]
'''),
    ("softmax", "transposed inside", '''
class Softmax(Module):
    def forward(self, x):
        columns = x.T.astype(float)
        columns = np.exp(columns - columns.max(axis=0))
        self.columns = columns / columns.sum(axis=0)
        return self.columns.T.copy()

    def backward(self, grad_output):
        g = grad_output.T
        return (self.columns * (g - (g * self.columns).sum(axis=0))).T
'''),
    ("mse_loss", "keeps the gradient", '''
class MSELoss(Loss):
    def forward(self, prediction, target):
        assert prediction.shape == target.shape, "shapes differ"
        d = np.asarray(prediction, dtype=float) - target
        self.grad = d * (2.0 / d.size)
        return np.mean(d * d)

    def backward(self):
        return self.grad
'''),
    ("mse_loss", "dot products", '''
class MSELoss(Loss):
    def forward(self, prediction, target):
        if np.shape(prediction) != np.shape(target):
            raise TypeError("prediction and target differ in shape")
        self.d = np.subtract(prediction, target)
        flat = self.d.ravel()
        return float(np.dot(flat, flat)) / flat.size

    def backward(self):
        return (self.d + self.d) / self.d.size
'''),
    ("mse_loss", "loops", '''
class MSELoss:
    def forward(self, prediction, target):
        n, m = prediction.shape
        if target.shape != (n, m):
            raise ValueError("no")
        self.p, self.t = prediction.copy(), target.copy()
        total = 0.0
        for i in range(n):
            for j in range(m):
                total += (self.p[i, j] - self.t[i, j]) ** 2
        return total / (n * m)

    def backward(self):
        n, m = self.p.shape
        return np.array([[2 * (self.p[i, j] - self.t[i, j]) / (n * m) for j in range(m)]
                         for i in range(n)])
'''),
    ("binary_cross_entropy", "the logarithm cut off, as in PyTorch", '''
class BinaryCrossEntropy(Loss):
    def forward(self, prediction, target):
        if prediction.shape != target.shape:
            raise ValueError
        self.p, self.y = np.asarray(prediction, dtype=np.float64), np.asarray(target)
        with np.errstate(divide="ignore"):
            yes, no = np.maximum(np.log(self.p), -100), np.maximum(np.log1p(-self.p), -100)
        return -np.mean(self.y * yes + (1 - self.y) * no)

    def backward(self):
        spread = np.maximum(self.p * (1 - self.p), 1e-12)
        return (self.p - self.y) / spread / self.p.size
'''),
    ("binary_cross_entropy", "np.where", '''
class BinaryCrossEntropy(Loss):
    def forward(self, p, y):
        if p.shape != y.shape:
            raise ValueError("shape")
        p, tiny = p.astype(np.float64), 1e-15
        self.p = np.where(p < tiny, tiny, np.where(p > 1 - tiny, 1 - tiny, p))
        self.y = y
        self.n = p.size
        return (-(y * np.log(self.p)).sum() - ((1 - y) * np.log(1 - self.p)).sum()) / self.n

    def backward(self):
        return -(self.y / self.p - (1 - self.y) / (1 - self.p)) / self.n
'''),
    ("binary_cross_entropy", "the gradient in forward", '''
class BinaryCrossEntropy(Loss):
    def forward(self, prediction, target):
        assert prediction.shape == target.shape
        q = np.clip(np.float64(prediction), 1e-9, 1 - 1e-9)
        self.gradient = ((1 - target) / (1 - q) - target / q) / q.size
        return float(np.average(-(target * np.log(q) + (1 - target) * np.log(1 - q))))

    def backward(self):
        return self.gradient.copy()
'''),
    ("cross_entropy", "indexing instead of one-hot", '''
class CrossEntropyWithLogSoftmax(Loss):
    def forward(self, scores, target):
        target = np.asarray(target)
        n, k = scores.shape
        if target.shape == (n, k) and target.ndim == 2:
            target = target.argmax(1)
        elif target.shape != (n,):
            raise ValueError("targets?")
        if (target < 0).any() or (target >= k).any():
            raise ValueError("no such class")
        z = scores - scores.max(1)[:, None]
        self.logp = z - np.log(np.exp(z).sum(1))[:, None]
        self.labels = target
        return -self.logp[np.arange(n), target].mean()

    def backward(self):
        g = np.exp(self.logp)
        g[np.arange(len(g)), self.labels] -= 1
        return g / len(g)
'''),
    ("cross_entropy", "logsumexp", '''
def logsumexp(z):
    top = np.max(z, axis=1, keepdims=True)
    return top + np.log(np.sum(np.exp(z - top), axis=1, keepdims=True))


class CrossEntropyWithLogSoftmax(Loss):
    def forward(self, z, y):
        y = np.array(y)
        if y.ndim == 1:
            if y.min() < 0:
                raise IndexError("negative label")
            y = np.identity(z.shape[1])[y]
        if y.shape != z.shape:
            raise ValueError("shape")
        self.y, self.p = y, np.exp(z - logsumexp(z))
        return np.sum(y * (logsumexp(z) - z)) / z.shape[0]

    def backward(self):
        return (self.p - self.y) / self.y.shape[0]
'''),
    ("cross_entropy", "row by row", '''
class CrossEntropyWithLogSoftmax(Loss):
    def forward(self, prediction, target):
        n, classes = prediction.shape
        if len(target) != n:
            raise ValueError("rows")
        self.grad = np.zeros((n, classes))
        total = 0
        for i in range(n):
            t = target[i]
            if np.ndim(t) == 0:
                if not 0 <= t < classes:
                    raise ValueError("label")
                one = np.zeros(classes)
                one[t] = 1
            elif np.shape(t) == (classes,):
                one = np.asarray(t, dtype=float)
            else:
                raise ValueError("target")
            z = prediction[i] - prediction[i].max()
            log_p = z - np.log(np.exp(z).sum())
            total -= one @ log_p
            self.grad[i] = (np.exp(log_p) - one) / n
        return float(total) / n

    def backward(self):
        return self.grad
'''),
    ("sequential", "dicts by update, indices backward", '''
class Sequential(Module):
    def __init__(self, layers):
        Module.__init__(self)
        self.modules = tuple(layers)
        for i, m in enumerate(self.modules):
            self.params.update({f"{i}.{k}": v for k, v in m.params.items()})
            self.grads.update({str(i) + "." + k: v for k, v in m.grads.items()})

    def forward(self, x):
        out = x
        for i in range(len(self.modules)):
            out = self.modules[i].forward(out)
        return out

    def backward(self, g):
        for i in range(len(self.modules) - 1, -1, -1):
            g = self.modules[i].backward(g)
        return g

    def zero_grad(self):
        for m in self.modules:
            m.zero_grad()
'''),
    ("sequential", "properties and reduce", '''
from functools import reduce


class Sequential:
    def __init__(self, layers):
        self.layers = layers
        self.params = self.named("params")
        self.grads = self.named("grads")

    def named(self, kind):
        return {f"{i}.{k}": v for i, m in enumerate(self.layers) for k, v in getattr(m, kind).items()}

    def zero_grad(self):
        for g in self.grads.values():
            g *= 0

    def forward(self, x):
        return reduce(lambda v, layer: layer.forward(v), self.layers, x)

    def backward(self, grad_output):
        return reduce(lambda g, layer: layer.backward(g), self.layers[::-1], grad_output)
'''),
    ("sequential", "recursion", '''
class Sequential(Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = [*layers]
        for n, layer in enumerate(self.layers):
            for key, value in layer.params.items():
                name = "%d.%s" % (n, key)
                self.params[name], self.grads[name] = value, layer.grads[key]

    def forward(self, x, start=0):
        if start == len(self.layers):
            return x
        return self.forward(self.layers[start].forward(x), start + 1)

    def backward(self, g):
        stack = list(self.layers)
        while stack:
            g = stack.pop().backward(g)
        return g
'''),
    ("optim", "np.subtract and array_split", '''
class Optim:
    def __init__(self, network, loss, learning_rate):
        self.net, self.criterion, self.eta = network, loss, learning_rate

    def step(self, X, Y):
        out = self.net.forward(X)
        value = self.criterion.forward(out, Y)
        self.net.zero_grad()
        self.net.backward(self.criterion.backward())
        for key in self.net.params:
            p, g = self.net.params[key], self.net.grads[key]
            np.subtract(p, self.eta * g, out=p)
        return value

    def SGD(self, X, Y, batch_size, num_epochs, rng=None):
        rng, losses = np.random.default_rng(rng), []
        for _ in range(num_epochs):
            index = np.arange(len(X))
            rng.shuffle(index)
            parts = np.split(index, range(batch_size, len(X), batch_size))
            values = [self.step(X[part], Y[part]) for part in parts]
            losses.append(float(np.average(values, weights=[len(part) for part in parts])))
        return losses
'''),
    ("optim", "a generator of batches, an array of losses", '''
class Optim:
    def __init__(self, network, loss, learning_rate):
        self.network = network
        self.loss = loss
        self.learning_rate = learning_rate
        self.steps = 0

    def step(self, X, Y):
        for grad in self.network.grads.values():
            grad[...] = 0
        prediction = self.network.forward(X)
        loss = self.loss.forward(prediction, Y)
        self.network.backward(self.loss.backward())
        for param, grad in zip(self.network.params.values(), self.network.grads.values()):
            param[...] = param - self.learning_rate * grad
        self.steps += 1
        return loss

    def batches(self, n, size, rng):
        order = rng.permutation(n)
        at = 0
        while at < n:
            yield order[at : at + size]
            at += size

    def SGD(self, X, Y, batch_size, num_epochs, rng=None):
        rng = np.random.default_rng(rng)
        result = np.zeros(num_epochs)
        for epoch in range(num_epochs):
            for rows in self.batches(len(X), batch_size, rng):
                result[epoch] += len(rows) / len(X) * self.step(X[rows], Y[rows])
        return result
'''),
    ("optim", "shuffled copies", '''
class Optim:
    def __init__(self, network, loss, learning_rate):
        self.network, self.loss, self.learning_rate = network, loss, learning_rate

    def step(self, X, Y):
        self.network.zero_grad()
        L = self.loss.forward(self.network.forward(X), Y)
        self.network.backward(self.loss.backward())
        for name in list(self.network.params):
            self.network.params[name] -= self.learning_rate * self.network.grads[name]
        return L

    def SGD(self, X, Y, batch_size, num_epochs, rng=None):
        rng = np.random.default_rng(rng)
        N, history = len(X), []
        for e in range(1, num_epochs + 1):
            p = rng.permutation(N)
            Xs, Ys = X[p], Y[p]
            s = 0.0
            for b in range(-(-N // batch_size)):
                xb = Xs[b * batch_size : (b + 1) * batch_size]
                yb = Ys[b * batch_size : (b + 1) * batch_size]
                s = s + len(xb) * self.step(xb, yb)
            history += [s / N]
        return history
'''),
    ("autoencoder", "one flat list of layers", '''
class AutoEncoder(Sequential):
    def __init__(self, input_dim, latent_dim, steps, rng=None):
        rng = np.random.default_rng(rng)
        w = spread(input_dim, latent_dim, steps)
        w = w + w[-2::-1]
        layers = []
        for i in range(2 * steps):
            layers.append(Linear(w[i], w[i + 1], rng=rng))
            layers.append(TanH() if i < 2 * steps - 1 else Sigmoid())
        self.half = 2 * steps
        super().__init__(layers)

    def encode(self, x):
        for layer in self.layers[: self.half]:
            x = layer.forward(x)
        return x

    def decode(self, z):
        for layer in self.layers[self.half :]:
            z = layer.forward(z)
        return z
'''),
    ("autoencoder", "no Sequential inside, float64", '''
class AutoEncoder(Module):
    def __init__(self, input_dim, latent_dim, steps, rng=None):
        super().__init__()
        rng = np.random.default_rng(rng)
        ratio = (latent_dim / input_dim) ** (1 / steps)
        widths = [round(input_dim * ratio**k) for k in range(steps + 1)]
        self.enc, self.dec = [], []
        for a, b in zip(widths[:-1], widths[1:]):
            self.enc += [Linear(a, b, init="xavier", rng=rng, dtype=np.float64), TanH()]
        for b, a in zip(widths[:0:-1], widths[-2::-1]):
            self.dec += [Linear(b, a, init="xavier", rng=rng, dtype=np.float64), TanH()]
        self.dec[-1] = Sigmoid()
        for i, layer in enumerate(self.enc + self.dec):
            for k in layer.params:
                self.params[f"layer{i}_{k}"] = layer.params[k]
                self.grads[f"layer{i}_{k}"] = layer.grads[k]

    def encode(self, x):
        for layer in self.enc:
            x = layer.forward(x)
        return x

    def decode(self, h):
        for layer in self.dec:
            h = layer.forward(h)
        return h

    def forward(self, x):
        return self.decode(self.encode(x))

    def backward(self, g):
        for layer in reversed(self.enc + self.dec):
            g = layer.backward(g)
        return g
'''),
    ("autoencoder", "built by a helper", '''
def stack(widths, last, rng):
    layers = []
    for pair in pairwise(widths):
        layers.extend((Linear(*pair, rng=rng), TanH()))
    return Sequential(layers[:-1] + [last])


class AutoEncoder(Sequential):
    def __init__(self, input_dim, latent_dim, steps, rng=None):
        rng = np.random.default_rng(rng)
        widths = spread(input_dim, latent_dim, steps)
        self.encoder = stack(widths, TanH(), rng)
        self.decoder = stack(list(reversed(widths)), Sigmoid(), rng)
        super().__init__([*self.encoder.layers, *self.decoder.layers])

    encode = lambda self, x: self.encoder.forward(x)
    decode = lambda self, h: self.decoder.forward(h)
'''),
]  # fmt: skip
