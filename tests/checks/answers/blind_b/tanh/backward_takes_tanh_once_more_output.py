# backward takes tanh once more, of the output
# cause: twice|once more|again|already|1 ?- ?y|tanh of (the )?(output|tanh)|second tanh
# seen: https://github.com/davidrmiller/neural2d/issues/40

class TanH(Module):
    def forward(self, x):
        self.out = np.tanh(x)
        return self.out

    def backward(self, grad_output):
        derivative = 1 - np.tanh(self.out) ** 2
        return grad_output * derivative
