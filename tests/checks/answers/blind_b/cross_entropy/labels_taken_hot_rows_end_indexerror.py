# only labels are taken; one-hot rows end in an IndexError
# cause: one-?hot|IndexError|both (kinds|forms)|2-?d|rows of|indices|target
# seen: https://github.com/cutey-none/notes-for-deep-learning-from-scratch (one function for labels, another for one-hot)

class CrossEntropyWithLogSoftmax(Loss):
    def forward(self, prediction, target):
        n, classes = prediction.shape
        target = np.asarray(target)
        if len(target) != n or target.min() < 0 or target.max() >= classes:
            raise ValueError("labels must be one for each row, from 0 to classes - 1")
        moved = prediction - prediction.max(axis=1, keepdims=True)
        self.log_p = moved - np.log(np.exp(moved).sum(axis=1, keepdims=True))
        self.rows, self.labels = np.arange(n), target
        return float(-self.log_p[self.rows, self.labels].mean())

    def backward(self):
        g = np.exp(self.log_p)
        g[self.rows, self.labels] -= 1
        return g / len(g)
