# two branches by sign with boolean masks, float64 inside

class Sigmoid(Module):
    def forward(self, x):
        z = np.asarray(x, dtype=np.float64)
        y = np.empty_like(z)
        up = z >= 0
        y[up] = 1 / (1 + np.exp(-z[up]))
        e = np.exp(z[~up])
        y[~up] = e / (1 + e)
        self._kept = y
        return y

    def backward(self, grad_output):
        y = self._kept
        return grad_output * (y - y * y)
