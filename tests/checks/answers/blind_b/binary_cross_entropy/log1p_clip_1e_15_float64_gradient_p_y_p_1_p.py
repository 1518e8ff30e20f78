# log1p, clip at 1e-15 in float64, gradient (p - y) / (p (1 - p))

class BinaryCrossEntropy(Loss):
    def forward(self, prediction, target):
        if np.shape(prediction) != np.shape(target):
            raise ValueError("shapes differ")
        self.p = np.clip(np.asarray(prediction, dtype=np.float64), 1e-15, 1 - 1e-15)
        self.y = np.asarray(target, dtype=np.float64)
        cost = self.y * np.log(self.p) + (1 - self.y) * np.log1p(-self.p)
        return -np.mean(cost)

    def backward(self):
        return (self.p - self.y) / (self.p * (1 - self.p) * self.p.size)
