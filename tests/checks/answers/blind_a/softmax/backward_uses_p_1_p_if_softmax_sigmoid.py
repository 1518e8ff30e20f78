# backward uses p (1 - p) as if softmax were a sigmoid: only the diagonal
# cause: diagonal|jacobian|like (a )?sigmoid|all (the )?inputs|other (class|input|output|score)|each output|every output|sum of|p_k|minus the (mean|sum)
# seen: https://github.com/deeplearning4j/libnd4j/issues/440

class Softmax(Module):
    def forward(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        return self.p

    def backward(self, grad_output):
        return grad_output * self.p * (1 - self.p)
