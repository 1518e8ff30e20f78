"""What is said of a training: while it runs, where it fails, and where it learns nothing.

Nothing here changes a result: whoever reads nnlib for its networks can skip this file.
"""

import contextlib
import copy

import numpy as np

from nnlib._advice import warn, warn_of_pixels
from nnlib._validation import check_pair
from nnlib.activations import Sigmoid, Softmax
from nnlib.losses import BinaryCrossEntropy, CrossEntropyWithLogSoftmax, MSELoss
from nnlib.metrics import accuracy
from nnlib.sequential import Sequential, parts


def before(optim, X, Y) -> bool:
    """Warn of a network, a loss and data that do not go together; return whether it was needed.

    Raises:
        ValueError: one object stands twice in the network, and can keep only one of its inputs.
    """
    seen = set()
    for part in parts(optim.network):
        if id(part) in seen:
            raise ValueError(f"The network has the same {part} twice: make a new one.")
        seen.add(id(part))
    warned = warn_of_pixels(X=X, **({"Y": Y} if Y.shape == X.shape else {}))
    doubt = None if warned else next(doubts(optim), None)
    if doubt:
        warn(doubt)
    return warned or doubt is not None


def doubts(optim):
    """Yield what makes a training useless, though all of its numbers are right."""
    network, loss = optim.network, optim.loss
    leaves = [part for part in parts(network) if not isinstance(part, Sequential)]
    last = type(leaves[-1])
    arrays = {id(array) for leaf in leaves for array in leaf.params.values()}
    if not network.params:
        yield f"{network} has nothing to learn: a Module lists its arrays in params and in grads."
    if isinstance(loss, CrossEntropyWithLogSoftmax):
        loss.looked = False  # at what the network gives, whether that is probabilities
        if last is Sigmoid:
            yield f"{loss} expects scores of any size: leave the Sigmoid at the network's end out."
    if type(loss) is BinaryCrossEntropy and loss.from_logits and last is Sigmoid:
        yield f"{loss} has a sigmoid of its own: leave the Sigmoid at the network's end out."
    if last is Softmax and network.out_features == 1:
        yield "The Softmax of a single column is always 1: for yes or no, end with a Sigmoid."
    if sum(not value.any() for value in network.params.values() if np.ndim(value) == 2) > 1:
        yield "All weights of two layers are zeros, and pass no gradient on: choose another init."
    for name, array in network.params.items():
        if id(array) not in arrays and type(network).__module__.startswith("nnlib."):
            yield (
                f"The layer no longer has the array that the network knows as {name}: change the "
                f"values of arrays in place, params[name][...] = value."
            )
    for thing in (optim, *leaves):
        names = vars(thing).keys() & thing.habits.keys() - {"params", "grads"}
        if names and type(thing).__module__.startswith("nnlib."):
            name = min(names)
            yield f"{type(thing).__name__} reads no {name}, which was set: {thing.habits[name]}."


def check_rule(rule, network):
    """Return the rule of a network, unless it remembers the steps of another one."""
    other = vars(rule).setdefault("network", network)
    if other is not network and not rule.fusible:
        raise ValueError(f"{rule} remembers the steps of another network: make a new one.")
    return rule


def check_test_set(optim, X_test, Y_test):
    """Return a test set as arrays, of which accuracy can tell what the network gets right."""
    X_test, Y_test = check_pair(X_test, Y_test, "X_test", "Y_test")
    try:
        prediction = optim.network.forward(X_test[:1])
        accuracy(prediction.repeat(len(Y_test), axis=0), Y_test)
    except ValueError as error:
        says = _error_of_all_rows(error, optim, X_test)
        raise ValueError(f"X_test and Y_test do not fit: {says}") from None
    return X_test, Y_test


def progress(optim, num_epochs, log, losses):
    """Count the epochs from 1; show a progress bar, with the last of `losses`, if asked."""
    epochs = range(1, num_epochs + 1)
    if log:
        from tqdm.auto import tqdm

        epochs = tqdm(epochs, desc=type(optim.rule).__name__, unit="epoch")
    for epoch in epochs:
        yield epoch
        if log:
            epochs.set_postfix(loss=f"{losses[-1]:.4f}")


@contextlib.contextmanager
def explained_errors(optim, X, Y, epoch):
    """Say of an error in an epoch what may be done, and with the shapes that the user knows.

    Raises:
        ValueError: the update rule changes no parameter, which no error of NumPy would tell.
    """
    with _refused_standstill(optim) if epoch == 1 else contextlib.nullcontext():
        try:
            yield
        except FloatingPointError as error:
            raise FloatingPointError(
                f"{error} in epoch {epoch}: the steps are too large for this network. Try a "
                f"learning rate below {optim.learning_rate:g}, scale the inputs to about 1, or "
                "look for missing values in X and Y."
            ) from None
        except ValueError as error:
            raise _error_of_all_rows(error, optim, X, Y) from None


@contextlib.contextmanager
def _refused_standstill(optim):
    """Refuse an update rule that leaves all parameters as they were, though it was given steps."""
    params, grads, fine = optim.network.params, optim.network.grads, optim.rule.fusible
    before = {} if fine else {name: (value, value.copy()) for name, value in params.items()}
    yield
    for name, (value, copied) in before.items():
        if params[name] is not value:
            raise ValueError(
                f"{optim.rule} puts a new array into params: change the one that is there, "
                f"value -= …, which the layers hold, too."
            )
        if not np.array_equal(value, copied, equal_nan=True):
            fine = True
    if not fine and any(grad.any() for grad in grads.values()):
        raise ValueError(
            f"{optim.rule} has changed no parameter, though their gradients are not zero: change "
            f"each array in place, value -= …, for value = value - … makes a new one."
        )


def _error_of_all_rows(error, optim, X, Y=None):
    """Return the error of a batch as all rows give it: with the shapes that the user knows."""
    try:
        with np.errstate(all="ignore"):
            prediction = optim.network.forward(X)
            if Y is not None:
                optim.loss.forward(prediction, Y)
    except ValueError as of_all:
        return of_all
    return error


def after(optim, losses, Y, batch_size) -> None:
    """Warn if the training left the network worse than one that always gives the same answer."""
    first, last = losses[0], losses[-1]
    if len(losses) < 2 or last < 0.9 * first:  # too early to tell, or it learns
        return
    plain = constant(optim.loss, Y, batch_size)
    says = f"The loss was {first:.3g} in the first epoch and {last:.3g} in the last, but "
    if plain < 1e-6:  # targets that are all the same, or a loss of one's own
        return
    if last > 1.1 * first and last > 2 * plain:
        warn(
            f"{says}the same answer for every row would cost only {plain:.3g}: the steps are too "
            f"large; try a learning rate below {optim.learning_rate:g}."
        )
    elif len(losses) > 2 and last > 10 * plain:
        warn(
            f"{says}the same answer for every row would cost only {plain:.3g}: try another "
            f"learning rate than {optim.learning_rate:g}, and look at the network's output."
        )
    elif len(losses) > 2 and min(losses) == max(losses) > 0.01 * plain:
        warn(
            f"The loss was {last:.3g} in every epoch, so that nothing was learned: the network "
            f"passes no gradient on. Look at its initial weights and at its last layer."
        )


def constant(loss, Y, batch_size) -> float:
    """Return the loss of the best answer that is the same for all rows; 0 if that is not known."""
    target = np.asarray(Y[:1000], np.float64)
    if type(loss) is CrossEntropyWithLogSoftmax and target.ndim == 1:
        target = np.eye(int(target.max()) + 1)[target.astype(int)]
    answer = target.mean(axis=0).clip(1e-12, 1)
    if type(loss) is CrossEntropyWithLogSoftmax:
        answer = np.log(answer)
    elif type(loss) is BinaryCrossEntropy:
        answer = answer.clip(None, 1 - 1e-12)
        answer = np.log(answer / (1 - answer)) if loss.from_logits else answer
    elif type(loss) is MSELoss:
        answer = target.mean(axis=0)
    else:
        return 0
    value = copy.copy(loss).forward(np.broadcast_to(answer, target.shape), target)
    rows = min(batch_size, len(Y)) / len(target)
    return value * (rows if loss.reduction == "sum" else 1)
