# only Linear has params
# wrong: only layers of the class Linear are listed, so a network in the network is left out
# cause: nest|within|network in|isinstance|Sequential in|inner|any layer|every layer|left out|missing|only|can be a layer

class Sequential(Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = layers
        for i, layer in enumerate(layers):
            if isinstance(layer, Linear):
                self.params[f"{i}.weight"] = layer.params["weight"]
                self.params[f"{i}.bias"] = layer.params["bias"]
                self.grads[f"{i}.weight"] = layer.grads["weight"]
                self.grads[f"{i}.bias"] = layer.grads["bias"]

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad_output):
        for layer in reversed(self.layers):
            grad_output = layer.backward(grad_output)
        return grad_output
