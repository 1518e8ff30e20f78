# logaddexp and batched Jacobian

class Softmax(Module):
    def forward(self, x):
        self.log_p = x - np.logaddexp.reduce(x, axis=1, keepdims=True)
        return np.exp(self.log_p)

    def backward(self, grad_output):
        p = np.exp(self.log_p)
        jacobian = np.einsum("nk,kj->nkj", p, np.eye(p.shape[1])) - np.einsum("nk,nj->nkj", p, p)
        return np.einsum("nkj,nj->nk", jacobian, grad_output)
