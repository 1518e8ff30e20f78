# gradients are set to zero once an epoch, not before every step
# cause: zero_grad|accumulat|add(s|ed)? up|old gradients?|every step|each step|earlier|left over|previous|second step|twice|set to zero
# seen: https://github.com/udacity/deep-learning-v2-pytorch/pull/160 (zero_grad missing, gradients accumulate)

class Optim:
    def __init__(self, network, loss, learning_rate):
        self.network = network
        self.loss = loss
        self.learning_rate = learning_rate

    def step(self, X, Y):
        value = self.loss.forward(self.network.forward(X), Y)
        self.network.backward(self.loss.backward())
        for name, param in self.network.params.items():
            param -= self.learning_rate * self.network.grads[name]
        return value

    def SGD(self, X, Y, batch_size, num_epochs, rng=None):
        rng = np.random.default_rng(rng)
        history = []
        for _ in range(num_epochs):
            self.network.zero_grad()
            order = rng.permutation(len(X))
            total = 0.0
            for start in range(0, len(X), batch_size):
                rows = order[start : start + batch_size]
                total += self.step(X[rows], Y[rows]) * len(rows)
            history.append(total / len(X))
        return history
