# Decoder's parameter names replace the encoder's
# cause: encoder|missing|param

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
        self.params = {**self.encoder.params, **self.decoder.params}
        self.grads = {**self.encoder.grads, **self.decoder.grads}

    def encode(self, x):
        return self.encoder.forward(x)

    def decode(self, code):
        return self.decoder.forward(code)
