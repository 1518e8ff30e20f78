# log10
# wrong: logarithm to base 10 instead of the natural one
# cause: log10|base|natural|log2|\bln\b|logarithm to

class BinaryCrossEntropy(Loss):
    def forward(self, prediction, target):
        if prediction.shape != target.shape:
            raise ValueError("shapes differ")
        self.p = np.clip(prediction.astype(float), 1e-12, 1 - 1e-12)
        self.y = target
        return float(-np.mean(self.y * np.log10(self.p) + (1 - self.y) * np.log10(1 - self.p)))

    def backward(self):
        return (self.p - self.y) / (self.p * (1 - self.p)) / self.p.size
