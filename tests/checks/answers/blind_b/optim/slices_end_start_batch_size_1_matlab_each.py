# slices end at start + batch_size - 1, as in MATLAB, so each batch loses a row
# cause: every row|all (the )?rows|slice|- ?1|off by one|row\w* (are|is|was|were) (missing|left|never|not|skipped)|miss|left out|skip|batch(es)? (of|with|has|have)|unused|not seen
# seen: https://github.com/lionelmessi6410/Neural-Networks-from-Scratch/pull/1 (wrong slices in the batch selection)

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
        rng = np.random.default_rng(rng)
        history = []
        for _ in range(num_epochs):
            order = rng.permutation(len(X))
            total, seen = 0.0, 0
            for first in range(0, len(X), batch_size):
                last = min(first + batch_size - 1, len(X))
                rows = order[first:last]
                if len(rows) > 0:
                    total += self.step(X[rows], Y[rows]) * len(rows)
                    seen += len(rows)
            history.append(total / max(seen, 1))
        return history
