# gradient over rows
# wrong: the loss is a mean over all elements, but the gradient divides by the rows only
# cause: rows|len\(|number of elements|all elements|divid|column|output

class MSELoss(Loss):
    def forward(self, prediction, target):
        if prediction.shape != target.shape:
            raise ValueError(f"{prediction.shape} != {target.shape}")
        self.d = prediction - target
        return float(np.mean(self.d * self.d))

    def backward(self):
        n = self.d.shape[0]
        return 2.0 / n * self.d
