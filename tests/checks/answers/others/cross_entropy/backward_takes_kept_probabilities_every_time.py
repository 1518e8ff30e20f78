# Backward takes one from kept probabilities every time
# cause: twice|second|again

class CrossEntropyWithLogSoftmax(Loss):
    def forward(self, prediction, target):
        n, classes = prediction.shape
        target = np.asarray(target)
        if target.shape == (n,):
            if target.min() < 0:
                raise ValueError("labels start at 0")
            target = np.eye(classes, dtype=prediction.dtype)[target]
        if target.shape != prediction.shape:
            raise ValueError("target needs labels, or one-hot rows as wide as the prediction")
        self.target = target.astype(prediction.dtype)
        shifted = prediction - prediction.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        self.p = np.exp(log_p)
        return float(-(self.target * log_p).sum() / n)

    def backward(self):
        grad = self.p
        grad -= self.target
        return grad / len(grad)
