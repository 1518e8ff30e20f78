# brackets forgotten: 1 / 1 + e^-x
# cause: bracket|parenthes|1 ?/ ?1|denominator|between 0 and 1|order of operations|precedence|above 1|larger than 1|1 ?/ ?\(1
# seen: https://github.com/makeyourownneuralnetwork/makeyourownneuralnetwork/issues/25

class Sigmoid(Module):
    def forward(self, x):
        self.y = 1 / 1 + np.exp(-x)
        return self.y

    def backward(self, grad_output):
        return grad_output * (self.y * (1 - self.y))
