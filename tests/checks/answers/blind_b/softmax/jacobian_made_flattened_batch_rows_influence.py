# one Jacobian is made of the flattened batch, so rows influence each other
# cause: row|sample|mix|each other|flatten|outer|whole batch|batch|axis ?= ?1|independent
# seen: https://stackoverflow.com/questions/59286911/vectorized-softmax-gradient (diag(Y.flatten()) - outer(Y, Y))

class Softmax(Module):
    def forward(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        return self.p

    def backward(self, grad_output):
        flat = self.p.ravel()
        jacobian = np.diag(flat) - np.outer(flat, flat)
        return (jacobian @ grad_output.ravel()).reshape(self.p.shape)
