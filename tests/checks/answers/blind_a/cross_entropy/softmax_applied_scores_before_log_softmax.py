# softmax is applied to the scores before the log-softmax: twice
# cause: twice|again|already|double|second softmax|(takes|are|holds?|expects?|gets?) scores|logits
# seen: https://github.com/nfmcclure/tensorflow_cookbook/issues/86

class CrossEntropyWithLogSoftmax(Loss):
    def forward(self, prediction, target):
        n, classes = prediction.shape
        target = np.asarray(target)
        if target.ndim == 1:
            if len(target) != n or target.min() < 0 or target.max() >= classes:
                raise ValueError("labels do not fit")
            target = np.eye(classes)[target]
        if target.shape != prediction.shape:
            raise ValueError("prediction and target do not fit")
        scores = self.softmax(prediction)
        z = scores - scores.max(axis=1, keepdims=True)
        self.log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        self.target = target
        return float(-(target * self.log_p).sum() / n)

    def softmax(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def backward(self):
        return (np.exp(self.log_p) - self.target) / len(self.target)
