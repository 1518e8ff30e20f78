# Divides by rows, not elements, forward and backward
# cause: mean|element|column

class MSELoss(Loss):
    def forward(self, prediction, target):
        target = np.asarray(target, prediction.dtype)
        if prediction.shape != target.shape:
            raise ValueError("prediction and target need the same shape")
        self.difference = prediction - target
        return float((self.difference**2).sum() / len(prediction))

    def backward(self):
        return 2 * self.difference / len(self.difference)
