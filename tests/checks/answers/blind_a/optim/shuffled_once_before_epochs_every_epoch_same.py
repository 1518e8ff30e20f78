# shuffled once before the epochs: every epoch has the same order
# cause: (each|every|new|per) (epoch|order|time)|same order|shuffl|permut|once|random order
# seen: https://github.com/dnouri/nolearn/issues/13 ; https://github.com/lengstrom/fast-style-transfer/issues/63

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
        order = rng.permutation(len(X))
        for _ in range(num_epochs):
            total = 0.0
            for start in range(0, len(X), batch_size):
                batch = order[start : start + batch_size]
                total += self.step(X[batch], Y[batch]) * len(batch)
            losses.append(total / len(X))
        return losses
