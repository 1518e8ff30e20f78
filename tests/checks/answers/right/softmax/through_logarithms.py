# through logarithms

class Softmax(Module):
    def forward(self, x):
        x = x - np.max(x, axis=-1)[:, None]
        log_p = x - np.log(np.sum(np.exp(x), axis=-1))[:, None]
        self.p = np.exp(log_p)
        return self.p

    def backward(self, g):
        return self.p * g - self.p * np.einsum("ij,ij->i", self.p, g)[:, None]
