# the input width is put in front of the widths once more: one layer too many in the encoder
# cause: (too many|additional|extra|more|number of|count).*(layers|linear|steps|parameters|param)|layers.*(too many|more|expected|steps)|widths?|784.*784
# seen: https://github.com/yzhao062/pyod/issues/146

class AutoEncoder(Sequential):
    def __init__(self, input_dim, latent_dim, steps, rng=None):
        rng = np.random.default_rng(rng)
        widths = layer_widths(input_dim, latent_dim, steps)
        encoder, decoder = [], []
        for a, b in pairwise([input_dim, *widths]):
            encoder += [Linear(a, b, rng=rng), TanH()]
        for a, b in pairwise(reversed(widths)):
            decoder += [Linear(a, b, rng=rng), TanH()]
        decoder[-1] = Sigmoid()
        self.encoder = Sequential(encoder)
        self.decoder = Sequential(decoder)
        super().__init__([self.encoder, self.decoder])

    def encode(self, x):
        return self.encoder.forward(x)

    def decode(self, code):
        return self.decoder.forward(code)
