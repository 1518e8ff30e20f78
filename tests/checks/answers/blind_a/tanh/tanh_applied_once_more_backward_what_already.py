# tanh is applied once more in backward, to what is already the output
# cause: twice|again|once more|already|second time|1 ?[-−] ?(self\.)?y
# seen: https://github.com/davidrmiller/neural2d/issues/40

class TanH(Module):
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def derivative(self, value):
        return 1 - np.tanh(value) ** 2

    def backward(self, grad_output):
        return grad_output * self.derivative(self.y)
