# backward overwrites the kept probabilities (and with them the output that was handed out)
# cause: in[- ]place|overwr|second (call|time|backward)|(chang|alter|modif|spoil)\w*|twice|new array|copy|\*=
# seen: https://github.com/ggml-org/ggml/pull/1521

class Softmax(Module):
    def forward(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        return self.p

    def backward(self, grad_output):
        mean = (grad_output * self.p).sum(axis=1, keepdims=True)
        dx = self.p
        dx *= grad_output - mean
        return dx
