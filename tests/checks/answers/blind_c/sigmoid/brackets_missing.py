# brackets missing
# wrong: 1 / 1 + exp(-x): the brackets round the denominator are missing
# cause: bracket|parenthes|precedence|order of operations|1 ?/ ?1 ?\+|denominator

class Sigmoid(Module):
    def forward(self, x):
        self.s = 1 / 1 + np.exp(-x)
        return self.s

    def backward(self, grad_output):
        return self.s * (1 - self.s) * grad_output
