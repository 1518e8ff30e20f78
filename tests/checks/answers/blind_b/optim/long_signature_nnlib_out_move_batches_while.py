# the long signature of nnlib, out= for the move, batches from a while loop

class Optim:
    def __init__(self, network, loss, learning_rate):
        self.network, self.loss, self.eta = network, loss, float(learning_rate)
        self.steps_done = 0

    def step(self, X, Y):
        net, loss = self.network, self.loss
        net.zero_grad()
        value = loss.forward(net.forward(X), Y)
        net.backward(loss.backward())
        for param, grad in zip(net.params.values(), net.grads.values(), strict=True):
            np.subtract(param, self.eta * grad, out=param)
        self.steps_done += 1
        return value

    def SGD(self, X, Y, batch_size, num_epochs, X_test=None, Y_test=None, *, log=False, rng=None):
        rng = np.random.default_rng(rng)
        losses, accuracies = [], []
        while len(losses) < num_epochs:
            todo = list(rng.permutation(len(X)))
            of_rows = []
            while todo:
                batch, todo = todo[:batch_size], todo[batch_size:]
                of_rows += [self.step(X[batch], Y[batch])] * len(batch)
            losses.append(float(np.mean(of_rows)))
            if X_test is not None:
                guesses = self.network.forward(X_test).argmax(axis=1)
                accuracies.append(float(np.mean(guesses == np.asarray(Y_test))))
            if log:
                print(len(losses), losses[-1])
        return losses if X_test is None else (losses, accuracies)
