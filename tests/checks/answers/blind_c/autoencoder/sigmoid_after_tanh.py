# Sigmoid after TanH
# wrong: the Sigmoid is put after the last TanH instead of in its place
# cause: (instead|after|behind|place|replac|as well|besides|both|and).*tanh|tanh.*(instead|replac|place|too many|before|stays|as well|removed?|left)|sigmoid.*(instead|replac|place)|a TanH and a Sigmoid

class AutoEncoder(Sequential):
    def __init__(self, input_dim, latent_dim, steps, rng=None):
        rng = np.random.default_rng(rng)
        widths = layer_widths(input_dim, latent_dim, steps)
        encoder, decoder = [], []
        for a, b in pairwise(widths):
            encoder += [Linear(a, b, rng=rng), TanH()]
        for a, b in pairwise(widths[::-1]):
            decoder += [Linear(a, b, rng=rng), TanH()]
        decoder.append(Sigmoid())
        self.encoder, self.decoder = Sequential(encoder), Sequential(decoder)
        super().__init__([self.encoder, self.decoder])

    def encode(self, x):
        return self.encoder.forward(x)

    def decode(self, code):
        return self.decoder.forward(code)
