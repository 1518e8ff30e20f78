# exp of a log-softmax made with logaddexp.reduce, einsum on the way back

class Softmax(Module):
    def forward(self, x):
        self.log_p = x - np.logaddexp.reduce(x, axis=-1)[:, np.newaxis]
        return np.exp(self.log_p)

    def backward(self, grad_output):
        p = np.exp(self.log_p)
        return p * grad_output - p * np.einsum("nk,nk->n", p, grad_output).reshape(-1, 1)
