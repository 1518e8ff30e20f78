# As many labels as classes are taken for one-hot
# cause: label|one-hot|shape

class CrossEntropyWithLogSoftmax(Loss):
    def forward(self, prediction, target):
        n, classes = prediction.shape
        target = np.asarray(target)
        if target.shape == prediction.shape[-target.ndim :]:
            self.target = target.astype(prediction.dtype)
        elif target.shape == (n,):
            if target.min() < 0:
                raise ValueError("labels start at 0")
            self.target = np.eye(classes, dtype=prediction.dtype)[target]
        else:
            raise ValueError("target needs labels, or one-hot rows as wide as the prediction")
        shifted = prediction - prediction.max(axis=1, keepdims=True)
        self.log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return float(-(self.target * self.log_p).sum() / n)

    def backward(self):
        return (np.exp(self.log_p) - self.target) / len(self.log_p)
