# array_split and np.average

class Optim:
    def __init__(self, network, loss, learning_rate):
        self.net = network
        self.criterion = loss
        self.eta = learning_rate
        self.steps_taken = 0

    def step(self, X, Y):
        self.net.zero_grad()
        value = self.criterion.forward(self.net.forward(X), Y)
        self.net.backward(self.criterion.backward())
        for param, grad in zip(self.net.params.values(), self.net.grads.values()):
            np.subtract(param, self.eta * grad, out=param)
        self.steps_taken += 1
        return value

    def SGD(self, X, Y, batch_size, num_epochs, rng=None):
        generator = np.random.default_rng(rng)
        means = []
        while len(means) < num_epochs:
            batches = np.split(generator.permutation(len(X)), range(batch_size, len(X), batch_size))
            values = [self.step(X[b], Y[b]) for b in batches]
            means.append(float(np.average(values, weights=[b.size for b in batches])))
        return means
