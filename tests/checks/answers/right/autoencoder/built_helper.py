# built by a helper

def stack(widths, last, rng):
    layers = []
    for pair in pairwise(widths):
        layers.extend((Linear(*pair, rng=rng), TanH()))
    return Sequential(layers[:-1] + [last])


class AutoEncoder(Sequential):
    def __init__(self, input_dim, latent_dim, steps, rng=None):
        rng = np.random.default_rng(rng)
        widths = layer_widths(input_dim, latent_dim, steps)
        self.encoder = stack(widths, TanH(), rng)
        self.decoder = stack(list(reversed(widths)), Sigmoid(), rng)
        super().__init__([*self.encoder.layers, *self.decoder.layers])

    encode = lambda self, x: self.encoder.forward(x)
    decode = lambda self, h: self.decoder.forward(h)
