# shuffled apart
# wrong: X and Y are shuffled by two different orders, so that rows lose their targets
# cause: same order|together|pair|belong|own (target|order)|different order|match|two orders|X and Y|apart

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
            Xs, Ys = rng.permutation(X), rng.permutation(Y)
            total = 0
            for start in range(0, len(X), batch_size):
                xb, yb = Xs[start : start + batch_size], Ys[start : start + batch_size]
                total += self.step(xb, yb) * len(xb)
            history.append(total / len(X))
        return history
