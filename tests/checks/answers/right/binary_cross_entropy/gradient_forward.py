# the gradient in forward

class BinaryCrossEntropy(Loss):
    def forward(self, prediction, target):
        assert prediction.shape == target.shape
        q = np.clip(np.float64(prediction), 1e-9, 1 - 1e-9)
        self.gradient = ((1 - target) / (1 - q) - target / q) / q.size
        return float(np.average(-(target * np.log(q) + (1 - target) * np.log(1 - q))))

    def backward(self):
        return self.gradient.copy()
