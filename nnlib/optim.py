"""Training: gradient descent, one batch at a time. Floor 3."""

import math

import numpy as np

from nnlib.fast import FastStep
from nnlib.module import Loss, Module, as_rows
from nnlib.values import as_array, as_generator, as_number, as_whole, brief


class Optim:
    """Plain gradient descent for a network and a loss.

    Args:
        network: what learns: any Module.
        loss: what shall become small.
        learning_rate: how far to step against the gradient, above 0.

    Raises:
        ValueError: a learning rate that is not a positive, finite number.
        TypeError: no Module, no Loss, or no number where one is due.
    """

    def __init__(self, network: Module, loss: Loss, learning_rate: float):
        if not isinstance(network, Module):
            raise TypeError(f"Optim trains a Module, but got {brief(network)}.")
        if not isinstance(loss, Loss):
            raise TypeError(f"Optim needs a Loss, but got {brief(loss)}.")
        self.network, self.loss = network, loss
        self.learning_rate = as_number(
            learning_rate, "learning_rate", "a positive number", lambda rate: 0 < rate < math.inf
        )

    def step(self, X, Y) -> float:
        """Do one step of gradient descent: θ ← θ - η ∂L/∂θ for every parameter θ.

        Args:
            X: inputs, (n, d).
            Y: targets, in the form that the loss takes.

        Returns:
            The loss before the step.
        """
        self.network.zero_grad()
        loss = self.loss.forward(self.network.forward(X), Y)
        self.network.backward(self.loss.backward())
        for name, value in self.network.params.items():
            value -= self.learning_rate * self.network.grads[name]
        return loss

    def SGD(self, X, Y, batch_size, num_epochs, X_test=None, Y_test=None, *,
            log=False, rng=None, callback=None):  # fmt: skip
        """Train by stochastic gradient descent: a step for every batch of every epoch.

        Each step is that of `step`; where `nnlib.fast` can do it in less time, the gradients in
        `network.grads` are not kept. An Optim with a `step` of its own always uses that.

        Args:
            X, Y: the training set, N rows each. Each epoch uses every row once, in a new order.
            batch_size: rows a step, at least 1; the last batch of an epoch may be shorter.
            num_epochs: passes over the training set, at least 1.
            X_test, Y_test: a test set of classes, on which to count after every epoch.
            log: True shows a progress bar (needs the package tqdm).
            rng: a `numpy.random.Generator` for the order of the rows, or a seed for one.
            callback: called as `callback(epoch, loss)` after every epoch; epochs count from 1.

        Returns:
            A list with the training loss of every epoch, the mean over its rows, each measured
            just before the step that it was part of. With a test set, a pair of lists, of these
            losses and of the accuracies on the test set after every epoch.

        Raises:
            ValueError: X and Y of different length, no rows, sizes below 1, or a test set
                without classes or with others than the network's.
            TypeError: what is no number, array, seed or function where one is due.
            FloatingPointError: the loss is no longer finite.
        """
        X, Y = _pair(X, Y, "X", "Y")
        batch_size = as_whole(batch_size, "batch_size")
        num_epochs = as_whole(num_epochs, "num_epochs")
        rng = as_generator(rng)
        if callback is not None and not callable(callback):
            raise TypeError(f"callback must be a function, but got {brief(callback)}.")
        losses, accuracies = [], []
        if X_test is not None or Y_test is not None:  # complain now, not after an hour of training
            X_test, Y_test = _pair(X_test, Y_test, "X_test", "Y_test")
            accuracy(self.network.forward(X_test[:1]).repeat(len(Y_test), axis=0), Y_test)

        epochs = range(1, num_epochs + 1)
        if log:
            from tqdm.auto import tqdm

            epochs = tqdm(epochs, desc="SGD", unit="epoch")
        for epoch in epochs:
            losses.append(self._epoch(X, Y, batch_size, rng, epoch))
            if X_test is not None:
                accuracies.append(accuracy(self.network.forward(X_test), Y_test))
            if log:
                epochs.set_postfix(loss=f"{losses[-1]:.4f}")
            self.network.trained_with = {
                "loss": repr(self.loss),
                "learning_rate": self.learning_rate,
                "batch_size": batch_size,
                "epochs": epoch,
            }
            if callback is not None:
                callback(epoch, losses[-1])
        return losses if X_test is None else (losses, accuracies)

    def _epoch(self, X, Y, batch_size, rng, epoch) -> float:
        # Anew for every epoch: a callback may have changed the learning rate, or a parameter.
        plain = getattr(self.step, "__func__", None) is Optim.step
        fast = FastStep.of(self, X, Y, batch_size) if plain else None
        order, total = rng.permutation(len(X)), 0.0
        for start in range(0, len(X), batch_size):
            rows = order[start : start + batch_size]
            with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # see below
                if fast and len(rows) == batch_size:  # the last batch may be shorter
                    loss = fast(rows)
                else:
                    loss = self.step(X[rows], Y[rows])
            if not math.isfinite(loss):
                raise FloatingPointError(
                    f"The loss became {loss} in epoch {epoch}: the steps are too large for this "
                    f"network. Try a learning rate below {self.learning_rate:g}, scale the inputs "
                    "to about 1, or look for missing values in X and Y."
                )
            total += loss * len(rows)
        return total / len(X)


def accuracy(prediction, target) -> float:
    """Return the share of rows, 0 to 1, whose class is predicted rightly; NaN predicts none.

    Args:
        prediction: scores, (n, classes): the largest names the class. Or (n, 1): above 0.5 is
            class 1, else class 0.
        target: labels, (n,) integers; or one-hot rows, (n, classes); or 0 and 1, (n, 1).

    Raises:
        ValueError: the target names no classes, or others than the prediction.
    """
    prediction, target = as_rows(prediction, "accuracy"), as_array(target, "accuracy")
    single = prediction.shape[1] == 1
    last = 1 if single else prediction.shape[1] - 1
    if (
        target.shape == prediction.shape
        and np.isin(target, (0, 1)).all()
        and (single or (target.sum(axis=1) == 1).all())
    ):
        labels = target[:, 0] if single else target.argmax(axis=1)
    elif target.shape == prediction.shape[:1] and target.dtype.kind in "iu":
        labels = target
    else:
        raise ValueError(
            f"Accuracy needs classes: integer labels, one-hot rows, or a column of 0 and 1; but "
            f"the target has shape {target.shape}, dtype {target.dtype}, and the prediction has "
            f"shape {prediction.shape}. To follow another measure, use a callback."
        )
    if len(labels) == 0 or labels.min() < 0 or labels.max() > last:
        got = f"from {labels.min()} to {labels.max()}" if len(labels) else "none"
        raise ValueError(f"Accuracy needs labels, here from 0 to {last}, but got {got}.")
    classes = prediction[:, 0] > 0.5 if single else prediction.argmax(axis=1)
    return float(((classes == labels) & ~np.isnan(prediction).any(axis=1)).mean())


def _pair(X, Y, x_name, y_name):
    """Return the two halves of a data set as arrays."""
    X, Y = as_array(X, x_name), as_array(Y, y_name)
    if 0 in (X.ndim, Y.ndim) or len(X) != len(Y) or len(X) == 0:
        raise ValueError(
            f"{x_name} and {y_name} need as many rows, at least one, but have shapes {X.shape} "
            f"and {Y.shape}."
        )
    return X, Y
