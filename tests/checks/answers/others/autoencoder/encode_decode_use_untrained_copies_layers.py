# Encode and decode use untrained copies of the layers
# cause: train|copy|same layers

class AutoEncoder(Sequential):
    def __init__(self, input_dim, latent_dim, steps, rng=None):
        rng = np.random.default_rng(rng)
        self.widths = layer_widths(input_dim, latent_dim, steps)
        super().__init__([self.half(self.widths, TanH(), rng),
                          self.half(self.widths[::-1], Sigmoid(), rng)])
        # the two halves, with the same weights
        self.encoder = self.half(self.widths, TanH(), rng)
        self.decoder = self.half(self.widths[::-1], Sigmoid(), rng)
        self.params, self.grads = {}, {}
        for name, part, inner in [("encoder", self.encoder, self.layers[0]),
                                  ("decoder", self.decoder, self.layers[1])]:
            for key in inner.params:
                part.params[key][:] = inner.params[key]
                self.params[f"{name}.{key}"] = inner.params[key]
                self.grads[f"{name}.{key}"] = inner.grads[key]

    def half(self, widths, end, rng):
        layers = []
        for a, b in pairwise(widths):
            layers += [Linear(a, b, rng=rng), TanH()]
        layers[-1] = end
        return Sequential(layers)

    def encode(self, x):
        return self.encoder.forward(x)

    def decode(self, code):
        return self.decoder.forward(code)
