# order by sorting random numbers; shuffled copies; np.average with weights

class Optim:
    def __init__(self, network, loss, learning_rate):
        self.network = network
        self.loss = loss
        self.learning_rate = learning_rate

    def step(self, X, Y):
        self.network.zero_grad()
        prediction = self.network.forward(X)
        before = self.loss.forward(prediction, Y)
        gradient = self.loss.backward()
        self.network.backward(gradient)
        for name in self.network.params:
            self.network.params[name][...] -= self.learning_rate * self.network.grads[name]
        return before

    @staticmethod
    def _batches(X, Y, size, rng):
        order = np.argsort(rng.random(len(X)))
        X, Y = X[order], Y[order]
        cuts = list(range(size, len(X), size))
        yield from zip(np.split(X, cuts), np.split(Y, cuts), strict=True)

    def SGD(self, X, Y, batch_size, num_epochs, rng=None):
        rng = np.random.default_rng(rng)
        history = []
        for _ in range(num_epochs):
            values, weights = [], []
            for xb, yb in self._batches(X, Y, batch_size, rng):
                values.append(self.step(xb, yb))
                weights.append(len(xb))
            history.append(float(np.average(values, weights=weights)))
        return history
