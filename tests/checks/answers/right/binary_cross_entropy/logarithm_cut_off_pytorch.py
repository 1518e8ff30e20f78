# the logarithm cut off, as in PyTorch

class BinaryCrossEntropy(Loss):
    def forward(self, prediction, target):
        if prediction.shape != target.shape:
            raise ValueError
        self.p, self.y = np.asarray(prediction, dtype=np.float64), np.asarray(target)
        with np.errstate(divide="ignore"):
            yes, no = np.maximum(np.log(self.p), -100), np.maximum(np.log1p(-self.p), -100)
        return -np.mean(self.y * yes + (1 - self.y) * no)

    def backward(self):
        spread = np.maximum(self.p * (1 - self.p), 1e-12)
        return (self.p - self.y) / spread / self.p.size
