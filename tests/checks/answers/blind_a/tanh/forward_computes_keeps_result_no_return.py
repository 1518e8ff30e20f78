# forward computes and keeps the result, but has no return
# cause: return|None
# seen: https://github.com/cure-lab/SCINet/issues/38 (forward returns None)

class TanH(Module):
    def forward(self, x):
        self.y = np.tanh(x)

    def backward(self, grad_output):
        return grad_output * (1 - self.y**2)
