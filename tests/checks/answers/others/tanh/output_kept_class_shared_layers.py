# Output is kept in the class, shared by layers
# cause: shared|another|instance

class TanH(Module):
    y = None

    def forward(self, x):
        TanH.y = np.tanh(x)
        return TanH.y

    def backward(self, grad_output):
        return grad_output * (1 - TanH.y**2)
