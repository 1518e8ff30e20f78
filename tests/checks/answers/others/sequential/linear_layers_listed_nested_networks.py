# Only Linear layers listed, nested networks are forgotten
# cause: nested|missing|param

class Sequential(Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = list(layers)
        for position, layer in enumerate(self.layers):
            # only linear layers can learn
            if isinstance(layer, Linear):
                for name in ("weight", "bias"):
                    self.params[f"{position}.{name}"] = layer.params[name]
                    self.grads[f"{position}.{name}"] = layer.grads[name]
            if layer.in_features is not None:
                if self.in_features is None:
                    self.in_features = layer.in_features
                self.out_features = layer.out_features

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad_output):
        for layer in reversed(self.layers):
            grad_output = layer.backward(grad_output)
        return grad_output
