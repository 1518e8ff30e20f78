# every layer gets the seed itself: layers of the same shape start alike
# cause: generator|\bseed|alike|same (weights|numbers|start)|default_rng|identical
# seen: https://github.com/marian-nmt/marian-dev/issues/77 ; https://github.com/netket/netket/issues/241

class AutoEncoder(Sequential):
    def __init__(self, input_dim, latent_dim, steps, rng=None):
        widths = layer_widths(input_dim, latent_dim, steps)
        down, up = [], []
        for a, b in pairwise(widths):
            down += [Linear(a, b, rng=rng), TanH()]
        for a, b in pairwise(widths[::-1]):
            up += [Linear(a, b, rng=rng), TanH()]
        up[-1] = Sigmoid()
        self.encoder, self.decoder = Sequential(down), Sequential(up)
        super().__init__([self.encoder, self.decoder])

    def encode(self, x):
        return self.encoder.forward(x)

    def decode(self, code):
        return self.decoder.forward(code)
