# params holds copies of the layers' arrays
# cause: cop(y|ies)|own arrays?|same arrays?|themselves|share|in place
# seen: https://github.com/nntrainer/nntrainer/issues/241

class Sequential(Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = list(layers)
        for i, layer in enumerate(self.layers):
            for name, array in layer.params.items():
                self.params[f"{i}.{name}"] = np.array(array)
            for name, array in layer.grads.items():
                self.grads[f"{i}.{name}"] = array

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad_output):
        for layer in reversed(self.layers):
            grad_output = layer.backward(grad_output)
        return grad_output
