# only the true class gets a gradient: P*Y - Y instead of P - Y
# cause: other class|true class|all (the )?(class|scores)|softmax ?[-−] ?target|p ?[-−] ?(y|target)|wrong class|every class|sums? to (0|zero)
# seen: page 'Softmax Derivative Staged Computation' (CS231n forum): dW = X (P*Y - Y) instead of X (P - Y)

class CrossEntropyWithLogSoftmax(Loss):
    def forward(self, prediction, target):
        n, classes = prediction.shape
        target = np.asarray(target)
        if target.ndim == 1:
            if len(target) != n or target.min() < 0 or target.max() >= classes:
                raise ValueError("labels do not fit")
            target = np.eye(classes)[target]
        if target.shape != prediction.shape:
            raise ValueError("prediction and target do not fit")
        z = prediction - prediction.max(axis=1, keepdims=True)
        self.log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        self.target = target
        return float(-(target * self.log_p).sum() / n)

    def backward(self):
        p = np.exp(self.log_p)
        return self.target * (p - 1) / len(p)
