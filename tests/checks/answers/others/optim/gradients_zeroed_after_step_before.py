# Gradients are zeroed after the step, not before
# cause: zero_grad|before|left

class Optim:
    def __init__(self, network, loss, learning_rate):
        self.network = network
        self.loss = loss
        self.learning_rate = learning_rate

    def step(self, X, Y):
        loss = self.loss.forward(self.network.forward(X), Y)
        self.network.backward(self.loss.backward())
        for name, value in self.network.params.items():
            value -= self.learning_rate * self.network.grads[name]
        self.network.zero_grad()
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
