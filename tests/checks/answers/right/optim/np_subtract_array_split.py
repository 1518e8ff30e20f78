# np.subtract and array_split

class Optim:
    def __init__(self, network, loss, learning_rate):
        self.net, self.criterion, self.eta = network, loss, learning_rate

    def step(self, X, Y):
        out = self.net.forward(X)
        value = self.criterion.forward(out, Y)
        self.net.zero_grad()
        self.net.backward(self.criterion.backward())
        for key in self.net.params:
            p, g = self.net.params[key], self.net.grads[key]
            np.subtract(p, self.eta * g, out=p)
        return value

    def SGD(self, X, Y, batch_size, num_epochs, rng=None):
        rng, losses = np.random.default_rng(rng), []
        for _ in range(num_epochs):
            index = np.arange(len(X))
            rng.shuffle(index)
            parts = np.split(index, range(batch_size, len(X), batch_size))
            values = [self.step(X[part], Y[part]) for part in parts]
            losses.append(float(np.average(values, weights=[len(part) for part in parts])))
        return losses
