# max in the numerator only
# wrong: the maximum is subtracted above the fraction bar only, so rows do not sum to 1
# cause: numerator|denominator|both|sum to (1|one)|do(es)? not (add up|sum)|above|below|add up to

class Softmax(Module):
    def forward(self, x):
        top = np.exp(x - x.max(axis=1, keepdims=True))
        self.p = top / np.exp(x).sum(axis=1, keepdims=True)
        return self.p

    def backward(self, grad_output):
        dot = (grad_output * self.p).sum(axis=1, keepdims=True)
        return self.p * (grad_output - dot)
