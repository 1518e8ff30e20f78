# gradient is not divided by the number of rows, though the loss is a mean
# cause: rows|divid|batch|number of|times too|factor
# seen: https://python-pypi.wekeepcoding.com/article/13489896/Why+is+softmax+classifier+gradient+divided+by+batch+size+CS231n

class CrossEntropyWithLogSoftmax(Loss):
    def forward(self, prediction, target):
        n, classes = prediction.shape
        target = np.asarray(target)
        if target.ndim == 1:
            if target.shape[0] != n or target.min() < 0 or target.max() > classes - 1:
                raise ValueError("labels do not fit")
            target = np.eye(classes)[target]
        if target.shape != prediction.shape:
            raise ValueError("prediction and target do not fit")
        z = prediction - prediction.max(axis=1, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        self.grad = np.exp(log_p) - target
        return float(-(target * log_p).sum() / n)

    def backward(self):
        return self.grad
