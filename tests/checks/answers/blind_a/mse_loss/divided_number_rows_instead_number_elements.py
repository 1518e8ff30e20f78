# divided by the number of rows instead of the number of elements, on both ways
# cause: element|\.?size\b|columns|\blen\b|all (the )?(numbers|values)|number of rows
# seen: https://github.com/pytorch/pytorch/issues/3924

class MSELoss(Loss):
    def forward(self, prediction, target):
        if prediction.shape != target.shape:
            raise ValueError("prediction and target differ in shape")
        self.error = prediction - target
        self.n = len(prediction)
        return float(np.sum(self.error**2) / self.n)

    def backward(self):
        return 2 * self.error / self.n
