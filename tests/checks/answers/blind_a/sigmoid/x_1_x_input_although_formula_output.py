# x * (1 - x) with the input, although the formula is for the output
# cause: input|the output|y ?\* ?\(1|of x\b|keep|kept|1 ?[-−] ?(self\.)?(y|x)
# seen: https://github.com/PacktPublishing/Neural-Network-Projects-with-Python/issues/4

class Sigmoid(Module):
    def forward(self, x):
        self.x = x
        return 1.0 / (1.0 + np.exp(-x))

    def backward(self, grad_output):
        return grad_output * self.x * (1.0 - self.x)
