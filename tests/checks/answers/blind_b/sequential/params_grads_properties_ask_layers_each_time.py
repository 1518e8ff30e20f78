# params and grads are properties that ask the layers each time; recursion

class Sequential(Module):
    def __init__(self, layers):
        self.layers = [*layers]

    def _gather(self, what):
        return {
            f"{i}.{name}": array
            for i, layer in enumerate(self.layers)
            for name, array in getattr(layer, what).items()
        }

    @property
    def params(self):
        return self._gather("params")

    @property
    def grads(self):
        return self._gather("grads")

    def forward(self, x, at=0):
        return x if at == len(self.layers) else self.forward(self.layers[at].forward(x), at + 1)

    def backward(self, grad_output):
        at = len(self.layers)
        while at > 0:
            at -= 1
            grad_output = self.layers[at].backward(grad_output)
        return grad_output
