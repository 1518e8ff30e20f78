# forward writes its result over the caller's x
# cause: chang\w* (its|the|your|their)? ?(input|x)|in[- ]place|overwr|input.*(chang|alter|modif|written)|(chang|alter|modif)\w*.*(input|x\b)|out=|copy
# seen: https://github.com/NervanaSystems/neon/issues/66

class TanH(Module):
    def forward(self, x):
        self.y = np.tanh(x, out=x)
        return self.y

    def backward(self, grad_output):
        return grad_output * (1 - self.y**2)
