# all layers flat in one Sequential; encoder and decoder are Sequentials of the same layer objects

class AutoEncoder(Sequential):
    def __init__(self, input_dim, latent_dim, steps, rng=None):
        rng = np.random.default_rng(rng)
        w = list(layer_widths(input_dim, latent_dim, steps))
        w = w + w[-2::-1]
        layers = []
        for k in range(2 * steps):
            last = k == 2 * steps - 1
            layers.extend((Linear(w[k], w[k + 1], rng=rng), Sigmoid() if last else TanH()))
        self.encoder = Sequential(layers[: 2 * steps])
        self.decoder = Sequential(layers[2 * steps :])
        super().__init__(layers)

    def encode(self, x):
        return self.encoder.forward(x)

    def decode(self, code):
        return self.decoder.forward(code)

    def forward(self, x):
        return self.decode(self.encode(x))
