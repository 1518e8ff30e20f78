# Gradient accumulates over calls of same shape
# cause: accumul|second|earlier

class MSELoss(Loss):
    def __init__(self):
        self.grad = None

    def forward(self, prediction, target):
        target = np.asarray(target, prediction.dtype)
        if prediction.shape != target.shape:
            raise ValueError("prediction and target need the same shape")
        self.difference = prediction - target
        if self.grad is None or self.grad.shape != self.difference.shape:
            self.grad = np.zeros_like(self.difference)
        return float(np.mean(self.difference**2))

    def backward(self):
        self.grad += 2 * self.difference / self.difference.size
        return self.grad.copy()
