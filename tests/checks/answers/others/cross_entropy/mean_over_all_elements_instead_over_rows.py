# Mean over all elements instead of over rows
# cause: mean|row|divi

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
        self.log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return float(-np.mean(self.target * self.log_p))

    def backward(self):
        return (np.exp(self.log_p) - self.target) / self.target.size
