# backward works on the kept probabilities themselves: a second call differs
# cause: copy|second (call|backward|time)|twice|again|in place|same array|spoil|repeat|called
# seen: https://stackoverflow.com/questions/41663874 and CS231n case study (dscores = probs; dscores[...] -= 1)

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
        z = prediction - prediction.max(axis=1, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        self.p = np.exp(log_p)
        self.target = target
        return float(-(target * log_p).sum() / n)

    def backward(self):
        grad = self.p
        grad -= self.target
        grad /= len(grad)
        return grad
