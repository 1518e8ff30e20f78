# largest score of the whole table subtracted: rows far below it become 0/0
# cause: nan|row'?s? (own|largest|max)|each row|whole|table|0 ?/ ?0|underflow|axis|\bmax
# seen: page 'How to Implement the Softmax Function in Python' (np.max(x) without axis), Stack Overflow 34968722

class Softmax(Module):
    def forward(self, x):
        shifted = x - np.max(x)
        e = np.exp(shifted)
        self.p = e / e.sum(axis=1, keepdims=True)
        return self.p

    def backward(self, grad_output):
        mean = (grad_output * self.p).sum(axis=1, keepdims=True)
        return self.p * (grad_output - mean)
