# Grey targets between zero and one become yes or no
# cause: between|grey|round

class BinaryCrossEntropy(Loss):
    def forward(self, prediction, target):
        target = np.asarray(target, prediction.dtype)
        if prediction.shape != target.shape:
            raise ValueError("prediction and target need the same shape")
        self.p, self.yes = prediction, target > 0.5
        with np.errstate(divide="ignore"):
            right = np.where(self.yes, np.log(prediction), np.log1p(-prediction))
        return float(-np.mean(np.maximum(right, -100)))

    def backward(self):
        tiny = np.finfo(self.p.dtype).tiny
        yes = -1 / np.maximum(self.p, tiny)
        no = 1 / np.maximum(1 - self.p, tiny)
        return np.where(self.yes, yes, no) / self.p.size
