# the loop of backward ends before layer 0: range(len - 1, 0, -1)
# cause: first layer|layer 0|left out|range|off by one|reversed|all (the )?layers|every layer|skip|miss|shape
# seen: https://github.com/zackchase/mxnet-the-straight-dope/issues/507 (a range one too short leaves a layer out)

class Sequential(Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = list(layers)
        for i, layer in enumerate(self.layers):
            self.params.update({f"{i}.{k}": v for k, v in layer.params.items()})
            self.grads.update({f"{i}.{k}": v for k, v in layer.grads.items()})

    def forward(self, x):
        for i in range(len(self.layers)):
            x = self.layers[i].forward(x)
        return x

    def backward(self, grad_output):
        for i in range(len(self.layers) - 1, 0, -1):
            grad_output = self.layers[i].backward(grad_output)
        return grad_output
