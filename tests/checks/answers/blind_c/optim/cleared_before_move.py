# cleared before the move
# wrong: zero_grad comes after backward and before the move, so nothing moves
# cause: zero_grad|clear

class Optim:
    def __init__(self, network, loss, learning_rate):
        self.network, self.loss, self.learning_rate = network, loss, learning_rate

    def step(self, X, Y):
        prediction = self.network.forward(X)
        value = self.loss.forward(prediction, Y)
        self.network.backward(self.loss.backward())
        self.network.zero_grad()
        for name, param in self.network.params.items():
            param -= self.learning_rate * self.network.grads[name]
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
