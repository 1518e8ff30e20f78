# the loss clips, but the gradient divides by the unclipped prediction
# cause: gradient.*(inf|nan|finite|0|clip)|divi\w* by (0|zero)|unclipped|clipped|nan|inf|backward|both ends
# seen: https://github.com/tiny-dnn/tiny-dnn/issues/1030

class BinaryCrossEntropy(Loss):
    def forward(self, prediction, target):
        if prediction.shape != target.shape:
            raise ValueError("shapes differ")
        self.p, self.y = prediction.astype(float), target
        safe = np.clip(self.p, 1e-12, 1 - 1e-12)
        return float(-(self.y * np.log(safe) + (1 - self.y) * np.log(1 - safe)).mean())

    def backward(self):
        return ((1 - self.y) / (1 - self.p) - self.y / self.p) / self.p.size
