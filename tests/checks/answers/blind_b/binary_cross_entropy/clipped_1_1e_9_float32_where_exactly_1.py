# clipped at 1 - 1e-9 in float32, where that is exactly 1
# cause: float32|precision|digits|clip|log\(0\)|(log|logarithm) of (0|zero)|exactly 1|rounds? to 1|float64
# seen: https://github.com/keras-team/keras/issues/377

class BinaryCrossEntropy(Loss):
    EPS = 1e-9

    def forward(self, prediction, target):
        if prediction.shape != target.shape:
            raise ValueError("shapes differ")
        self.t = target
        self.p = np.clip(prediction, self.EPS, 1 - self.EPS)
        cost = self.t * np.log(self.p) + (1 - self.t) * np.log(1 - self.p)
        return float(-cost.mean())

    def backward(self):
        return ((1 - self.t) / (1 - self.p) - self.t / self.p) / self.p.size
