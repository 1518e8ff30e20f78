# only layers with parameters are counted, so the names are 0 and 1 instead of 0 and 2
# cause: position|names?\b|keys?\b|number|count|2\.weight|1\.weight|enumerate
# seen: own experience (numbering of Keras: dense, dense_1)

class Sequential(Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = list(layers)
        number = 0
        for layer in self.layers:
            if not layer.params:
                continue
            for key in layer.params:
                self.params[f"{number}.{key}"] = layer.params[key]
                self.grads[f"{number}.{key}"] = layer.grads[key]
            number += 1

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad_output):
        for layer in reversed(self.layers):
            grad_output = layer.backward(grad_output)
        return grad_output
