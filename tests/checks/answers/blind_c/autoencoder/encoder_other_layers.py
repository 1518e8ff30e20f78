# encoder has other layers
# wrong: the network that is trained and self.encoder / self.decoder are made of different layers
# cause: (same|other|different|own|second|another|new|cop(y|ies)).*(layers?|network|weights|encoder|decoder)|shar|twice

class AutoEncoder(Sequential):
    def __init__(self, input_dim, latent_dim, steps, rng=None):
        rng = np.random.default_rng(rng)
        widths = layer_widths(input_dim, latent_dim, steps)

        def half(w):
            layers = []
            for a, b in pairwise(w):
                layers += [Linear(a, b, rng=rng), TanH()]
            return layers

        def decoder():
            return half(widths[::-1])[:-1] + [Sigmoid()]

        super().__init__([Sequential(half(widths)), Sequential(decoder())])
        self.encoder = Sequential(half(widths))
        self.decoder = Sequential(decoder())

    def encode(self, x):
        return self.encoder.forward(x)

    def decode(self, code):
        return self.decoder.forward(code)
