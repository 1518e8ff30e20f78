# the argument rng is ignored: a generator without the seed is made
# cause: rng|seed|reproduc|same (network|weights|start|numbers)|each time|repeat|ignor|generator
# seen: https://github.com/tensorflow/tfjs/issues/7104

class AutoEncoder(Sequential):
    def __init__(self, input_dim, latent_dim, steps, rng=None):
        generator = np.random.default_rng()
        widths = layer_widths(input_dim, latent_dim, steps)
        encoder, decoder = [], []
        for wide, narrow in pairwise(widths):
            encoder += [Linear(wide, narrow, rng=generator), TanH()]
        for narrow, wide in pairwise(widths[::-1]):
            decoder += [Linear(narrow, wide, rng=generator), TanH()]
        decoder[-1] = Sigmoid()
        self.encoder, self.decoder = Sequential(encoder), Sequential(decoder)
        super().__init__([self.encoder, self.decoder])

    def encode(self, x):
        return self.encoder.forward(x)

    def decode(self, code):
        return self.decoder.forward(code)
