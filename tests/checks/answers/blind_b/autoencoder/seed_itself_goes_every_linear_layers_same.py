# the seed itself goes to every Linear, so layers of the same shape start with the same numbers
# cause: generator|seed|alike|same (numbers|weights|values|start)|one rng|default_rng|identical
# seen: https://github.com/netket/netket/issues/241 and https://github.com/marian-nmt/marian-dev/issues/77

class AutoEncoder(Sequential):
    def __init__(self, input_dim, latent_dim, steps, rng=None):
        widths = layer_widths(input_dim, latent_dim, steps)
        down, up = [], []
        for a, b in pairwise(widths):
            down.append(Linear(a, b, rng=rng))
            down.append(TanH())
        for a, b in pairwise(widths[::-1]):
            up.append(Linear(a, b, rng=rng))
            up.append(TanH())
        up[-1] = Sigmoid()
        self.encoder = Sequential(down)
        self.decoder = Sequential(up)
        super().__init__([self.encoder, self.decoder])

    def encode(self, x):
        return self.encoder.forward(x)

    def decode(self, code):
        return self.decoder.forward(code)
