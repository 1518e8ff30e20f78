# off by one in the test for the last layer: the decoder ends in TanH
# cause: sigmoid|ends? (in|with)|last (layer|activation)|(0 and|0 to|0…) ?1\b|negative
# seen: https://github.com/NVIDIA/DeepRecommender/pull/4

class AutoEncoder(Sequential):
    def __init__(self, input_dim, latent_dim, steps, rng=None):
        rng = np.random.default_rng(rng)
        widths = layer_widths(input_dim, latent_dim, steps)
        encoder = []
        for a, b in pairwise(widths):
            encoder.extend([Linear(a, b, rng=rng), TanH()])
        back = widths[::-1]
        last = len(back) - 1
        decoder = []
        for i, (a, b) in enumerate(pairwise(back)):
            decoder.append(Linear(a, b, rng=rng))
            decoder.append(Sigmoid() if i == last else TanH())
        self.encoder = Sequential(encoder)
        self.decoder = Sequential(decoder)
        super().__init__([self.encoder, self.decoder])

    def encode(self, x):
        return self.encoder.forward(x)

    def decode(self, code):
        return self.decoder.forward(code)
