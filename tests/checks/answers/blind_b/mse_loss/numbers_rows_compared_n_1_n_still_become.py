# only the numbers of rows are compared, so (n, 1) and (n,) still become a table of n by n
# cause: shape|broadcast|refus|ValueError|n by n|\(n, ?1\)|\(n,\)
# seen: http://www.javashuo.com/article/p-wexytbzf-nk.html

class MSELoss(Loss):
    def forward(self, prediction, target):
        if len(prediction) != len(target):
            raise ValueError("prediction and target need as many rows")
        self.difference = prediction - target
        return float((self.difference**2).mean())

    def backward(self):
        return 2 * self.difference / self.difference.size
