# the gradient is p - y, which is that before the Sigmoid, not that of the prediction
# cause: sigmoid|p ?\*? ?\(1 ?- ?p\)|p ?- ?y|before|logit|score|divid|with respect to (the )?(prediction|p\b)
# seen: https://github.com/jorgenkg/python-neural-network/issues/2

class BinaryCrossEntropy(Loss):
    def forward(self, prediction, target):
        if prediction.shape != target.shape:
            raise ValueError("shapes differ")
        self.p, self.y = np.clip(prediction.astype(float), 1e-12, 1 - 1e-12), target
        return float((-self.y * np.log(self.p) - (1 - self.y) * np.log(1 - self.p)).mean())

    def backward(self):
        return (self.p - self.y) / self.p.size
