# gradients are never set to zero before a step
# cause: zero|accumul|earlier|previous|left over|reset|old gradient|add up
# seen: https://github.com/udacity/deep-learning-v2-pytorch/pull/160

class Optim:
    def __init__(self, network, loss, learning_rate):
        self.network = network
        self.loss = loss
        self.learning_rate = learning_rate

    def step(self, X, Y):
        value = self.loss.forward(self.network.forward(X), Y)
        self.network.backward(self.loss.backward())
        for name in self.network.params:
            self.network.params[name] -= self.learning_rate * self.network.grads[name]
        return value

    def SGD(self, X, Y, batch_size, num_epochs, rng=None):
        rng = np.random.default_rng(rng)
        losses = []
        for _ in range(num_epochs):
            order = rng.permutation(len(X))
            total = 0.0
            for start in range(0, len(X), batch_size):
                batch = order[start : start + batch_size]
                total += self.step(X[batch], Y[batch]) * len(batch)
            losses.append(total / len(X))
        return losses
