# clipped at 1 - 1e-12 in float32, where that is 1
# cause: float32|float64|\bclip|\binf|infinit|\bnan\b|precision|round|1e-
# seen: https://github.com/keras-team/keras/issues/377 ; https://github.com/snipsco/ntm-lasagne/issues/20

class BinaryCrossEntropy(Loss):
    eps = 1e-12

    def forward(self, prediction, target):
        if prediction.shape != target.shape:
            raise ValueError("prediction and target differ in shape")
        self.y = target
        self.p = np.clip(prediction, self.eps, 1 - self.eps).astype(prediction.dtype)
        cost = -(self.y * np.log(self.p) + (1 - self.y) * np.log(1 - self.p))
        return float(np.mean(cost))

    def backward(self):
        return (-self.y / self.p + (1 - self.y) / (1 - self.p)) / self.p.size
