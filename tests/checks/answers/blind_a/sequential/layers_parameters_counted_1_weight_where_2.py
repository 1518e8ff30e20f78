# only layers with parameters are counted: '1.weight' where '2.weight' is due
# cause: position|\bkeys?\b|\bnames?\b|number|count|2\.weight|1\.weight|enumerate
# seen: own experience

class Sequential(Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = list(layers)
        number = 0
        for layer in self.layers:
            if not layer.params:
                continue
            for name in layer.params:
                self.params[f"{number}.{name}"] = layer.params[name]
                self.grads[f"{number}.{name}"] = layer.grads[name]
            number += 1

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad_output):
        for layer in reversed(self.layers):
            grad_output = layer.backward(grad_output)
        return grad_output
