# Tiny epsilon vanishes in float32, certain predictions give nan
# cause: float32|nan|infin

class BinaryCrossEntropy(Loss):
    def forward(self, prediction, target):
        target = np.asarray(target, prediction.dtype)
        if prediction.shape != target.shape:
            raise ValueError("prediction and target need the same shape")
        eps = 1e-12
        self.p, self.y = np.clip(prediction, eps, 1 - eps), target
        costs = -target * np.log(self.p) - (1 - target) * np.log(1 - self.p)
        return float(np.mean(costs))

    def backward(self):
        return ((1 - self.y) / (1 - self.p) - self.y / self.p) / self.p.size
