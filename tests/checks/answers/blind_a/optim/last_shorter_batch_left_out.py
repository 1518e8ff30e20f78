# the last, shorter batch is left out
# cause: last batch|short|left (out|over)|all rows|missing|drop|not (seen|used)|remain|every row|each row
# seen: iterate_minibatches from the Lasagne examples, quoted on Stack Overflow (range(0, n - batchsize + 1, batchsize)); https://github.com/NervanaSystems/neon/issues/9

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
            total, seen = 0.0, 0
            for start in range(0, len(X) - batch_size + 1, batch_size):
                batch = order[start : start + batch_size]
                total += self.step(X[batch], Y[batch]) * len(batch)
                seen += len(batch)
            losses.append(total / max(seen, 1))
        return losses
