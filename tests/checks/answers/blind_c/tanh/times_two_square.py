# times two for square
# wrong: 1 - 2y instead of 1 - y squared
# cause: 2 ?\*? ?y|y ?\* ?2|\*\*|squar|twice|doubl|times (2|two)

class TanH(Module):
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, grad_output):
        return grad_output * (1 - self.y * 2)
