# maximum not added back
# wrong: log-sum-exp of the shifted scores without adding the maximum back, next to unshifted scores
# cause: add.*back|back.*add|shift|largest|maximum|max\b|subtract

class CrossEntropyWithLogSoftmax(Loss):
    def forward(self, prediction, target):
        n, classes = prediction.shape
        target = np.asarray(target)
        if target.ndim == 1:
            if len(target) != n or target.min() < 0 or target.max() >= classes:
                raise ValueError("bad labels")
            target = np.eye(classes)[target]
        if target.shape != prediction.shape:
            raise ValueError("shapes differ")
        self.y = target
        m = prediction.max(axis=1, keepdims=True)
        logsumexp = np.log(np.exp(prediction - m).sum(axis=1, keepdims=True))
        self.p = np.exp(prediction - m - logsumexp)
        return float((logsumexp[:, 0] - (target * prediction).sum(axis=1)).mean())

    def backward(self):
        return (self.p - self.y) / len(self.y)
