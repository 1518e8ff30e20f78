# a full Jacobian for each row, in a loop

class Softmax(Module):
    def forward(self, x):
        self.p = np.stack([self.one(row) for row in x])
        return self.p

    @staticmethod
    def one(row):
        e = np.exp(row - np.max(row))
        return e / np.sum(e)

    def backward(self, grad_output):
        result = np.empty(self.p.shape)
        for i, (p, g) in enumerate(zip(self.p, grad_output, strict=True)):
            jacobian = np.diag(p) - np.outer(p, p)
            result[i] = jacobian @ g
        return result
