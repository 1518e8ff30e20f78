# only the rows are compared
# wrong: only the number of rows is compared, so (n, 1) and (n,) pass
# cause: shape|\(n, 1\)|\(n,\)|broadcast|n by n|ValueError

class MSELoss(Loss):
    def forward(self, prediction, target):
        if len(prediction) != len(target):
            raise ValueError("prediction and target differ in length")
        self.d = prediction - target
        return np.mean(self.d**2)

    def backward(self):
        return 2 * self.d / self.d.size
