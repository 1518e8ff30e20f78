# the difference is kept in a local variable: self is missing
# cause: \bself\b|\bkeep|kept|attribute|AttributeError|\bstore
# seen: own experience

class MSELoss(Loss):
    def forward(self, prediction, target):
        if prediction.shape != target.shape:
            raise ValueError("prediction and target differ in shape")
        difference = prediction - target
        return float(np.mean(difference**2))

    def backward(self):
        return 2 * self.difference / self.difference.size
