# shuffled copies

class Optim:
    def __init__(self, network, loss, learning_rate):
        self.network, self.loss, self.learning_rate = network, loss, learning_rate

    def step(self, X, Y):
        self.network.zero_grad()
        L = self.loss.forward(self.network.forward(X), Y)
        self.network.backward(self.loss.backward())
        for name in list(self.network.params):
            self.network.params[name] -= self.learning_rate * self.network.grads[name]
        return L

    def SGD(self, X, Y, batch_size, num_epochs, rng=None):
        rng = np.random.default_rng(rng)
        N, history = len(X), []
        for e in range(1, num_epochs + 1):
            p = rng.permutation(N)
            Xs, Ys = X[p], Y[p]
            s = 0.0
            for b in range(-(-N // batch_size)):
                xb = Xs[b * batch_size : (b + 1) * batch_size]
                yb = Ys[b * batch_size : (b + 1) * batch_size]
                s = s + len(xb) * self.step(xb, yb)
            history += [s / N]
        return history
