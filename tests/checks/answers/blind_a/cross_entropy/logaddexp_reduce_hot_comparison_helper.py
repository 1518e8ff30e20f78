# logaddexp.reduce, one-hot by comparison, helper methods, float64 inside

class CrossEntropyWithLogSoftmax(Loss):
    def table(self, target, shape):
        target = np.asarray(target)
        if target.ndim == 1 and len(target) == shape[0]:
            hot = target[:, None] == np.arange(shape[1])
            if not hot.any(axis=1).all():
                raise ValueError("a label is no class")
            return hot.astype(float)
        if target.shape == shape:
            return target.astype(float)
        raise ValueError(f"target of shape {target.shape} for {shape}")

    def forward(self, prediction, target):
        self.t = self.table(target, prediction.shape)
        x = prediction.astype(np.float64)
        self.log_p = x - np.logaddexp.reduce(x, axis=1, keepdims=True)
        return float(-np.einsum("nk,nk->", self.t, self.log_p) / x.shape[0])

    def backward(self):
        return np.exp(self.log_p) / len(self.t) - self.t / len(self.t)
