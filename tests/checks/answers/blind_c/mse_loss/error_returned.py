# error is returned
# wrong: the ValueError is returned and not raised
# cause: \braise|return(s|ed)? (a |an |the )?(ValueError|error|exception)

class MSELoss(Loss):
    def forward(self, prediction, target):
        if prediction.shape != target.shape:
            return ValueError("prediction and target must have the same shape")
        self.d = prediction - target
        return float((self.d**2).mean())

    def backward(self):
        return 2 * self.d / self.d.size
