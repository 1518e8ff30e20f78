# negative labels are let through: -1 means the last class
# cause: negative|[-−]1\b|below 0|smaller than 0|last class
# seen: https://github.com/PaddlePaddle/Paddle/pull/36891 ; https://github.com/Theano/Theano/pull/3042

class CrossEntropyWithLogSoftmax(Loss):
    def forward(self, prediction, target):
        n, classes = prediction.shape
        target = np.asarray(target)
        if target.ndim == 1:
            if len(target) != n:
                raise ValueError("one label for each row")
            if np.any(target >= classes):
                raise ValueError("label too large")
            target = np.eye(classes)[target]
        if target.shape != prediction.shape:
            raise ValueError("prediction and target do not fit")
        z = prediction - prediction.max(axis=1, keepdims=True)
        self.log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        self.target = target
        return float(-np.sum(target * self.log_p) / n)

    def backward(self):
        return (np.exp(self.log_p) - self.target) / len(self.target)
