# super().__init__ is not called: no params, no layers
# cause: super|no attribute|AttributeError|\bparams\b|__init__
# seen: https://github.com/PaddlePaddle/Parakeet/issues/16 ; https://github.com/pytorch/pytorch/issues/422

class AutoEncoder(Sequential):
    def __init__(self, input_dim, latent_dim, steps, rng=None):
        rng = np.random.default_rng(rng)
        widths = layer_widths(input_dim, latent_dim, steps)
        encoder, decoder = [], []
        for a, b in pairwise(widths):
            encoder += [Linear(a, b, rng=rng), TanH()]
        for a, b in pairwise(widths[::-1]):
            decoder += [Linear(a, b, rng=rng), TanH()]
        decoder[-1] = Sigmoid()
        self.encoder = Sequential(encoder)
        self.decoder = Sequential(decoder)

    def encode(self, x):
        return self.encoder.forward(x)

    def decode(self, code):
        return self.decoder.forward(code)
