# saved p is changed
# wrong: backward subtracts 1 in the saved softmax itself, so a second backward differs
# cause: in place|overwr|twice|second|again|changes? (its|the|what)|modif|saved|kept|alter

class CrossEntropyWithLogSoftmax(Loss):
    def forward(self, prediction, target):
        n, classes = prediction.shape
        target = np.asarray(target)
        if target.shape == prediction.shape:
            target = target.argmax(axis=1)
        if target.shape != (n,) or (target < 0).any() or (target >= classes).any():
            raise ValueError("bad target")
        z = prediction - prediction.max(axis=1, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        self.probs, self.labels = np.exp(log_p), target
        return -float(log_p[np.arange(n), target].mean())

    def backward(self):
        dscores = self.probs
        dscores[np.arange(len(dscores)), self.labels] -= 1
        return dscores / len(dscores)
