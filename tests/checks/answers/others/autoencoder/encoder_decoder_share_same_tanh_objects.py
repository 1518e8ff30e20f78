# Encoder and decoder share the same TanH objects
# cause: shared|same object|gradient

class AutoEncoder(Sequential):
    def __init__(self, input_dim, latent_dim, steps, rng=None):
        rng = np.random.default_rng(rng)
        self.widths = layer_widths(input_dim, latent_dim, steps)
        # tanh has nothing to learn, so that both halves can use these
        bends = [TanH() for _ in range(steps)]
        encoder, decoder = [], []
        for (a, b), bend in zip(pairwise(self.widths), bends):
            encoder += [Linear(a, b, rng=rng), bend]
        for (a, b), bend in zip(pairwise(self.widths[::-1]), bends):
            decoder += [Linear(a, b, rng=rng), bend]
        decoder[-1] = Sigmoid()
        self.encoder, self.decoder = Sequential(encoder), Sequential(decoder)
        super().__init__([self.encoder, self.decoder])
        self.params, self.grads = {}, {}
        for half, part in [("encoder", self.encoder), ("decoder", self.decoder)]:
            for name in part.params:
                self.params[f"{half}.{name}"] = part.params[name]
                self.grads[f"{half}.{name}"] = part.grads[name]

    def encode(self, x):
        return self.encoder.forward(x)

    def decode(self, code):
        return self.decoder.forward(code)
