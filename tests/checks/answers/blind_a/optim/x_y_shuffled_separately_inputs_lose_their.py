# X and Y are shuffled separately: inputs lose their targets
# cause: same order|pair|separate|belong|one (order|permutation)|different order|match|wrong target|targets? of other
# seen: https://github.com/udacity/sdc-issue-reports/issues/1326

class Optim:
    def __init__(self, network, loss, learning_rate):
        self.network = network
        self.loss = loss
        self.learning_rate = learning_rate

    def step(self, X, Y):
        self.network.zero_grad()
        value = self.loss.forward(self.network.forward(X), Y)
        self.network.backward(self.loss.backward())
        for name, param in self.network.params.items():
            param -= self.learning_rate * self.network.grads[name]
        return value

    def SGD(self, X, Y, batch_size, num_epochs, rng=None):
        rng = np.random.default_rng(rng)
        losses = []
        for _ in range(num_epochs):
            X_mixed = rng.permutation(X)
            Y_mixed = rng.permutation(Y)
            total = 0.0
            for start in range(0, len(X), batch_size):
                x, y = X_mixed[start : start + batch_size], Y_mixed[start : start + batch_size]
                total += self.step(x, y) * len(x)
            losses.append(total / len(X))
        return losses
