# drawn with replacement
# wrong: rows are drawn with replacement: some come twice and others never in an epoch
# cause: replace|every row|each row|all rows|once|twice|never|permutation|missing

class Optim:
    def __init__(self, network, loss, learning_rate):
        self.network, self.loss, self.learning_rate = network, loss, learning_rate

    def step(self, X, Y):
        self.network.zero_grad()
        value = self.loss.forward(self.network.forward(X), Y)
        self.network.backward(self.loss.backward())
        for name, param in self.network.params.items():
            param -= self.learning_rate * self.network.grads[name]
        return value

    def SGD(self, X, Y, batch_size, num_epochs, rng=None):
        rng = np.random.default_rng(rng)
        history = []
        for epoch in range(num_epochs):
            total, seen = 0.0, 0
            while seen < len(X):
                size = min(batch_size, len(X) - seen)
                rows = rng.integers(0, len(X), size)
                total += self.step(X[rows], Y[rows]) * size
                seen += size
            history.append(total / len(X))
        return history
