# backward knows only the diagonal of the Jacobian: p (1 - p)
# cause: diagonal|all (the )?(inputs|scores)|every (output|score|input)|each (output|score|input) (depends|moves|changes)|p ?\*? ?\(1 ?- ?p\)|other (scores|inputs|classes|outputs)|element by element|like (a )?sigmoid
# seen: https://github.com/wkcn/mobula/issues/3 (softmax backward wrong; the thread gives no details, the kind of mistake is our guess)

class Softmax(Module):
    def forward(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        return self.p

    def backward(self, grad_output):
        return grad_output * self.p * (1 - self.p)
