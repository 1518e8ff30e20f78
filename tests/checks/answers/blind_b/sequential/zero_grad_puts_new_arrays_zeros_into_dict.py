# zero_grad puts new arrays of zeros into the dict, and the layers keep adding to their old ones
# cause: zero_grad|in[- ]place|fill|new arrays?|own arrays?|same arrays?|add up|accumulat|not (the|their)|zero
# seen: https://github.com/karpathy/micrograd/issues/32 (zero_grad that does not reach all gradients)

class Sequential(Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = list(layers)
        for i, layer in enumerate(self.layers):
            for key in layer.params:
                self.params[f"{i}.{key}"] = layer.params[key]
                self.grads[f"{i}.{key}"] = layer.grads[key]

    def zero_grad(self):
        self.grads = {name: np.zeros_like(g) for name, g in self.grads.items()}

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad_output):
        for layer in reversed(self.layers):
            grad_output = layer.backward(grad_output)
        return grad_output
