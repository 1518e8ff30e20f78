# reversed(layers) is made once in __init__; the iterator is empty after the first backward
# cause: second (time|call|backward|pass|step)|iterator|once|twice|again|used up|exhaust|empty|first (time|call|backward)|repeat
# seen: https://github.com/apache/singa/pull/293

class Sequential(Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = list(layers)
        self.layers_backwards = reversed(self.layers)
        for i, layer in enumerate(self.layers):
            for key in layer.params:
                self.params[f"{i}.{key}"] = layer.params[key]
                self.grads[f"{i}.{key}"] = layer.grads[key]

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad_output):
        for layer in self.layers_backwards:
            grad_output = layer.backward(grad_output)
        return grad_output
