# indexing instead of one-hot

class CrossEntropyWithLogSoftmax(Loss):
    def forward(self, scores, target):
        target = np.asarray(target)
        n, k = scores.shape
        if target.shape == (n, k) and target.ndim == 2:
            target = target.argmax(1)
        elif target.shape != (n,):
            raise ValueError("targets?")
        if (target < 0).any() or (target >= k).any():
            raise ValueError("no such class")
        z = scores - scores.max(1)[:, None]
        self.logp = z - np.log(np.exp(z).sum(1))[:, None]
        self.labels = target
        return -self.logp[np.arange(n), target].mean()

    def backward(self):
        g = np.exp(self.logp)
        g[np.arange(len(g)), self.labels] -= 1
        return g / len(g)
