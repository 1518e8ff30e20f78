# decoder pairs are swapped but not put in reverse order, which fits for one step only
# cause: revers|mirror|backwards|\[::-1\]|order|widths? do not fit|widths?|turned round
# seen: own experience

class AutoEncoder(Sequential):
    def __init__(self, input_dim, latent_dim, steps, rng=None):
        rng = np.random.default_rng(rng)
        widths = layer_widths(input_dim, latent_dim, steps)
        encoder, decoder = [], []
        for wide, narrow in pairwise(widths):
            encoder += [Linear(wide, narrow, rng=rng), TanH()]
        for wide, narrow in pairwise(widths):
            decoder += [Linear(narrow, wide, rng=rng), TanH()]
        decoder[-1] = Sigmoid()
        self.encoder = Sequential(encoder)
        self.decoder = Sequential(decoder)
        super().__init__([self.encoder, self.decoder])

    def encode(self, x):
        return self.encoder.forward(x)

    def decode(self, code):
        return self.decoder.forward(code)
