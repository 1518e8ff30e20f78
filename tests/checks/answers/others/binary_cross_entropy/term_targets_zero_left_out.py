# Term for targets of zero is left out
# cause: 1 - y|term|target 0

class BinaryCrossEntropy(Loss):
    def forward(self, prediction, target):
        target = np.asarray(target, prediction.dtype)
        if prediction.shape != target.shape:
            raise ValueError("prediction and target need the same shape")
        self.p, self.y = prediction, target
        with np.errstate(divide="ignore"):
            log_p = np.maximum(np.log(prediction), -100)
        return float(np.mean(-target * log_p))

    def backward(self):
        tiny = np.finfo(self.p.dtype).tiny
        return -self.y / np.maximum(self.p, tiny) / self.p.size
