# Gradient is divided by size of the first batch
# cause: size|first|batch

class MSELoss(Loss):
    def __init__(self):
        self.size = None

    def forward(self, prediction, target):
        target = np.asarray(target, prediction.dtype)
        if prediction.shape != target.shape:
            raise ValueError("prediction and target need the same shape")
        if self.size is None:
            self.size = prediction.size
        self.difference = prediction - target
        return float(np.mean(self.difference**2))

    def backward(self):
        return 2 * self.difference / self.size
