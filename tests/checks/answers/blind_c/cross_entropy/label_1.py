# label -1
# wrong: negative labels are not refused: -1 is taken for the last class
# cause: negative|[-−]1\b|below (0|zero)|last class|less than (0|zero)

class CrossEntropyWithLogSoftmax(Loss):
    def forward(self, prediction, target):
        n, classes = prediction.shape
        target = np.asarray(target)
        if target.ndim == 1:
            if len(target) != n or target.max() >= classes:
                raise ValueError("bad labels")
            target = np.eye(classes)[target]
        if target.shape != prediction.shape:
            raise ValueError("bad shape")
        z = prediction - prediction.max(axis=1, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        self.p, self.y = np.exp(log_p), target
        return float(-(target * log_p).sum() / n)

    def backward(self):
        return (self.p - self.y) / len(self.y)
