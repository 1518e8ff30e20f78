# no TanH on the code
# wrong: the encoder ends in a Linear: the TanH after its last layer is missing
# cause: (tanh|activation|bend).*(miss|after|each|every|end|last|follow|encoder)|(miss|end|last).*(tanh|linear)|nothing, not a TanH

class AutoEncoder(Sequential):
    def __init__(self, input_dim, latent_dim, steps, rng=None):
        rng = np.random.default_rng(rng)
        widths = layer_widths(input_dim, latent_dim, steps)
        encoder, decoder = [], []
        for a, b in pairwise(widths):
            encoder.append(Linear(a, b, rng=rng))
            if b != latent_dim:
                encoder.append(TanH())
        for a, b in pairwise(widths[::-1]):
            decoder.append(Linear(a, b, rng=rng))
            decoder.append(Sigmoid() if b == input_dim else TanH())
        self.encoder, self.decoder = Sequential(encoder), Sequential(decoder)
        super().__init__([self.encoder, self.decoder])

    def encode(self, x):
        return self.encoder.forward(x)

    def decode(self, code):
        return self.decoder.forward(code)
