# yes part only
# wrong: only the part of the yes is in loss and gradient; a target of 0 costs nothing
# cause: 1 ?[-−] ?(y|target|p)|second (term|part|half)|target(s)? (of |is |are )?0|y = 0|\bno\b|other (term|part|half)|missing|only

class BinaryCrossEntropy(Loss):
    def forward(self, prediction, target):
        if prediction.shape != target.shape:
            raise ValueError("shapes differ")
        self.p = np.clip(prediction.astype(float), 1e-12, 1 - 1e-12)
        self.y = target
        return float(-np.mean(target * np.log(self.p)))

    def backward(self):
        return -self.y / self.p / self.p.size
