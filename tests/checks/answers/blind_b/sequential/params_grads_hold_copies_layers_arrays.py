# params and grads hold copies of the layers' arrays
# cause: cop(y|ies)|own arrays?|same arrays?|identity|\bis\b.*not|layers' arrays|not the layer
# seen: https://github.com/nntrainer/nntrainer/issues/241 (the optimiser got copies of the weights)

class Sequential(Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = list(layers)
        for i, layer in enumerate(self.layers):
            for key, value in layer.params.items():
                self.params[f"{i}.{key}"] = value.copy()
            for key, value in layer.grads.items():
                self.grads[f"{i}.{key}"] = value.copy()

    def forward(self, x):
        out = x
        for layer in self.layers:
            out = layer.forward(out)
        return out

    def backward(self, grad_output):
        for layer in self.layers[::-1]:
            grad_output = layer.backward(grad_output)
        return grad_output
