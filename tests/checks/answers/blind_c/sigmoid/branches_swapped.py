# branches swapped
# wrong: the two stable forms are swapped: e^x/(1+e^x) is used where x is large, giving inf/inf
# cause: inf(inity|inite)?\s*/\s*inf|∞|overflow|infinit|e\^x|exp\(x\)|swap

class Sigmoid(Module):
    def forward(self, x):
        with np.errstate(all="ignore"):
            e = np.exp(x)
            self.s = np.where(x < 0, 1 / (1 + np.exp(-x)), e / (1 + e))
        return self.s

    def backward(self, grad_output):
        return grad_output * self.s * (1 - self.s)
