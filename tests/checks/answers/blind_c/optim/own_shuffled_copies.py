# own shuffled copies

class Optim:
    def __init__(self, network, loss, learning_rate):
        self.network, self.loss, self.learning_rate = network, loss, learning_rate

    def step(self, X, Y):
        self.network.zero_grad()
        output = self.network.forward(X)
        value = self.loss.forward(output, Y)
        self.network.backward(self.loss.backward())
        for key in list(self.network.grads):
            self.network.params[key][...] = (
                self.network.params[key] - self.learning_rate * self.network.grads[key]
            )
        return value

    def SGD(self, X, Y, batch_size, num_epochs, rng=None):
        rng = np.random.default_rng(seed=rng)
        order = np.arange(len(X))
        history = [0.0] * num_epochs
        for epoch in range(num_epochs):
            rng.shuffle(order)
            Xs, Ys = X[order].copy(), Y[order].copy()
            left = len(Xs)
            while left:
                k = min(batch_size, left)
                first = len(Xs) - left
                history[epoch] += k / len(X) * self.step(Xs[first : first + k], Ys[first : first + k])
                left -= k
        return history
