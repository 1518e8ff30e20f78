# recursion

class Sequential(Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = [*layers]
        for n, layer in enumerate(self.layers):
            for key, value in layer.params.items():
                name = "%d.%s" % (n, key)
                self.params[name], self.grads[name] = value, layer.grads[key]

    def forward(self, x, start=0):
        if start == len(self.layers):
            return x
        return self.forward(self.layers[start].forward(x), start + 1)

    def backward(self, g):
        stack = list(self.layers)
        while stack:
            g = stack.pop().backward(g)
        return g
