# two branches by sign, filled by masks, float64 inside

class Sigmoid(Module):
    def forward(self, x):
        x = np.asarray(x, dtype=float)
        out = np.empty_like(x)
        up = x >= 0
        out[up] = 1 / (1 + np.exp(-x[up]))
        e = np.exp(x[~up])
        out[~up] = e / (1 + e)
        self._out = out
        return out.copy()

    def backward(self, grad_output):
        return grad_output * (self._out - self._out**2)
