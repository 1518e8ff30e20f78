# the caller's X and Y are shuffled in place
# cause: in[- ]place|caller|cop(y|ies)|(chang|alter|modif|shuffl|reorder)\w* (the |your |its )?(X|Y|data|input|array|training)|X and Y|data.*(chang|alter|modif)|indices
# seen: https://github.com/mnielsen/neural-networks-and-deep-learning/issues/50 (random.shuffle(training_data) works on the caller's data)

class Optim:
    def __init__(self, network, loss, learning_rate):
        self.network, self.loss, self.learning_rate = network, loss, learning_rate

    def step(self, X, Y):
        self.network.zero_grad()
        before = self.loss.forward(self.network.forward(X), Y)
        self.network.backward(self.loss.backward())
        for key, p in self.network.params.items():
            p -= self.learning_rate * self.network.grads[key]
        return before

    def SGD(self, X, Y, batch_size, num_epochs, rng=None):
        rng = np.random.default_rng(rng)
        N = len(X)
        curve = []
        for _ in range(num_epochs):
            order = rng.permutation(N)
            X[:] = X[order]
            Y[:] = Y[order]
            total = 0.0
            for i in range(0, N, batch_size):
                xb, yb = X[i : i + batch_size], Y[i : i + batch_size]
                total += self.step(xb, yb) * len(xb)
            curve.append(total / N)
        return curve
