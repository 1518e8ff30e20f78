# the second term, for targets of 0, is missing in the loss (the gradient has it)
# cause: 1 ?- ?y|second term|other term|both terms|targets? (of|is|are) 0|y (is|=) ?0|\(1 ?- ?
# seen: https://github.com/RubixML/ML/pull/424

class BinaryCrossEntropy(Loss):
    def forward(self, prediction, target):
        if prediction.shape != target.shape:
            raise ValueError("shapes differ")
        self.y = target
        self.p = np.clip(prediction.astype(np.float64), 1e-12, 1 - 1e-12)
        return float(np.mean(-self.y * np.log(self.p)))

    def backward(self):
        return (self.p - self.y) / (self.p * (1 - self.p)) / self.p.size
