# the input is squared in the derivative, not the output: 1 - x**2
# cause: input|1 ?- ?x|\boutput\b|keep y|instead of y|of x\b
# seen: https://github.com/lazyprogrammer/facial-expression-recognition/issues/2

class TanH(Module):
    def forward(self, x):
        self.z = x.copy()
        return np.tanh(x)

    def backward(self, grad_output):
        return (1 - self.z * self.z) * grad_output
