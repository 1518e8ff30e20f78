# parameters are gathered from Linear layers only, so those of other modules (a Sequential inside) are lost
# cause: nested|inside|isinstance|other (modules|layers|classes)|every (module|layer)|Linear only|only Linear|missing|keys?|names?|class
# seen: own experience

class Sequential(Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = list(layers)
        for i, layer in enumerate(self.layers):
            if isinstance(layer, Linear):
                for key in ("weight", "bias"):
                    self.params[f"{i}.{key}"] = layer.params[key]
                    self.grads[f"{i}.{key}"] = layer.grads[key]

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad_output):
        for layer in reversed(self.layers):
            grad_output = layer.backward(grad_output)
        return grad_output
