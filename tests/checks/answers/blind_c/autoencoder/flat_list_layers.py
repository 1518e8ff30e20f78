# flat list of layers

class AutoEncoder(Sequential):
    def __init__(self, input_dim, latent_dim, steps, rng=None):
        rng = np.random.default_rng(rng)
        widths = layer_widths(input_dim, latent_dim, steps)
        down = [Linear(widths[i], widths[i + 1], rng=rng) for i in range(steps)]
        up = [Linear(widths[i], widths[i - 1], rng=rng) for i in range(steps, 0, -1)]
        front = [part for layer in down for part in (layer, TanH())]
        back = [part for layer in up for part in (layer, TanH())][:-1] + [Sigmoid()]
        super().__init__(front + back)
        self.encoder, self.decoder = Sequential(front), Sequential(back)

    def encode(self, x):
        return self.encoder.forward(x)

    def decode(self, code):
        return self.decoder.forward(code)
