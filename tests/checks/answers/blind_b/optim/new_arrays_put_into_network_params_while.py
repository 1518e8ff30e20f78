# new arrays are put into network.params, while the layers keep their old ones
# cause: in[- ]place|new arrays?|same arrays?|own arrays?|-=|rebind|replac|layers?|not (chang|mov)|do(es)? not (chang|learn|mov)
# seen: https://github.com/intel/ipex-llm/issues/395 (the optimiser does not update the model it was given)

class Optim:
    def __init__(self, network, loss, learning_rate):
        self.network, self.loss, self.learning_rate = network, loss, learning_rate

    def step(self, X, Y):
        self.network.zero_grad()
        value = self.loss.forward(self.network.forward(X), Y)
        self.network.backward(self.loss.backward())
        params, grads = self.network.params, self.network.grads
        for name in params:
            params[name] = params[name] - self.learning_rate * grads[name]
        return value

    def SGD(self, X, Y, batch_size, num_epochs, rng=None):
        rng = np.random.default_rng(rng)
        history = []
        for _ in range(num_epochs):
            order = rng.permutation(len(X))
            total = 0.0
            for start in range(0, len(X), batch_size):
                rows = order[start : start + batch_size]
                total += self.step(X[rows], Y[rows]) * rows.size
            history.append(total / len(X))
        return history
