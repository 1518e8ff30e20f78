# log of softmax plus eps
# wrong: the logarithm of the softmax plus a small number: the cost of an unlikely class is cut off
# cause: log(arithm)?( is taken)? of (a |the )?(softmax|probabilit)|rounded to 0|small number|eps|1e-|added|cut|clip|limit

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
        e = np.exp(prediction - prediction.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        return float(-np.sum(target * np.log(self.p + 1e-9)) / n)

    def backward(self):
        return (self.p - self.y) / len(self.y)
