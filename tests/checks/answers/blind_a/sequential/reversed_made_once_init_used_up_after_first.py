# reversed(...) is made once in __init__: used up after the first backward
# cause: second (backward|call|time)|iterator|only once|used up|exhaust|again|reversed|twice
# seen: https://github.com/apache/singa/pull/293

class Sequential(Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = list(layers)
        self.from_the_end = reversed(self.layers)
        for i, layer in enumerate(self.layers):
            for name in layer.params:
                self.params[f"{i}.{name}"] = layer.params[name]
                self.grads[f"{i}.{name}"] = layer.grads[name]

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad_output):
        for layer in self.from_the_end:
            grad_output = layer.backward(grad_output)
        return grad_output
