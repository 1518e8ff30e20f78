# backward hands the gradient on unchanged: the slope is missing
# cause: slope|derivative|chain rule|unchanged|as it (is|came)|multipl|y ?\* ?\(1|missing
# seen: https://github.com/Bot-Academy/NeuralNetworkFromScratch/pull/3

class Sigmoid(Module):
    def forward(self, x):
        self.output = 1 / (1 + np.exp(-x))
        return self.output

    def backward(self, grad_output):
        return grad_output
