# columns are summed and only rows are averaged, in the loss and in the gradient
# cause: all (the )?elements|columns|sum instead of|not (a |the )?mean|mean (over|of) (all|every)|rows only|only (the )?rows|times (too|as) (large|big)|number of elements
# seen: https://github.com/karpathy/nn-zero-to-hero/pull/20 and the Stack Exchange question 'What n represents in the MSE loss function?'

class MSELoss(Loss):
    def forward(self, prediction, target):
        if prediction.shape != target.shape:
            raise ValueError("shapes differ")
        self.gap = prediction - target
        per_row = np.sum(self.gap**2, axis=1)
        return float(per_row.mean())

    def backward(self):
        return 2 * self.gap / self.gap.shape[0]
