# the running total of the loss is not set to 0 for a new epoch
# cause: total|reset|each epoch|every epoch|per epoch|epochs? before|earlier epochs|sum of|accumulat|adds? up|grow|start\w* (again|at 0|from 0)
# seen: https://github.com/L1aoXingyu/pytorch-beginner/pull/40

class Optim:
    def __init__(self, network, loss, learning_rate):
        self.network = network
        self.loss = loss
        self.learning_rate = learning_rate

    def step(self, X, Y):
        self.network.zero_grad()
        out = self.network.forward(X)
        value = self.loss.forward(out, Y)
        self.network.backward(self.loss.backward())
        for key in self.network.params:
            self.network.params[key] -= self.learning_rate * self.network.grads[key]
        return value

    def SGD(self, X, Y, batch_size, num_epochs, rng=None):
        rng = np.random.default_rng(rng)
        losses = []
        total = 0.0
        for epoch in range(num_epochs):
            order = rng.permutation(len(X))
            for start in range(0, len(X), batch_size):
                batch = order[start : start + batch_size]
                total += len(batch) * self.step(X[batch], Y[batch])
            losses.append(total / len(X))
        return losses
