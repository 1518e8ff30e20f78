# root of it
# wrong: the square root is taken: RMSE instead of MSE
# cause: root|sqrt|rmse

class MSELoss(Loss):
    def forward(self, prediction, target):
        if prediction.shape != target.shape:
            raise ValueError("shapes differ")
        self.d = prediction - target
        return float(np.sqrt(np.mean(self.d**2)))

    def backward(self):
        return 2 * self.d / self.d.size
