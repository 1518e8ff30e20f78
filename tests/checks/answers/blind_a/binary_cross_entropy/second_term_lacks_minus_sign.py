# the second term lacks its minus sign
# cause: sign|minus|negative|second term|bracket|parenthes
# seen: https://github.com/eriklindernoren/ML-From-Scratch/issues/16

class BinaryCrossEntropy(Loss):
    def forward(self, prediction, target):
        if prediction.shape != target.shape:
            raise ValueError("prediction and target differ in shape")
        self.y = target
        self.p = np.clip(prediction.astype(np.float64), 1e-12, 1 - 1e-12)
        yes = -self.y * np.log(self.p)
        no = (1 - self.y) * np.log(1 - self.p)
        return float((yes + no).mean())

    def backward(self):
        return ((1 - self.y) / (1 - self.p) - self.y / self.p) / self.p.size
