# properties and reduce

from functools import reduce


class Sequential:
    def __init__(self, layers):
        self.layers = layers
        self.params = self.named("params")
        self.grads = self.named("grads")

    def named(self, kind):
        return {f"{i}.{k}": v for i, m in enumerate(self.layers) for k, v in getattr(m, kind).items()}

    def zero_grad(self):
        for g in self.grads.values():
            g *= 0

    def forward(self, x):
        return reduce(lambda v, layer: layer.forward(v), self.layers, x)

    def backward(self, grad_output):
        return reduce(lambda g, layer: layer.backward(g), self.layers[::-1], grad_output)
