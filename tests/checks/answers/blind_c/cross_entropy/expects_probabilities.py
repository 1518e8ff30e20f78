# expects probabilities
# wrong: the prediction is taken for probabilities: no softmax in the loss
# cause: softmax (is )?(missing|left out|forgotten)|no softmax|without (a |the )?softmax|probabilit|raw scores|(are|holds|takes) scores|scores.*(as|for)

class CrossEntropyWithLogSoftmax(Loss):
    def forward(self, prediction, target):
        n, classes = prediction.shape
        target = np.asarray(target)
        if target.ndim == 1:
            if len(target) != n or target.min() < 0 or target.max() >= classes:
                raise ValueError("bad labels")
            target = np.eye(classes)[target]
        if target.shape != prediction.shape:
            raise ValueError("shapes differ")
        self.y = target
        self.p = np.clip(prediction, 1e-12, 1.0)
        return float(-np.sum(target * np.log(self.p)) / n)

    def backward(self):
        return -self.y / self.p / len(self.y)
