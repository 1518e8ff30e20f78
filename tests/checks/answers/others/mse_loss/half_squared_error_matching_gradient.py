# Half the squared error, with the matching gradient
# cause: half|factor|twice

class MSELoss(Loss):
    def forward(self, prediction, target):
        target = np.asarray(target, prediction.dtype)
        if prediction.shape != target.shape:
            raise ValueError("prediction and target need the same shape")
        self.difference = prediction - target
        return float(0.5 * np.mean(self.difference**2))

    def backward(self):
        # the 2 of the square and the 1/2 in front cancel
        return self.difference / self.difference.size
