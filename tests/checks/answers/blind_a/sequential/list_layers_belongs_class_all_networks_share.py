# the list of layers belongs to the class: all networks share it
# cause: share|(second|another|other|two|earlier|first) networks?|class (body|attribute|variable)|instance|own list|default
# seen: https://github.com/planet-nl/mlnlib/issues/3 ; https://github.com/sktime/sktime/issues/10024 (one list shared by all instances)

class Sequential(Module):
    layers = []

    def __init__(self, layers):
        super().__init__()
        for layer in layers:
            self.layers.append(layer)
        for i, layer in enumerate(self.layers):
            for name in layer.params:
                self.params[f"{i}.{name}"] = layer.params[name]
                self.grads[f"{i}.{name}"] = layer.grads[name]

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad_output):
        for layer in reversed(self.layers):
            grad_output = layer.backward(grad_output)
        return grad_output
