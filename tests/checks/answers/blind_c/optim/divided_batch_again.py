# divided by the batch again
# wrong: the gradient is divided by the number of rows once more, though the loss is a mean already
# cause: divid|number of rows|batch size|already|too (short|small)|mean

class Optim:
    def __init__(self, network, loss, learning_rate):
        self.network, self.loss, self.learning_rate = network, loss, learning_rate

    def step(self, X, Y):
        self.network.zero_grad()
        value = self.loss.forward(self.network.forward(X), Y)
        self.network.backward(self.loss.backward())
        for key in self.network.params:
            self.network.params[key] -= self.learning_rate / len(X) * self.network.grads[key]
        return value

    def SGD(self, X, Y, batch_size, num_epochs, rng=None):
        rng = np.random.default_rng(rng)
        history = []
        for epoch in range(num_epochs):
            order = rng.permutation(len(X))
            total = 0
            for start in range(0, len(X), batch_size):
                rows = order[start : start + batch_size]
                total += self.step(X[rows], Y[rows]) * len(rows)
            history.append(total / len(X))
        return history
