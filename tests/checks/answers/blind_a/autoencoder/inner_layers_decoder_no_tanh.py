# the inner layers of the decoder have no TanH
# cause: tanh|activation|mirror|follow
# seen: https://github.com/theislab/trVAE/issues/8

class AutoEncoder(Sequential):
    def __init__(self, input_dim, latent_dim, steps, rng=None):
        rng = np.random.default_rng(rng)
        widths = layer_widths(input_dim, latent_dim, steps)
        encoder, decoder = [], []
        for wide, narrow in pairwise(widths):
            encoder.append(Linear(wide, narrow, rng=rng))
            encoder.append(TanH())
        for narrow, wide in pairwise(widths[::-1]):
            decoder.append(Linear(narrow, wide, rng=rng))
        decoder.append(Sigmoid())
        self.encoder, self.decoder = Sequential(encoder), Sequential(decoder)
        super().__init__([self.encoder, self.decoder])

    def encode(self, x):
        return self.encoder.forward(x)

    def decode(self, code):
        return self.decoder.forward(code)
