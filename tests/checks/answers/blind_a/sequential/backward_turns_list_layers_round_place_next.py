# backward turns the list of layers round in place: the next forward runs backwards
# cause: revers|in place|turns?|order of|second (forward|call)|next forward|again|changed? (its|the) (list|layers)
# seen: own experience

class Sequential(Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = list(layers)
        for i, layer in enumerate(self.layers):
            for name in layer.params:
                self.params[f"{i}.{name}"] = layer.params[name]
                self.grads[f"{i}.{name}"] = layer.grads[name]

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad_output):
        self.layers.reverse()
        for layer in self.layers:
            grad_output = layer.backward(grad_output)
        return grad_output
