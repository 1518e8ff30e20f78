# param = param - ... : the local name gets a new array, the network never changes
# cause: in.place|-=|did not (change|move)|not chang|new array|never chang|unchanged|stay|local|not moved?
# seen: https://openillumi.com/en/en-numpy-valueerror-non-broadcastable-plus-equal-fix (advises a = a + b in place of +=)

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
            param = param - self.learning_rate * self.network.grads[name]
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
