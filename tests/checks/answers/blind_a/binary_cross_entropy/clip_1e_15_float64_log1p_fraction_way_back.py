# clip at 1e-15 in float64, log1p, one fraction on the way back

class BinaryCrossEntropy(Loss):
    def forward(self, prediction, target):
        if prediction.shape != target.shape:
            raise ValueError("shapes")
        self.y = np.asarray(target, dtype=np.float64)
        self.p = np.clip(np.asarray(prediction, dtype=np.float64), 1e-15, 1 - 1e-15)
        return float(np.average(-(self.y * np.log(self.p) + (1 - self.y) * np.log1p(-self.p))))

    def backward(self):
        return (self.p - self.y) / (self.p * (1 - self.p) * self.p.size)
