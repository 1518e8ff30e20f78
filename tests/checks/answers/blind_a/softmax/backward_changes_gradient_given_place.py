# backward changes the gradient that it was given, in place
# cause: in.place|grad_output.*(chang|modif|overwrit|alter)|(chang|modif|overwrit|alter).*(grad|argument|handed|array)|caller|copy|-=
# seen: https://github.com/NVIDIA/apex/issues/1587

class Softmax(Module):
    def forward(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        return self.p

    def backward(self, grad_output):
        grad_output -= np.sum(self.p * grad_output, axis=1, keepdims=True)
        grad_output *= self.p
        return grad_output
