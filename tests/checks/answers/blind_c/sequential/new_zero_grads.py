# new zero grads
# wrong: grads are new zero arrays and not the layers' own ones
# cause: grads.*(cop|own|new|same array|another)|(cop|own|new|same array|another).*grads

class Sequential(Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = layers
        for i, layer in enumerate(layers):
            for name, array in layer.params.items():
                self.params[f"{i}.{name}"] = array
                self.grads[f"{i}.{name}"] = np.zeros_like(array)

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad_output):
        for layer in reversed(self.layers):
            grad_output = layer.backward(grad_output)
        return grad_output
