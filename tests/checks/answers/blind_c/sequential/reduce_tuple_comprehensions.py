# reduce, tuple, comprehensions

class Sequential(Module):
    def __init__(self, layers):
        super().__init__()
        self.chain = tuple(layers)
        self.depth = len(self.chain)
        self.params = {f"{i}.{k}": v for i, l in enumerate(self.chain) for k, v in l.params.items()}
        self.grads = {f"{i}.{k}": v for i, l in enumerate(self.chain) for k, v in l.grads.items()}

    def forward(self, x):
        from functools import reduce

        return reduce(lambda value, layer: layer.forward(value), self.chain, x)

    def backward(self, grad_output):
        i = self.depth
        while i > 0:
            i -= 1
            grad_output = self.chain[i].backward(grad_output)
        return grad_output
