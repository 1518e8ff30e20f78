# the full Jacobian of every row, one after the other

class Softmax(Module):
    def forward(self, x):
        rows = []
        for row in x:
            e = np.exp(row - np.max(row))
            rows.append(e / np.sum(e))
        self.p = np.array(rows)
        return self.p

    def backward(self, grad_output):
        dx = np.empty(self.p.shape)
        for i, (p, g) in enumerate(zip(self.p, grad_output, strict=True)):
            dx[i] = (np.diag(p) - np.outer(p, p)) @ g
        return dx
