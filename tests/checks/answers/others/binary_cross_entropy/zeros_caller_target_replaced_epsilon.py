# Zeros in the caller's target are replaced by epsilon
# cause: target|in place|chang

class BinaryCrossEntropy(Loss):
    def forward(self, prediction, target):
        target[target == 0] = 1e-7
        target = np.asarray(target, prediction.dtype)
        if prediction.shape != target.shape:
            raise ValueError("prediction and target need the same shape")
        self.p, self.y = prediction, target
        with np.errstate(divide="ignore"):
            log_p = np.maximum(np.log(prediction), -100)
            log_not_p = np.maximum(np.log1p(-prediction), -100)
        return float(np.mean(-target * log_p - (1 - target) * log_not_p))

    def backward(self):
        tiny = np.finfo(self.p.dtype).tiny
        yes = self.y / np.maximum(self.p, tiny)
        no = (1 - self.y) / np.maximum(1 - self.p, tiny)
        return (no - yes) / self.p.size
