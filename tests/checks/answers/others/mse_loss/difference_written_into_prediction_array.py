# Difference is written into the prediction array itself
# cause: prediction|in place|chang

class MSELoss(Loss):
    def forward(self, prediction, target):
        target = np.asarray(target, prediction.dtype)
        if prediction.shape != target.shape:
            raise ValueError("prediction and target need the same shape")
        prediction -= target
        self.difference = prediction
        return float(np.mean(self.difference**2))

    def backward(self):
        return 2 * self.difference / self.difference.size
