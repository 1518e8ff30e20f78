# Makes its own zero gradients, not the layers' arrays
# cause: grads|same array|copy

class Sequential(Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = list(layers)
        for position, layer in enumerate(self.layers):
            for name, value in layer.params.items():
                self.params[f"{position}.{name}"] = value
                self.grads[f"{position}.{name}"] = np.zeros_like(value)
            if layer.in_features is not None:
                if self.in_features is None:
                    self.in_features = layer.in_features
                self.out_features = layer.out_features

    def zero_grad(self):
        super().zero_grad()
        for layer in self.layers:
            layer.zero_grad()

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad_output):
        for layer in reversed(self.layers):
            grad_output = layer.backward(grad_output)
        return grad_output
