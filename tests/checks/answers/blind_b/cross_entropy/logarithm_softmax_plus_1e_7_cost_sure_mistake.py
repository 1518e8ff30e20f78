# the logarithm of a softmax plus 1e-7: the cost of a sure mistake stops at 16
# cause: log.{0,20}softmax|1e-7|eps|16|large scores|cap|limit|underflow|round|log-?sum-?exp|too small|exact
# seen: https://github.com/zackchase/mxnet-the-straight-dope/pull/382; log(y + 1e-7) as in 'Deep Learning from Scratch', ch. 4

class CrossEntropyWithLogSoftmax(Loss):
    def forward(self, prediction, target):
        n, classes = prediction.shape
        target = np.asarray(target)
        if target.ndim == 1:
            if len(target) != n or target.min() < 0 or target.max() >= classes:
                raise ValueError("labels do not fit the scores")
            target = np.eye(classes)[target]
        if target.shape != prediction.shape:
            raise ValueError("target does not fit the scores")
        e = np.exp(prediction - prediction.max(axis=1, keepdims=True))
        self.y = e / e.sum(axis=1, keepdims=True)
        self.t = target
        return float(-np.sum(self.t * np.log(self.y + 1e-7)) / n)

    def backward(self):
        return (self.y - self.t) / len(self.t)
