# Step divides by rows although the loss already did
# cause: batch|rows|learning.rate

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
            value -= self.learning_rate / len(X) * self.network.grads[name]
        return loss

    def SGD(self, X, Y, batch_size, num_epochs, rng=None):
        rng = np.random.default_rng(rng)
        losses = []
        for epoch in range(num_epochs):
            order = rng.permutation(len(X))
            total = 0.0
            for start in range(0, len(X), batch_size):
                rows = order[start : start + batch_size]
                total += self.step(X[rows], Y[rows]) * len(rows)
            losses.append(total / len(X))
        return losses
