# step measures the loss once more after moving and returns that
# cause: before|after|loss of the step|returns?|old loss|new loss|moved
# seen: https://github.com/keras-team/keras/issues/8578 (which loss is shown: before or after the update)

class Optim:
    def __init__(self, network, loss, learning_rate):
        self.network, self.loss, self.learning_rate = network, loss, learning_rate

    def step(self, X, Y):
        self.network.zero_grad()
        self.loss.forward(self.network.forward(X), Y)
        self.network.backward(self.loss.backward())
        for name, param in self.network.params.items():
            param -= self.learning_rate * self.network.grads[name]
        return self.loss.forward(self.network.forward(X), Y)

    def SGD(self, X, Y, batch_size, num_epochs, rng=None):
        rng = np.random.default_rng(rng)
        history = []
        for _ in range(num_epochs):
            order = rng.permutation(len(X))
            weighted = 0.0
            for start in range(0, len(X), batch_size):
                rows = order[start : start + batch_size]
                weighted += self.step(X[rows], Y[rows]) * len(rows)
            history.append(weighted / len(X))
        return history
