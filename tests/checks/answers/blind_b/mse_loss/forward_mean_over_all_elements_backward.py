# forward is a mean over all elements, but backward divides by the rows only
# cause: size|all (the )?elements|number of (elements|rows|columns)|len\b|columns|rows|divid
# seen: https://prof.lexailabs.com/practice/build-nn-04-mse-loss-and-backward (note on pred.size and len(pred))

class MSELoss(Loss):
    def forward(self, prediction, target):
        if prediction.shape != target.shape:
            raise ValueError(f"{prediction.shape} is not {target.shape}")
        self.diff = prediction - target
        return float((self.diff * self.diff).mean())

    def backward(self):
        n = len(self.diff)
        return 2 * self.diff / n
