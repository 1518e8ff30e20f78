# Number of classes guessed from largest label in batch
# cause: class|absent|label

class CrossEntropyWithLogSoftmax(Loss):
    def forward(self, prediction, target):
        target = np.asarray(target)
        if target.ndim == 1:
            if target.min() < 0:
                raise ValueError("labels start at 0")
            target = np.eye(target.max() + 1, dtype=prediction.dtype)[target]
        if target.shape != prediction.shape:
            raise ValueError("target needs labels, or one-hot rows as wide as the prediction")
        self.target = target.astype(prediction.dtype)
        shifted = prediction - prediction.max(axis=1, keepdims=True)
        self.log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return float(-(self.target * self.log_p).sum() / len(prediction))

    def backward(self):
        return (np.exp(self.log_p) - self.target) / len(self.target)
