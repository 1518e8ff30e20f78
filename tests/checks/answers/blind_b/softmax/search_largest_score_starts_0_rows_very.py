# the search for the largest score starts at 0, so rows of very negative scores underflow
# cause: negative|underflow|nan|0 ?/ ?0|largest|max|small scores|-1000|below
# seen: https://github.com/uTensor/uTensor/pull/176 (review: max = 0 to begin with)

class Softmax(Module):
    def forward(self, x):
        top = np.zeros((len(x), 1))
        for k in range(x.shape[1]):
            top = np.maximum(top, x[:, k : k + 1])
        e = np.exp(x - top)
        self.p = e / e.sum(axis=1, keepdims=True)
        return self.p

    def backward(self, grad_output):
        s = (grad_output * self.p).sum(axis=1, keepdims=True)
        return self.p * (grad_output - s)
