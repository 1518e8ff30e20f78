# one flat list of layers

class AutoEncoder(Sequential):
    def __init__(self, input_dim, latent_dim, steps, rng=None):
        rng = np.random.default_rng(rng)
        w = layer_widths(input_dim, latent_dim, steps)
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
