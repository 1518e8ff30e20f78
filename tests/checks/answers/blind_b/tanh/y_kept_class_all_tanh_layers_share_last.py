# y is kept on the class, so all TanH layers share the last one's output
# cause: class attribute|shared?|instances?|self\.|each (layer|object|TanH)|other (layer|object|TanH|instance)|two (layers|objects|TanH|of)|another
# seen: https://github.com/CodeReclaimers/neat-python/issues/188

class TanH(Module):
    y = None

    def forward(self, x):
        TanH.y = np.tanh(x)
        return TanH.y

    def backward(self, grad_output):
        return grad_output * (1 - TanH.y**2)
