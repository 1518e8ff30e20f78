# a generator of batches, an array of losses

class Optim:
    def __init__(self, network, loss, learning_rate):
        self.network = network
        self.loss = loss
        self.learning_rate = learning_rate
        self.steps = 0

    def step(self, X, Y):
        for grad in self.network.grads.values():
            grad[...] = 0
        prediction = self.network.forward(X)
        loss = self.loss.forward(prediction, Y)
        self.network.backward(self.loss.backward())
        for param, grad in zip(self.network.params.values(), self.network.grads.values()):
            param[...] = param - self.learning_rate * grad
        self.steps += 1
        return loss

    def batches(self, n, size, rng):
        order = rng.permutation(n)
        at = 0
        while at < n:
            yield order[at : at + size]
            at += size

    def SGD(self, X, Y, batch_size, num_epochs, rng=None):
        rng = np.random.default_rng(rng)
        result = np.zeros(num_epochs)
        for epoch in range(num_epochs):
            for rows in self.batches(len(X), batch_size, rng):
                result[epoch] += len(rows) / len(X) * self.step(X[rows], Y[rows])
        return result
