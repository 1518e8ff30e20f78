# tanh twice
# wrong: the saved value is the output already, and backward takes its tanh again
# cause: twice|again|second (time|tanh)|already|tanh of (the |its )?(output|y\b|tanh)|tanh\((self\.)?y\)

class TanH(Module):
    def forward(self, x):
        self.out = np.tanh(x)
        return self.out

    def backward(self, grad_output):
        return grad_output * (1 - np.tanh(self.out) ** 2)
