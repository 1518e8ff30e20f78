# the generator is made anew from the seed in every epoch, so all epochs have the same order
# cause: same order|each epoch|every epoch|new order|another order|seed|generator|order
# seen: https://github.com/EleutherAI/bergson/pull/352 and https://github.com/tensorflow/tensorflow/issues/26179

class Optim:
    def __init__(self, network, loss, learning_rate):
        self.network, self.loss, self.learning_rate = network, loss, learning_rate

    def step(self, X, Y):
        self.network.zero_grad()
        value = self.loss.forward(self.network.forward(X), Y)
        self.network.backward(self.loss.backward())
        for name, param in self.network.params.items():
            param -= self.learning_rate * self.network.grads[name]
        return value

    def SGD(self, X, Y, batch_size, num_epochs, rng=None):
        history = []
        for epoch in range(num_epochs):
            generator = np.random.default_rng(rng)
            order = generator.permutation(len(X))
            total = 0.0
            for start in range(0, len(X), batch_size):
                pick = order[start : start + batch_size]
                total += self.step(X[pick], Y[pick]) * len(pick)
            history.append(total / len(X))
        return history
