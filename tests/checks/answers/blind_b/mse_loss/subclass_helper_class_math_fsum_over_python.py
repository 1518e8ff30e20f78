# a subclass of a helper class; math.fsum over a Python loop

import math


class _Pair(Loss):
    def keep(self, prediction, target):
        if np.shape(prediction) != np.shape(target):
            raise ValueError(f"{np.shape(prediction)} against {np.shape(target)}")
        self.prediction, self.target = np.array(prediction), np.array(target)


class MSELoss(_Pair):
    def forward(self, prediction, target):
        self.keep(prediction, target)
        pairs = zip(self.prediction.flat, self.target.flat, strict=True)
        return math.fsum((float(p) - float(t)) ** 2 for p, t in pairs) / self.prediction.size

    def backward(self):
        n, m = self.prediction.shape
        return (self.prediction - self.target) * 2 / n / m
