# Shuffles the caller's X and Y in place
# cause: data|in place|chang

class Optim:
    def __init__(self, network, loss, learning_rate):
        self.network = network
        self.loss = loss
        self.learning_rate = learning_rate

    def step(self, X, Y):
        self.network.zero_grad()
        loss = self.loss.forward(self.network.forward(X), Y)
        self.network.backward(self.loss.backward())
        for name, value in self.network.params.items():
            value -= self.learning_rate * self.network.grads[name]
        return loss

    def SGD(self, X, Y, batch_size, num_epochs, rng=None):
        rng = np.random.default_rng(rng)
        losses = []
        for epoch in range(num_epochs):
            order = rng.permutation(len(X))
            X[:], Y[:] = X[order], Y[order]
            total = 0.0
            for start in range(0, len(X), batch_size):
                x, y = X[start : start + batch_size], Y[start : start + batch_size]
                total += self.step(x, y) * len(x)
            losses.append(total / len(X))
        return losses
