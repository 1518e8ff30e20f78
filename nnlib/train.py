"""Training: the loop over epochs and batches."""

import math
from typing import NamedTuple

from nnlib import _watch
from nnlib._fused import quickest_step
from nnlib._outputs import outputs
from nnlib._validation import check_int, check_pair, check_rng, short_repr
from nnlib.metrics import accuracy


class History(NamedTuple):
    """What a training was like, a number for each epoch.

    Attributes:
        losses: the mean loss of the training rows, each measured before the step it was part of.
        accuracies: the share of test rows whose class was right after it; without a test set, none.
    """

    losses: list[float]
    accuracies: list[float]


def fit(optim, X, Y, batch_size, num_epochs, X_test=None, Y_test=None, *,
        log=False, rng=None, callback=None) -> History:  # fmt: skip
    """Train a network: a step for every batch of every epoch.

    Where `nnlib._fused` does the steps, in less time, `network.grads` are not kept.

    Args:
        optim: a network, its loss and an update rule (see `nnlib.Optim`).
        X, Y: the training set, N rows each. Each epoch uses every row once, in a new order.
        batch_size: rows a step, at least 1; the last batch of an epoch may be shorter.
        num_epochs: passes over the training set, at least 1.
        X_test, Y_test: a test set of classes, on which to count after every epoch.
        log: True shows a progress bar (needs the package tqdm).
        rng: a `numpy.random.Generator` for the order of the rows, or a seed for one.
        callback: called as `callback(epoch, loss)` after every epoch; epochs count from 1.

    Raises:
        ValueError: no rows, X and Y of different length, a size below 1, unfit test classes.
        TypeError: what is no number, array, seed or function where one is due.
        FloatingPointError: the loss is no longer finite.
    """
    X, Y = check_pair(X, Y, "X", "Y")
    batch_size = check_int(batch_size, "batch_size")
    num_epochs = check_int(num_epochs, "num_epochs")
    rng = check_rng(rng)
    if callback is not None and not callable(callback):
        raise TypeError(f"callback must be a function, but got {short_repr(callback)}.")
    tested = X_test is not None or Y_test is not None
    if tested:  # complain now, not after an hour of training
        X_test, Y_test = _watch.check_test_set(optim, X_test, Y_test)
    warned = _watch.before(optim, X, Y)  # of what cannot learn

    history = History([], [])
    for epoch in _watch.progress(optim, num_epochs, log, history.losses):
        with _watch.explained_errors(optim, X, Y, epoch):
            history.losses.append(run_epoch(optim, X, Y, batch_size, rng))
        if tested:
            history.accuracies.append(accuracy(outputs(optim.network, X_test), Y_test))
        optim.network.trained_with = {
            "loss": repr(optim.loss),
            "learning_rate": optim.learning_rate,
            "batch_size": batch_size,
            "epochs": epoch,
        }
        if not optim.rule.fusible:  # for plain gradient descent, the learning rate says it all
            optim.network.trained_with["optimizer"] = repr(optim.rule)
        if callback is not None:
            callback(epoch, history.losses[-1])
    if not warned:  # else the reason is known
        _watch.after(optim, history.losses, Y, batch_size)
    return history


def run_epoch(optim, X, Y, batch_size, rng) -> float:
    """Do a step for every batch of rows, in a new order; return the mean loss of the rows."""
    step = quickest_step(optim, X, Y, batch_size)  # the numbers of optim.step, in less time
    order = rng.permutation(len(X))
    total = 0.0
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        loss = step(rows)
        if not math.isfinite(loss):
            raise FloatingPointError(f"The loss became {loss}")
        total += loss * len(rows)  # each row counts alike, also those of a short last batch
    return total / len(X)
