# exp of the log-softmax, with logaddexp.reduce; backward with einsum

class Softmax(Module):
    def __init__(self):
        super().__init__()
        self._log_p = None

    @property
    def p(self):
        return np.exp(self._log_p)

    def forward(self, x):
        self._log_p = x - np.logaddexp.reduce(x, axis=1)[:, None]
        return self.p

    def backward(self, grad_output):
        p = self.p
        jacobian = np.einsum("nk,kj->nkj", p, np.eye(p.shape[1])) - np.einsum("nk,nj->nkj", p, p)
        return np.einsum("nj,njk->nk", grad_output, jacobian)
