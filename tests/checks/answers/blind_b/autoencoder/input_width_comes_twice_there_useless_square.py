# the input width comes twice, so there is a useless square layer at both ends
# cause: spread|twice|extra|one (layer )?(more|too many)|too many|number of (layers|param)|steps (layers|\+ 1)|widths?|square|count|already
# seen: https://github.com/yzhao062/pyod/issues/146

class AutoEncoder(Sequential):
    def __init__(self, input_dim, latent_dim, steps, rng=None):
        rng = np.random.default_rng(rng)
        widths = [input_dim] + list(layer_widths(input_dim, latent_dim, steps))
        enc = []
        for i in range(len(widths) - 1):
            enc += [Linear(widths[i], widths[i + 1], rng=rng), TanH()]
        dec = []
        for i in range(len(widths) - 1, 0, -1):
            dec += [Linear(widths[i], widths[i - 1], rng=rng), TanH()]
        dec[-1] = Sigmoid()
        self.encoder, self.decoder = Sequential(enc), Sequential(dec)
        super().__init__([self.encoder, self.decoder])

    def encode(self, x):
        return self.encoder.forward(x)

    def decode(self, code):
        return self.decoder.forward(code)
