# result put into zeros_like(x): whole-number scores cut all probabilities to 0
# cause: int|dtype|type|zeros_like|whole|float|cut|trunc|round
# seen: https://splunktool.com/in-python-calculate-the-softmax-of-an-array-columnwise-using-numpy

class Softmax(Module):
    def forward(self, x):
        p = np.zeros_like(x)
        for i, row in enumerate(x):
            e = np.exp(row - row.max())
            p[i] = e / e.sum()
        self.p = p
        return p

    def backward(self, grad_output):
        mean = (grad_output * self.p).sum(axis=1, keepdims=True)
        return self.p * (grad_output - mean)
