# through tanh: (1 + tanh(x/2)) / 2, the backward pass is a closure made in forward

class Sigmoid(Module):
    def forward(self, x):
        t = np.tanh(x / 2)

        def back(g):
            return g * (1 - t * t) / 4

        self.back = back
        return (1 + t) / 2

    def backward(self, grad_output):
        return self.back(grad_output)
