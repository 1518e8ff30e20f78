"""Optimizers: how the gradients change the parameters.

`Optim` is the report's name for a network, its loss and an update rule.
"""

import math

import numpy as np

from nnlib import _watch, train
from nnlib._advice import OPTIM, RULE, Advised, advised, call_repr, refuser
from nnlib._validation import check_instance, check_learning_rate, check_scalar
from nnlib.module import Loss, Module, underflow_is_zero


class Rule(Advised):
    """What the update rules share: the learning rate η, above 0.

    What a rule remembers of its steps, it keeps by the names of the parameters. So each network
    that learns needs a rule of its own.
    """

    habits = RULE
    __repr__ = call_repr
    #: Whether it is plain gradient descent, which `nnlib._fused` does in less time.
    fusible = False

    def __init__(self, learning_rate: float):
        self.learning_rate = check_learning_rate(learning_rate)

    def update(self, params, grads) -> None:
        """Change every parameter in place, by its gradient: two dicts with the same names."""
        raise NotImplementedError(f"{type(self).__name__} has no update.")


class SGD(Rule):
    """Gradient descent: velocity ← μ velocity + ∂L/∂θ, θ ← θ - η velocity for every parameter θ.

    With a momentum μ, from 0 up to below 1, the velocity is a fading sum of all gradients so far
    (Polyak 1964, in the form of PyTorch); without it, it is the gradient itself.
    """

    @advised
    def __init__(self, learning_rate, momentum=0.0):
        super().__init__(learning_rate)
        self.momentum = check_scalar(
            momentum, "momentum", "a number from 0 up to below 1", lambda share: 0 <= share < 1
        )
        self.velocity = {}

    @property
    def fusible(self):  # a subclass may have another update
        return type(self) is SGD and self.momentum == 0

    def update(self, params, grads):
        for name, value in params.items():
            step = grads[name]
            if self.momentum:
                step = step + self.momentum * self.velocity.get(name, 0)
                self.velocity[name] = step
            value -= self.learning_rate * step


class Adam(Rule):
    """Steps of about η for every number, whatever the size of its gradients (Kingma and Ba 2015).

    m ← β₁ m + (1 - β₁) g and v ← β₂ v + (1 - β₂) g² are running means of the gradient and of its
    square. Both start at 0; after t steps, dividing by 1 - βᵗ makes up for that. Then
    θ ← θ - η m̂ / (√v̂ + ε). The betas are below 1, and ε keeps the division from one by zero.
    """

    @advised
    def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
        super().__init__(learning_rate)
        for name, beta in (("beta1", beta1), ("beta2", beta2)):
            check_scalar(beta, name, "a number from 0 up to below 1", lambda share: 0 <= share < 1)
        check_scalar(epsilon, "epsilon", "a positive number", lambda small: 0 < small < math.inf)
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon
        self.mean, self.mean_square, self.t = {}, {}, 0

    def update(self, params, grads):
        self.t += 1
        for name, value in params.items():
            g = grads[name]
            m = self.beta1 * self.mean.get(name, 0) + (1 - self.beta1) * g
            v = self.beta2 * self.mean_square.get(name, 0) + (1 - self.beta2) * g**2
            self.mean[name], self.mean_square[name] = m, v
            m_hat, v_hat = m / (1 - self.beta1**self.t), v / (1 - self.beta2**self.t)
            value -= self.learning_rate * m_hat / (np.sqrt(v_hat) + self.epsilon)


class Optim(Advised):
    """A network that learns, the loss that shall become small, and how.

    Args:
        network: any Module.
        loss: any Loss.
        learning_rate: for plain gradient descent; or a rule, such as `SGD(0.1, momentum=0.9)`.

    Raises:
        ValueError, TypeError: no Module, no Loss, or no positive number where one is due; a rule
            that has trained another network.
    """

    habits = OPTIM

    @advised
    def __init__(self, network: Module, loss: Loss, learning_rate: float | Rule):
        self.network = check_instance(network, Module, "Optim trains a Module")
        self.loss = check_instance(loss, Loss, "Optim needs a Loss")
        rule = learning_rate if isinstance(learning_rate, Rule) else SGD(learning_rate)
        self.rule = _watch.check_rule(rule, network)

    @property
    def learning_rate(self) -> float:
        return self.rule.learning_rate

    @learning_rate.setter
    def learning_rate(self, rate):  # 0, too: a rate that falls from epoch to epoch may end there
        self.rule.learning_rate = check_scalar(
            rate, "learning_rate", "a number from 0 up", lambda rate: 0 <= rate < math.inf
        )

    @property
    def fusible(self) -> bool:
        """Whether `nnlib._fused` may do its steps: not where a subclass has a `step` of its own."""
        # __func__ is the function of a method; a `step` set by hand may have none.
        return self.rule.fusible and getattr(self.step, "__func__", None) is Optim.step

    @advised
    @underflow_is_zero
    def step(self, X, Y) -> float:
        """Do one step: forward, backward, and a change of every parameter.

        Args:
            X: inputs, (n, d).
            Y: targets, in the form that the loss takes.

        Returns:
            The loss before the step.
        """
        self.network.zero_grad()
        loss = self.loss.forward(self.network.forward(X), Y)
        self.network.backward(self.loss.backward())
        self.rule.update(self.network.params, self.network.grads)
        return loss

    @advised
    def fit(self, X, Y, batch_size, num_epochs, X_test=None, Y_test=None, *,
            log=False, rng=None, callback=None) -> train.History:  # fmt: skip
        """Train: a step for every batch of every epoch.

        Arguments, errors and what it returns are those of `nnlib.train.fit`.
        """
        return train.fit(
            self, X, Y, batch_size, num_epochs, X_test, Y_test, log=log, rng=rng, callback=callback
        )

    @advised
    def SGD(self, X, Y, batch_size, num_epochs, X_test=None, Y_test=None, *,
            log=False, rng=None, callback=None):  # fmt: skip
        """Train by stochastic gradient descent: `fit`, by its name in the report.

        Returns:
            A list with the training loss of every epoch. With a test set, a pair of lists, of
            these losses and of the accuracies on the test set after every epoch.
        """
        history = self.fit(
            X, Y, batch_size, num_epochs, X_test, Y_test, log=log, rng=rng, callback=callback
        )
        return history.losses if X_test is None else tuple(history)


__getattr__ = refuser(__name__)  # which answers the names of other libraries
