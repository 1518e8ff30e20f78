# params and grads are properties made anew from the layers, reduce instead of loops

from functools import reduce


class Sequential(Module):
    def __init__(self, layers):
        self.layers = tuple(layers)

    def _all(self, which):
        return {
            f"{i}.{name}": array
            for i, layer in enumerate(self.layers)
            for name, array in getattr(layer, which).items()
        }

    @property
    def params(self):
        return self._all("params")

    @property
    def grads(self):
        return self._all("grads")

    def forward(self, x):
        return reduce(lambda value, layer: layer.forward(value), self.layers, x)

    def backward(self, grad_output):
        return reduce(lambda value, layer: layer.backward(value), self.layers[::-1], grad_output)
