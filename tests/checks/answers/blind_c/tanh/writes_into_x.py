# writes into x
# wrong: forward writes its result into the caller's input
# cause: (input|\bx\b|argument).*(chang|overwr|modif|in place|writ|alter)|(chang|overwr|modif|in place|writ|alter).*(input|\bx\b|argument)

class TanH(Module):
    def forward(self, x):
        self.y = np.tanh(x, out=x)
        return self.y

    def backward(self, grad_output):
        return grad_output * (1 - self.y**2)
