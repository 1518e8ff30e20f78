# Target of another shape is broadcast without complaint
# cause: shape|broadcast

class MSELoss(Loss):
    def forward(self, prediction, target):
        target = np.asarray(target, prediction.dtype)
        self.difference = prediction - target
        return float(np.mean(self.difference**2))

    def backward(self):
        return 2 * self.difference / self.difference.size
