# logarithm of a softmax that was rounded to 0: infinite
# cause: logarithm|log of|\blog\(|infinit|\binf\b|\bnan\b|round|underflow|large scores|exact for
# seen: https://github.com/zackchase/mxnet-the-straight-dope/pull/382

class CrossEntropyWithLogSoftmax(Loss):
    def forward(self, prediction, target):
        n, classes = prediction.shape
        target = np.asarray(target)
        if target.ndim == 1:
            if len(target) != n or target.min() < 0 or target.max() >= classes:
                raise ValueError("labels do not fit")
            rows = np.zeros((n, classes))
            rows[np.arange(n), target] = 1
            target = rows
        if target.shape != prediction.shape:
            raise ValueError("prediction and target do not fit")
        e = np.exp(prediction - prediction.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        self.target = target
        hit = (self.p * target).sum(axis=1)
        return float(-np.log(hit).mean())

    def backward(self):
        return (self.p - self.target) / len(self.target)
