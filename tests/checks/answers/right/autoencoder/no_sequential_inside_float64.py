# no Sequential inside, float64

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
