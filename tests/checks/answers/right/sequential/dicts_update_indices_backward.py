# dicts by update, indices backward

class Sequential(Module):
    def __init__(self, layers):
        Module.__init__(self)
        self.modules = tuple(layers)
        for i, m in enumerate(self.modules):
            self.params.update({f"{i}.{k}": v for k, v in m.params.items()})
            self.grads.update({str(i) + "." + k: v for k, v in m.grads.items()})

    def forward(self, x):
        out = x
        for i in range(len(self.modules)):
            out = self.modules[i].forward(out)
        return out

    def backward(self, g):
        for i in range(len(self.modules) - 1, -1, -1):
            g = self.modules[i].backward(g)
        return g

    def zero_grad(self):
        for m in self.modules:
            m.zero_grad()
