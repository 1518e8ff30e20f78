# backward gives p - y, which is the gradient before the sigmoid
# cause: before the sigmoid|sigmoid|p ?\*? ?\(1 ?[-−] ?p\)|p ?[-−] ?y|prediction ?[-−] ?target|divid
# seen: https://github.com/hankcs/CS224n/issues/17 (yhat - labels taken for the gradient of the loss alone)

class BinaryCrossEntropy(Loss):
    def forward(self, prediction, target):
        if prediction.shape != target.shape:
            raise ValueError("prediction and target differ in shape")
        self.y = target
        self.p = np.clip(prediction.astype(float), 1e-12, 1 - 1e-12)
        costs = self.y * np.log(self.p) + (1 - self.y) * np.log(1 - self.p)
        return float(-costs.mean())

    def backward(self):
        return (self.p - self.y) / self.p.size
