# the Sigmoid is appended behind the last TanH instead of taking its place
# cause: last TanH|Sigmoid.*(instead|place|replac|after|behind|extra|append)|TanH.*(instead|replac|before (the|a) Sigmoid|too many)|0\.27|0\.73|two activations|ends? (in|with)|Linear.*Sigmoid|extra
# seen: own experience; which activation ends the decoder: https://github.com/tensorflow/swift-models/issues/179

class AutoEncoder(Sequential):
    def __init__(self, input_dim, latent_dim, steps, rng=None):
        rng = np.random.default_rng(rng)
        widths = layer_widths(input_dim, latent_dim, steps)
        encoder, decoder = [], []
        for wide, narrow in pairwise(widths):
            encoder += [Linear(wide, narrow, rng=rng), TanH()]
        for narrow, wide in pairwise(widths[::-1]):
            decoder += [Linear(narrow, wide, rng=rng), TanH()]
        decoder.append(Sigmoid())
        self.encoder, self.decoder = Sequential(encoder), Sequential(decoder)
        super().__init__([self.encoder, self.decoder])

    def encode(self, x):
        return self.encoder.forward(x)

    def decode(self, code):
        return self.decoder.forward(code)
