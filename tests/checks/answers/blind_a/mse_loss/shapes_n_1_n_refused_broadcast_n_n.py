# shapes (n, 1) and (n,) are not refused: broadcast to n by n
# cause: shape|broadcast|ValueError|refus|n by n
# seen: https://lynx-cortex.pages.dev/phase-06-python-engineering/lab/02-broadcasting-trap/

class MSELoss(Loss):
    def forward(self, prediction, target):
        if len(prediction) != len(target):
            raise ValueError("as many targets as predictions are needed")
        self.difference = prediction - target
        return float(np.mean(np.square(self.difference)))

    def backward(self):
        return self.difference * (2 / self.difference.size)
