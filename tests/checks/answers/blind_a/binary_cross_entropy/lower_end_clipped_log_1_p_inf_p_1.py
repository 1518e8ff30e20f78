# only the lower end is clipped: log(1 - p) is -inf at p = 1
# cause: both ends|upper|p ?= ?1|of (exactly )?1\b|\bclip|\binf|\bnan\b|1 ?[-−] ?p
# seen: https://github.com/hunkim/ReinforcementZeroToAll/pull/16 (clip from 1e-10 to 1.0)

class BinaryCrossEntropy(Loss):
    def forward(self, prediction, target):
        if prediction.shape != target.shape:
            raise ValueError("prediction and target differ in shape")
        self.y = target
        self.p = np.clip(prediction.astype(float), 1e-12, 1.0)
        costs = self.y * np.log(self.p) + (1 - self.y) * np.log(1 - self.p)
        return float(-costs.mean())

    def backward(self):
        return ((1 - self.y) / (1 - self.p) - self.y / self.p) / self.p.size
