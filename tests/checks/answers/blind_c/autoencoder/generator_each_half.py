# a generator for each half
# wrong: encoder and decoder make a generator each from the same seed: the same numbers are drawn twice
# cause: one generator|same (numbers|seed|generator|start)|alike|generator|seed|\brng\b

class AutoEncoder(Sequential):
    def __init__(self, input_dim, latent_dim, steps, rng=None):
        widths = layer_widths(input_dim, latent_dim, steps)

        def build(widths, last):
            gen = np.random.default_rng(rng)
            layers = []
            for a, b in pairwise(widths):
                layers += [Linear(a, b, rng=gen), TanH()]
            layers[-1] = last
            return Sequential(layers)

        self.encoder = build(widths, TanH())
        self.decoder = build(widths[::-1], Sigmoid())
        super().__init__([self.encoder, self.decoder])

    def encode(self, x):
        return self.encoder.forward(x)

    def decode(self, code):
        return self.decoder.forward(code)
