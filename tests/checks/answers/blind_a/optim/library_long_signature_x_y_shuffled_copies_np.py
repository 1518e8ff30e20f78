# the library's long signature, X and Y shuffled as copies, np.average with weights

class Optim:
    def __init__(self, network, loss, learning_rate):
        self.network = network
        self.loss = loss
        self.learning_rate = float(learning_rate)
        self.steps = 0

    def step(self, X, Y):
        net = self.network
        net.zero_grad()
        out = net.forward(X)
        value = self.loss.forward(out, Y)
        net.backward(self.loss.backward())
        for p, g in zip(net.params.values(), net.grads.values(), strict=True):
            np.subtract(p, self.learning_rate * g, out=p, casting="same_kind")
        self.steps += 1
        return float(value)

    def SGD(self, X, Y, batch_size, num_epochs, X_test=None, Y_test=None, *, log=False, rng=None):
        rng = np.random.default_rng(rng)
        history = []
        for epoch in range(1, num_epochs + 1):
            index = np.arange(X.shape[0])
            rng.shuffle(index)
            x, y = X[index].copy(), Y[index].copy()
            cuts = list(range(batch_size, len(x), batch_size))
            parts = list(zip(np.split(x, cuts), np.split(y, cuts), strict=True))
            values = [self.step(a, b) for a, b in parts]
            history.append(float(np.average(values, weights=[len(a) for a, _ in parts])))
            if log:
                print(epoch, history[-1])
        return history
