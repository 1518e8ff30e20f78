# the decoder takes the same TanH objects as the encoder (fine in PyTorch), but each keeps only its last output
# cause: same (object|TanH|layer)|shared?|one TanH|single|each (place|layer|Linear)|several|own TanH|new TanH|twice|reus|gradient|keeps
# seen: https://github.com/zalandoresearch/pytorch-vq-vae/issues/2 and https://github.com/acids-ircam/ddsp_pytorch/issues/37 (one object in several places of a list)

class AutoEncoder(Sequential):
    def __init__(self, input_dim, latent_dim, steps, rng=None):
        rng = np.random.default_rng(rng)
        widths = layer_widths(input_dim, latent_dim, steps)
        bends = [TanH() for _ in range(steps)]
        encoder, decoder = [], []
        for (wide, narrow), bend in zip(pairwise(widths), bends):
            encoder += [Linear(wide, narrow, rng=rng), bend]
        for (narrow, wide), bend in zip(pairwise(widths[::-1]), bends[::-1]):
            decoder += [Linear(narrow, wide, rng=rng), bend]
        decoder[-1] = Sigmoid()
        self.encoder, self.decoder = Sequential(encoder), Sequential(decoder)
        super().__init__([self.encoder, self.decoder])

    def encode(self, x):
        return self.encoder.forward(x)

    def decode(self, code):
        return self.decoder.forward(code)
