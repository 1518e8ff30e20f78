# labels are taken to start at 1, as in MATLAB
# cause: from 0|start\w* (at|with|from)|count|off by one|label 0|MATLAB|refus|shift|0 to|ValueError
# seen: https://github.com/BVLC/caffe/issues/6318

class CrossEntropyWithLogSoftmax(Loss):
    def forward(self, prediction, target):
        n, K = prediction.shape
        target = np.asarray(target)
        if target.ndim == 1:
            if len(target) != n or target.min() < 1 or target.max() > K:
                raise ValueError("labels must be one for each row, from 1 to K")
            target = np.eye(K)[target - 1]
        if target.shape != prediction.shape:
            raise ValueError("target and prediction differ in shape")
        z = prediction - prediction.max(axis=1, keepdims=True)
        self.log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        self.Y = target
        return float(-np.sum(self.Y * self.log_p) / n)

    def backward(self):
        return (np.exp(self.log_p) - self.Y) / len(self.Y)
