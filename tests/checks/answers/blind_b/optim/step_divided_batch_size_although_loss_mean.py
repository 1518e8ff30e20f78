# the step is divided by the batch size, although the loss is a mean already
# cause: divid|batch size|number of rows|len\(X\)|too small|already|mean|averag|rows|factor
# seen: https://github.com/borgwang/tinynn/issues/12

class Optim:
    def __init__(self, network, loss, learning_rate):
        self.network = network
        self.loss = loss
        self.lr = learning_rate

    def step(self, X, Y):
        self.network.zero_grad()
        cost = self.loss.forward(self.network.forward(X), Y)
        self.network.backward(self.loss.backward())
        for name in self.network.params:
            self.network.params[name] -= self.lr / len(X) * self.network.grads[name]
        return cost

    def SGD(self, X, Y, batch_size, num_epochs, rng=None):
        rng = np.random.default_rng(rng)
        n, out = len(X), []
        for _ in range(num_epochs):
            idx = rng.permutation(n)
            batches = [idx[i : i + batch_size] for i in range(0, n, batch_size)]
            out.append(sum(self.step(X[b], Y[b]) * len(b) for b in batches) / n)
        return out
