# Sigmoid comes after the last TanH, not instead
# cause: [Ss]igmoid|[Tt]an[Hh]|range

class AutoEncoder(Sequential):
    def __init__(self, input_dim, latent_dim, steps, rng=None):
        rng = np.random.default_rng(rng)
        self.widths = layer_widths(input_dim, latent_dim, steps)
        encoder, decoder = [], []
        for a, b in pairwise(self.widths):
            encoder += [Linear(a, b, rng=rng), TanH()]
        for a, b in pairwise(self.widths[::-1]):
            decoder += [Linear(a, b, rng=rng), TanH()]
        decoder.append(Sigmoid())
        self.encoder, self.decoder = Sequential(encoder), Sequential(decoder)
        super().__init__([self.encoder, self.decoder])
        self.params, self.grads = {}, {}
        for half, part in [("encoder", self.encoder), ("decoder", self.decoder)]:
            for name in part.params:
                self.params[f"{half}.{name}"] = part.params[name]
                self.grads[f"{half}.{name}"] = part.grads[name]

    def encode(self, x):
        return self.encoder.forward(x)

    def decode(self, code):
        return self.decoder.forward(code)
