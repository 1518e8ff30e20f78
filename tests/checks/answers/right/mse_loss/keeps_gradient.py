# keeps the gradient

class MSELoss(Loss):
    def forward(self, prediction, target):
        assert prediction.shape == target.shape, "shapes differ"
        d = np.asarray(prediction, dtype=float) - target
        self.grad = d * (2.0 / d.size)
        return np.mean(d * d)

    def backward(self):
        return self.grad
