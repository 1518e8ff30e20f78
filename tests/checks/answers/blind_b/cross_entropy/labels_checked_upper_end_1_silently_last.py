# labels are only checked at the upper end, so -1 is silently the last class
# cause: negative|-1|below 0|less than 0|refus|ValueError|last class|lower
# seen: https://github.com/Theano/Theano/pull/3042

class CrossEntropyWithLogSoftmax(Loss):
    def forward(self, prediction, target):
        n, classes = prediction.shape
        target = np.asarray(target)
        if target.ndim == 1:
            if len(target) != n:
                raise ValueError("one label for each row, please")
            if target.max() >= classes:
                raise ValueError("a label is too large")
            target = np.eye(classes)[target]
        if target.shape != prediction.shape:
            raise ValueError("target and prediction differ in shape")
        z = prediction - prediction.max(axis=1, keepdims=True)
        self.log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        self.target = target
        return float(-(target * self.log_p).sum() / n)

    def backward(self):
        return (np.exp(self.log_p) - self.target) / len(self.target)
