# Labels are counted from one, class zero wraps around
# cause: label|class|from 0

class CrossEntropyWithLogSoftmax(Loss):
    def forward(self, prediction, target):
        n, classes = prediction.shape
        target = np.asarray(target)
        if target.shape == (n,):
            if target.min() < 0:
                raise ValueError("no negative labels")
            target = np.eye(classes, dtype=prediction.dtype)[target.astype(int) - 1]
        if target.shape != prediction.shape:
            raise ValueError("target needs labels, or one-hot rows as wide as the prediction")
        self.target = target.astype(prediction.dtype)
        shifted = prediction - prediction.max(axis=1, keepdims=True)
        self.log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return float(-(self.target * self.log_p).sum() / n)

    def backward(self):
        return (np.exp(self.log_p) - self.target) / len(self.target)
