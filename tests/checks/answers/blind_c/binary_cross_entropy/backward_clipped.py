# backward not clipped
# wrong: backward uses the prediction before clipping, and divides by zero at 0 and 1
# cause: clip|divi(d|s).*(zero|0)|\b0 and 1|\b0 or 1|exactly|keep.*away|infinit

class BinaryCrossEntropy(Loss):
    def forward(self, prediction, target):
        if prediction.shape != target.shape:
            raise ValueError("shapes differ")
        self.p, self.y = prediction, target
        p = np.clip(prediction.astype(np.float64), 1e-12, 1 - 1e-12)
        return float(-np.mean(target * np.log(p) + (1 - target) * np.log(1 - p)))

    def backward(self):
        with np.errstate(all="ignore"):
            return ((1 - self.y) / (1 - self.p) - self.y / self.p) / self.y.size
