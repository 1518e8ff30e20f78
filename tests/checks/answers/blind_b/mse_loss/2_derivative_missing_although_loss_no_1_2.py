# the 2 of the derivative is missing, although the loss has no 1/2
# cause: factor|twice|\bhalf\b|double|\btwo\b|times 2|\b2 (is|of|in|times|missing|forgotten)|the 2\b|1/2
# seen: https://github.com/davisking/dlib/issues/1169

class MSELoss(Loss):
    def forward(self, prediction, target):
        if prediction.shape != target.shape:
            raise ValueError("prediction and target differ in shape")
        self.error = prediction - target
        return float(np.mean(self.error**2))

    def backward(self):
        return self.error / self.error.size
