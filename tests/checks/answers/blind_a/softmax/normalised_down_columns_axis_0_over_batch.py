# normalised down the columns (axis=0): over the batch instead of the classes
# cause: axis|row|column|sum to 1|add up|batch
# seen: https://stackguides.com/questions/45817372/python-command-np-sumx-axis-0-and-softmax-function

class Softmax(Module):
    def forward(self, x):
        e = np.exp(x - np.max(x, axis=1, keepdims=True))
        self.p = e / np.sum(e, axis=0)
        return self.p

    def backward(self, grad_output):
        inner = np.sum(grad_output * self.p, axis=1, keepdims=True)
        return self.p * (grad_output - inner)
