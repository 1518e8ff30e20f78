# saved output overwritten
# wrong: backward changes the saved output in place, which is also what forward returned; a second backward is wrong
# cause: in place|overwr|twice|second|again|changes? (its|the|what)|modif|saved|kept|alter

class Sigmoid(Module):
    def forward(self, x):
        self.s = 1 / (1 + np.exp(-x))
        return self.s

    def backward(self, grad_output):
        self.s *= 1 - self.s
        return self.s * grad_output
