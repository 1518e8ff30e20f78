# plain mean of the batch losses: the short batch counts too much
# cause: weigh(s|ed|ing)?\b|rows|short|last batch|size of|plain mean
# seen: PyTorch forum, 'How is the loss for an epoch reported?' (stark, 27 August 2020, variant B)

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
            order = rng.permutation(len(X))
            values = []
            for start in range(0, len(X), batch_size):
                batch = order[start : start + batch_size]
                values.append(self.step(X[batch], Y[batch]))
            losses.append(float(np.mean(values)))
        return losses
