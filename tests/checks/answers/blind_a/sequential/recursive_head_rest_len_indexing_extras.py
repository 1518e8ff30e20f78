# recursive: head and rest, with len and indexing as extras

class Sequential(Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = [*layers]
        position = 0
        while position < len(self.layers):
            layer = self.layers[position]
            self.params |= {str(position) + "." + key: value for key, value in layer.params.items()}
            self.grads |= {str(position) + "." + key: value for key, value in layer.grads.items()}
            position += 1

    def __len__(self):
        return len(self.layers)

    def __getitem__(self, index):
        return self.layers[index]

    def forward(self, x, start=0):
        if start == len(self):
            return x
        return self.forward(self[start].forward(x), start + 1)

    def backward(self, grad_output, end=None):
        end = len(self) if end is None else end
        if end == 0:
            return grad_output
        return self.backward(self[end - 1].backward(grad_output), end - 1)
