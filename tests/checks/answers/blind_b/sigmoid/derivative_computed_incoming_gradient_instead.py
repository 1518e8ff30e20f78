# the derivative is computed from the incoming gradient instead of the kept output
# cause: grad_output|incoming|kept|output|y ?\*? ?\(1 ?- ?y\)|wrong variable|slope|linear|multipl
# seen: https://datascience.stackexchange.com/questions/20139/gradients-for-bias-terms-in-backpropagation (dz2 = dh2*(1-dh2) in the question)

class Sigmoid(Module):
    def forward(self, x):
        self.y = 1 / (1 + np.exp(-x))
        return self.y

    def backward(self, grad_output):
        return grad_output * (1 - grad_output)
