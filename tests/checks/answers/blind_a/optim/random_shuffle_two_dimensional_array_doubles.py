# random.shuffle on a two-dimensional array doubles some rows and loses others
# cause: random\.shuffle|(each|every|all|some) rows?|twice|doubl|duplicat|lost|repeat|missing|pair|belong
# seen: https://github.com/mnielsen/neural-networks-and-deep-learning/issues/73

import random


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
        X_mixed, Y_mixed = X.copy(), Y.copy()
        for _ in range(num_epochs):
            seed = int(rng.integers(2**31))
            random.Random(seed).shuffle(X_mixed)
            random.Random(seed).shuffle(Y_mixed)
            total = 0.0
            for start in range(0, len(X), batch_size):
                x, y = X_mixed[start : start + batch_size], Y_mixed[start : start + batch_size]
                total += self.step(x, y) * len(x)
            losses.append(total / len(X))
        return losses
