# row by row

class CrossEntropyWithLogSoftmax(Loss):
    def forward(self, prediction, target):
        n, classes = prediction.shape
        if len(target) != n:
            raise ValueError("rows")
        self.grad = np.zeros((n, classes))
        total = 0
        for i in range(n):
            t = target[i]
            if np.ndim(t) == 0:
                if not 0 <= t < classes:
                    raise ValueError("label")
                one = np.zeros(classes)
                one[t] = 1
            elif np.shape(t) == (classes,):
                one = np.asarray(t, dtype=float)
            else:
                raise ValueError("target")
            z = prediction[i] - prediction[i].max()
            log_p = z - np.log(np.exp(z).sum())
            total -= one @ log_p
            self.grad[i] = (np.exp(log_p) - one) / n
        return float(total) / n

    def backward(self):
        return self.grad
