# gradient has the wrong sign: error is target minus prediction
# cause: sign|minus|opposite|prediction ?(-|minus|−) ?target|wrong way|direction|negative
# seen: https://github.com/dvgodoy/PyTorchStepByStep/issues/21

class MSELoss(Loss):
    def forward(self, prediction, target):
        if prediction.shape != target.shape:
            raise ValueError("prediction and target differ in shape")
        self.error = target - prediction
        return float((self.error**2).mean())

    def backward(self):
        return 2 * self.error / self.error.size
