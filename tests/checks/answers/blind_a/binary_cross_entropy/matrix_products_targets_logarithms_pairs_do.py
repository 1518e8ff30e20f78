# matrix products of targets and logarithms: pairs that do not belong together
# cause: element|matrix|np\.dot|dot product|matmul|pair|mix|columns?
# seen: https://datascience.stackexchange.com/questions/27146/why-does-my-cost-function-return-double-the-expected-value

class BinaryCrossEntropy(Loss):
    def forward(self, prediction, target):
        if prediction.shape != target.shape:
            raise ValueError("prediction and target differ in shape")
        self.y = target
        self.p = np.clip(prediction.astype(float), 1e-12, 1 - 1e-12)
        yes = np.dot(self.y.T, np.log(self.p))
        no = np.dot((1 - self.y).T, np.log(1 - self.p))
        return float(-np.sum(yes + no) / self.p.size)

    def backward(self):
        return ((1 - self.y) / (1 - self.p) - self.y / self.p) / self.p.size
