# Encode stops before the TanH of the code
# cause: encode|[Tt]an[Hh]|forward

class AutoEncoder(Sequential):
    def __init__(self, input_dim, latent_dim, steps, rng=None):
        rng = np.random.default_rng(rng)
        self.widths = layer_widths(input_dim, latent_dim, steps)
        encoder, decoder = [], []
        for a, b in pairwise(self.widths):
            encoder += [Linear(a, b, rng=rng), TanH()]
        for a, b in pairwise(self.widths[::-1]):
            decoder += [Linear(a, b, rng=rng), TanH()]
        decoder[-1] = Sigmoid()
        self.encoder, self.decoder = Sequential(encoder), Sequential(decoder)
        super().__init__([self.encoder, self.decoder])
        self.params, self.grads = {}, {}
        for half, part in [("encoder", self.encoder), ("decoder", self.decoder)]:
            for name in part.params:
                self.params[f"{half}.{name}"] = part.params[name]
                self.grads[f"{half}.{name}"] = part.grads[name]

    def encode(self, x):
        for layer in self.encoder.layers[: 2 * len(self.widths) - 3]:
            x = layer.forward(x)
        return x

    def decode(self, code):
        return self.decoder.forward(code)
