# layers without params not counted
# wrong: only layers with params are counted, so the second Linear is 1 and not 2
# cause: position|count|number(ed|ing)?|skip|without param|activation|every layer|enumerate

class Sequential(Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = layers
        k = 0
        for layer in layers:
            if layer.params:
                for name in layer.params:
                    self.params[str(k) + "." + name] = layer.params[name]
                    self.grads[str(k) + "." + name] = layer.grads[name]
                k += 1

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad_output):
        for layer in reversed(self.layers):
            grad_output = layer.backward(grad_output)
        return grad_output
