# everything is reshaped to a column: the gradient loses the shape of the prediction
# cause: shape|reshape|column
# seen: Udacity MiniFlow 'Cost Solution' (reshape(-1, 1) in MSE), found in pages under 'broadcasting bug mse'

class MSELoss(Loss):
    def forward(self, prediction, target):
        if prediction.shape != target.shape:
            raise ValueError("prediction and target differ in shape")
        p, y = prediction.reshape(-1, 1), target.reshape(-1, 1)
        self.diff = p - y
        self.m = p.shape[0]
        return float(np.mean(self.diff**2))

    def backward(self):
        return (2 / self.m) * self.diff
