# same gradient to every layer
# wrong: every layer gets the gradient of the output, as the result goes to another name
# cause: same gradient|each layer|every layer|hand(s|ed)?|pass(es|ed)?|next|chain|layer (after|before|behind)|original

class Sequential(Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = layers
        for i, layer in enumerate(layers):
            for name, array in layer.params.items():
                self.params[f"{i}.{name}"] = array
                self.grads[f"{i}.{name}"] = layer.grads[name]

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad_output):
        for layer in self.layers[::-1]:
            grad_input = layer.backward(grad_output)
        return grad_input
