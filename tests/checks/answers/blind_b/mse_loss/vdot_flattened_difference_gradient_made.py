# vdot of the flattened difference; the gradient is made in forward

class MSELoss(Loss):
    def forward(self, prediction, target):
        prediction, target = np.asarray(prediction, float), np.asarray(target, float)
        if prediction.shape != target.shape:
            raise ValueError("MSELoss needs a target of the shape of the prediction")
        d = (target - prediction).ravel()
        self.gradient = (-2.0 / d.size * d).reshape(prediction.shape)
        return np.vdot(d, d) / d.size

    def backward(self):
        return self.gradient.copy()
