# random order by sorting random numbers, a generator of batches, assignment through [...]

class Optim:
    def __init__(self, network, loss, learning_rate):
        self.net, self.cost, self.rate = network, loss, learning_rate
        self.network, self.loss, self.learning_rate = network, loss, learning_rate

    def batches(self, n, size, rng):
        order = np.argsort(rng.random(n))
        while len(order):
            yield order[:size]
            order = order[size:]

    def step(self, X, Y):
        self.net.zero_grad()
        value = self.cost.forward(self.net.forward(X), Y)
        self.net.backward(self.cost.backward())
        for key in sorted(self.net.params, reverse=True):
            p, g = self.net.params[key], self.net.grads[key]
            p[...] = p - self.rate * g
        return value

    def SGD(self, X, Y, batch_size, num_epochs, rng=None):
        rng = np.random.default_rng(rng)
        return [
            sum(self.step(X[b], Y[b]) * len(b) for b in self.batches(len(X), batch_size, rng)) / len(X)
            for _ in range(num_epochs)
        ]
