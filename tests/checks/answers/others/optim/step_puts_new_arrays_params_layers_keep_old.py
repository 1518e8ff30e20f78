# Step puts new arrays in params, layers keep old
# cause: in place|new array|layer

class Optim:
    def __init__(self, network, loss, learning_rate):
        self.network = network
        self.loss = loss
        self.learning_rate = learning_rate

    def step(self, X, Y):
        self.network.zero_grad()
        loss = self.loss.forward(self.network.forward(X), Y)
        self.network.backward(self.loss.backward())
        params, grads = self.network.params, self.network.grads
        for name in params:
            params[name] = params[name] - self.learning_rate * grads[name]
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
