# softmax is applied to the scores first, and then log-softmax to the probabilities
# cause: twice|two softmax|double|second softmax|already|once more|again|probabilit|scores
# seen: https://github.com/tflearn/tflearn/pull/562

class CrossEntropyWithLogSoftmax(Loss):
    def forward(self, prediction, target):
        n, classes = prediction.shape
        target = np.asarray(target)
        if target.ndim == 1:
            if len(target) != n or target.min() < 0 or target.max() >= classes:
                raise ValueError("labels do not fit")
            target = np.eye(classes)[target]
        if target.shape != prediction.shape:
            raise ValueError("shapes do not fit")
        scores = prediction - prediction.max(axis=1, keepdims=True)
        scores = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        self.log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        self.target = target
        return float(-(target * self.log_p).sum() / n)

    def backward(self):
        return (np.exp(self.log_p) - self.target) / len(self.target)
