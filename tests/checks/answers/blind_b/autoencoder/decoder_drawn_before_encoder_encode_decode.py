# the decoder is drawn before the encoder; encode and decode write the loop out; extra attributes

class AutoEncoder(Sequential):
    def __init__(self, input_dim, latent_dim, steps, rng=None):
        source = np.random.default_rng(rng)
        self.widths = tuple(layer_widths(input_dim, latent_dim, steps))
        self.latent_dim, self.steps = latent_dim, steps

        def chain(widths, end):
            parts = [m for a, b in zip(widths, widths[1:]) for m in (Linear(a, b, rng=source), TanH())]
            return Sequential(parts[:-1] + [end])

        self.decoder = chain(tuple(reversed(self.widths)), Sigmoid())
        self.encoder = chain(self.widths, TanH())
        super().__init__([self.encoder, self.decoder])

    def encode(self, x):
        for layer in self.encoder.layers:
            x = layer.forward(x)
        return x

    def decode(self, code):
        for layer in self.decoder.layers:
            code = layer.forward(code)
        return code
