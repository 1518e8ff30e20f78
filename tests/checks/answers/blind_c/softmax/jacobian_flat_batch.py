# jacobian of the flat batch
# wrong: all rows are flattened into one vector, so the Jacobian mixes different rows
# cause: flat|mix|other rows?|rows? (together|at once)|whole batch|across rows|between rows|one (long )?vector|each row|row by row

class Softmax(Module):
    def forward(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        return self.p

    def backward(self, grad_output):
        s = self.p.reshape(-1, 1)
        jacobian = np.diagflat(s) - s @ s.T
        return (jacobian @ grad_output.reshape(-1, 1)).reshape(grad_output.shape)
