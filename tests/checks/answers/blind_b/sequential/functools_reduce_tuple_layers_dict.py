# functools.reduce, a tuple of layers, dict comprehensions

from functools import reduce


class Sequential(Module):
    def __init__(self, layers):
        self.layers = tuple(layers)
        named = [(f"{i}.{k}", layer, k) for i, layer in enumerate(self.layers) for k in layer.params]
        self.params = {name: layer.params[k] for name, layer, k in named}
        self.grads = {name: layer.grads[k] for name, layer, k in named}

    def __len__(self):
        return len(self.layers)

    def forward(self, x):
        return reduce(lambda value, layer: layer.forward(value), self.layers, x)

    def backward(self, grad_output):
        return reduce(lambda g, layer: layer.backward(g), self.layers[::-1], grad_output)
