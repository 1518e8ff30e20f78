# each encoder layer and its mirror image drawn together (another order of draws), forward written out

class AutoEncoder(Sequential):
    def __init__(self, input_dim, latent_dim, steps, rng=None):
        rng = np.random.default_rng(rng)
        widths = layer_widths(input_dim, latent_dim, steps)
        down, up = [], [Sigmoid()]
        for i in range(steps):
            if i:
                up.insert(0, TanH())
            up.insert(0, Linear(widths[i + 1], widths[i], rng=rng))
            down += [Linear(widths[i], widths[i + 1], rng=rng), TanH()]
        super().__init__([Sequential(down), Sequential(up)])
        self.latent_dim = latent_dim

    @property
    def encoder(self):
        return self.layers[0]

    @property
    def decoder(self):
        return self.layers[1]

    def encode(self, x):
        return self.encoder.forward(x)

    def decode(self, code):
        return self.decoder.forward(code)

    def forward(self, x):
        return self.decode(self.encode(x))
