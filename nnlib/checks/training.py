"""Does this optimizer train as it should?

A network and a loss of the library watch what a student's training does with them, and the library
does the same again: with the same batches, and with the usual mistakes.
"""

from itertools import pairwise, product

import numpy as np

from nnlib import losses
from nnlib import sequential as networks
from nnlib.activations import TanH
from nnlib.checks.diagnosis import Trial, joined
from nnlib.checks.report import (
    Case,
    Unchanged,
    check,
    check_seeds,
    global_generator_unused,
    judge,
)
from nnlib.linear import Linear


def _uniform(seed, *shape):
    return np.random.default_rng(seed).uniform(-1, 1, shape).round(3)


class _Sequential(networks.Sequential):
    """A network that notes what is done with it."""

    def __init__(self, sizes):
        pairs = zip(pairwise(sizes), (3, 4), strict=True)
        one, two = (Linear(*pair, rng=seed, dtype=np.float64) for pair, seed in pairs)
        super().__init__([one, TanH(), two])
        self.done, self.arrays = [], [*one.params.values(), *two.params.values()]
        self.is_bias = np.concatenate([np.full(v.size, v.ndim == 1) for v in self.arrays])
        for value in self.arrays:
            value += 0.3 * (value.ndim == 1)

    def state(self):
        return np.concatenate([value.ravel() for value in self.arrays])

    def forward(self, x):
        self.done.append(("forward", np.array(x), self.state()))
        return super().forward(x) if len(x) else np.zeros((0, self.out_features))

    def backward(self, grad_output):
        self.done.append(("backward", np.array(grad_output), self.state()))
        return super().backward(grad_output) if len(grad_output) else grad_output


class _MSELoss(losses.MSELoss):
    """A loss that notes what it is given; an empty batch stops nothing."""

    def __init__(self, network):
        super().__init__()
        self.done, self.at, self.gave = network.done, None, None

    def forward(self, prediction, target):
        self.at = np.array(prediction), np.array(target)
        self.done.append(("loss", *self.at))
        return super().forward(prediction, target) if len(prediction) else float("nan")

    def backward(self):
        self.gave = super().backward() if len(self.at[0]) else np.zeros(self.at[0].shape)
        return self.gave.copy()


for _noting in (_Sequential, _MSELoss):
    _noting.__name__ = _noting.__name__[1:]  # what errors call it


def _gradient(sizes, state, X, Y):
    """Return the loss and the gradients, in one vector, with some parameters."""
    network, loss, at = _Sequential(sizes), losses.MSELoss(), 0
    for value in network.arrays:
        value[...] = state[at : at + value.size].reshape(value.shape)
        at += value.size
    value = loss.forward(network.forward(X), Y)
    network.backward(loss.backward())
    return value, np.concatenate([grad.ravel() for grad in network.grads.values()])


@check
def optim(Optim) -> None:
    """Check a class `Optim(network, loss, learning_rate)` with `step` and `SGD`.

    Raises:
        CheckFailed: what is wrong, with an example and the likely cause.
    """
    steps = [*_steps(Optim, (3, 4, 2), 0.3, 5), *_steps(Optim, (2, 5, 3), 0.07, 7)]
    for trials in zip(*steps, strict=True):
        judge(trials)
    first = global_generator_unused(Case("Optim.SGD"), lambda: Training(Optim, *TRAININGS[0]))
    trainings = [first, *(Training(Optim, *one) for one in TRAININGS[1:])]
    said = "nothing was returned: SGD must end with `return …`, the losses of the epochs."
    for training in trainings:
        training.case.require(training.history is not None, said)
    _sizes(trainings)
    for training in trainings:
        _pairs(training)
    first.case.require_all(_orders(first))
    for training in trainings:
        training.case.require_all(_followed_by_steps(training))
    judge([trial for training in trainings for trial in _moves(training)])
    judge([_history(training) for training in trainings])
    case = Case("Optim.SGD, the order of the rows")
    check_seeds(case, lambda rng: np.concatenate(Training(Optim, *TRAININGS[0], rng=rng).batches))


def _wrong_steps(old, g, left, rate, number, is_bias):
    """Yield what a step that went wrong makes of the parameters `old`, with the gradient `g`."""
    only = "every parameter must change, weights and biases of all layers; only {} do"
    itself = "the learning rate changes by itself, {}: it must stay as it was given"
    bases = {
        "": g,
        "gradients pile up from step to step, with those that were there before: call zero_grad "
        "at the beginning of a step":
            g + left,
        "the gradients of an earlier step are used: they must be those of this batch": left,
        "only the sign of the gradient is used": np.sign(g),
        "the parameters shrink by themselves (a penalty)": g + old,
        only.format("weights"): np.where(is_bias, 0, g),
        only.format("biases"): np.where(is_bias, g, 0),
        "the parameter is multiplied by the step; the step must be subtracted": old * g,
        itself.format("divided by the number of the step"): g / (number + 1),
        **{itself.format(f"by a factor of {factor:g} each step"): factor**number * g
           for factor in (0.9, 0.95, 0.99, 0.999, 0.5, 2)},
    }  # fmt: skip
    nothing = "nothing is learned: no parameter changes. Each must be changed, and in place (param "
    nothing += "-= …); `param = param - …` makes a new array that nobody sees. Or were gradients "
    yield f"{nothing}cleared before they were used?", old
    yield "the gradient replaces the parameter; it must be subtracted from it.", -rate * g
    rates = {"": rate, "the learning rate is not used": 1,
             "the learning rate is used twice": rate**2,
             "the step is divided by the learning rate": 1 / rate}  # fmt: skip
    signs = {"": -1, "it climbs: the sign is wrong, a step goes against the gradient": 1}
    for (one, base), (two, factor), (three, sign) in product(
        bases.items(), rates.items(), signs.items()
    ):
        if causes := joined((one, two, three), "."):
            yield causes, old + sign * factor * base


class _Move(Trial):
    """A step; what went wrong by a factor shows in the change, not in the parameters."""

    def __init__(self, case, old, new, g, rate, mistakes, rows, **sizes):
        changes = ((cause, value - old) for cause, value in mistakes)
        super().__init__(case, new - old, -rate * g, changes, sizes={"rows": rows, **sizes})


def _steps(Optim, sizes, rate, rows):
    """Yield trials of three steps on one batch: of the change, and of the loss."""
    X, Y = _uniform(1, rows, sizes[0]), _uniform(2, rows, sizes[-1])
    network = _Sequential(sizes)
    loss, grads = _MSELoss(network), list(network.grads.values())
    case = Case(f"Optim(network, MSELoss(), {rate}).step", X=X, Y=Y)
    optimizer = case.run(Optim, network, loss, rate)
    for grad in grads:
        grad += 0.37  # what somebody left there
    for number in range(3):
        old, left = network.state(), np.concatenate([grad.ravel() for grad in grads])
        value, g = _gradient(sizes, old, X, Y)
        got, new = _one_step(case, optimizer, network, loss, X, Y), network.state()
        what = f"Optim.step: the change of the parameters in step {number + 1} at learning rate "
        part = Case(f"{what}{rate}", X=X, Y=Y)
        said = "nothing changed: the gradients are zero, as if cleared before they were used."
        part.require((new != old).any() or any(grad.any() for grad in grads), said)
        wrong = _wrong_steps(old, g, left, rate, number, network.is_bias)
        after = "this is the loss after the step; it must be the one before."
        wrong_losses = [(after, _gradient(sizes, new, X, Y)[0])]
        shape = {"rows": rows, "columns": sizes[-1]}
        yield (
            _Move(part, old, new, g, rate, wrong, rows),
            Trial(case, got, value, wrong_losses, sizes=shape),
        )


def _one_step(case, optimizer, network, loss, X, Y):
    """Return the loss that a step returns; look at what it handed to whom."""
    arrays, x, y = dict(network.params), X.copy(), Y.copy()
    network.done.clear()
    loss.at = loss.gave = None
    with Unchanged(case, X=x, Y=y):
        value = case.run(optimizer.step, x, y)
    given = [grad for what, grad, _ in network.done if what == "backward"]
    case.require_all(_handed_on(network, loss, Y, given, arrays))
    case.require(value is not None, "nothing was returned: step must end with `return …`, the "
                 "loss.")  # fmt: skip
    prediction, target = loss.at
    part = Case("Optim.step: what network.backward is given", X=X, Y=Y)
    must = "it must be what loss.backward() returns"
    wrong = [
        (f"the output is handed on; {must}.", prediction),
        (f"the target is handed on; {must}.", target),
        (f"the difference of both is handed on; {must}.", prediction - target),
    ]
    part.equal(given[0], loss.gave, wrong, f"{must}, as it is.")
    return value


def _handed_on(network, loss, Y, given, arrays):
    """Yield what a step must have done, and the cause where it has not."""
    yield loss.at, "the loss was never asked: call loss.forward(network.forward(X), Y)."
    yield given, "network.backward was never called: hand it what loss.backward() returns."
    once = "network.backward was called more than once in a step: gradients are added up."
    yield len(given) == 1, once
    asked = "loss.backward() was never called: hand its result to network.backward."
    yield loss.gave is not None, asked
    prediction, target = loss.at
    swapped = np.array_equal(prediction, Y) and not np.array_equal(target, Y)
    said = "prediction and target are exchanged: loss.forward(network.forward(X), Y)."
    yield not swapped, said
    for name, array in arrays.items():
        said = f"params[{name!r}] is a new array: the layer still has the old one. Change it in "
        yield network.params.get(name) is array, f"{said}place, with -=."


#: Rows, batch size and epochs: with a short last batch, without, one batch for all, and single row
TRAININGS = [(10, 4, 3), (12, 4, 3), (5, 8, 3), (7, 1, 3), (11, 3, 2)]


class Training:
    """What a student's SGD did: batches with their rows, and what the parameters were at each."""

    def __init__(self, Optim, rows, batch_size, epochs, rng=1):
        self.sizes, self.rate, self.epochs, self.batch = (3, 4, 2), 0.2, epochs, batch_size
        self.X, self.Y = _uniform(rows, rows, 3), _uniform(rows + 1, rows, 2)
        seed = rng if isinstance(rng, int | None) else "generator"
        what = f"Optim.SGD(X, Y, batch_size={batch_size}, num_epochs={epochs}, rng={seed})"
        self.case = case = Case(what, X=self.X, Y=self.Y)
        network, x, y = _Sequential(self.sizes), self.X.copy(), self.Y.copy()
        loss = _MSELoss(network)
        with Unchanged(case, X=x, Y=y):
            optimizer = case.run(Optim, network, loss, self.rate)
            self.history = case.run(optimizer.SGD, x, y, batch_size, epochs, rng=rng)
        self.is_bias = network.is_bias
        self.batches, self.states, self.targets, self.shown = [], [], [], []
        self.note(network.done)
        self.states.append(network.state())
        self.count = len(self.batches) // epochs  # of batches in an epoch

    def note(self, done):
        """Sort what was done into batches: what forward, the loss and backward were given."""
        at, target = None, None
        for what, value, state in done:
            if what == "forward":
                at, target = (value, state), value[:, :0]
                self.shown.append(len(value))
            elif what == "loss":
                target = state
            elif at:
                self.batches.append(at[0]), self.states.append(at[1]), self.targets.append(target)
                at = None

    def rows(self, batch, data):
        """Return the numbers of the rows in a batch; -1 for one that is not in the data."""
        return [int(next(iter(np.flatnonzero((data == row).all(axis=1))), -1)) if row.size else -1
                for row in batch]  # fmt: skip


def _plans(rows, batch, epochs):
    """Yield names and sizes of batches in all epochs, right ones first."""

    def cut(end=rows, step=batch, width=batch):
        starts = range(0, max(end, 0), max(1, step))
        return [max(0, min(width, rows - at)) for at in starts] * epochs

    right, full = cut(), rows // batch
    once, out = right[: len(right) // epochs], "The last batch is left out: count up to len(X)."
    empty = "There is an empty last batch wherever the batch size divides the rows: count up to "
    empty += "the rows, range(0, len(X), batch_size)."
    overlap = "Batches overlap: step by batch_size."
    width = "A batch has one row too {}: order[start : start + batch_size]."
    parts = [len(part) for part in np.array_split(np.arange(rows), min(batch, rows))] * epochs
    exchanged = [min(epochs, rows - at) for at in range(0, rows, epochs)] * batch
    repeated = [size for size in once for _ in range(epochs)]
    yield "", right
    full_ones = "The last batch is shorter, but every row counts: do not drop it."
    yield full_ones, [batch] * full * epochs
    yield empty, cut(rows + 1) if rows % batch == 0 else right
    for sizes in (once[:-1] * epochs, cut(rows - batch), cut(rows - 1)):
        yield out, sizes
    yield "Each step takes a whole batch, not one row.", [1] * rows * epochs
    yield "An epoch goes through all rows, not through one batch.", once[:1] * epochs
    yield "There is one batch of all rows: the batch size is not used.", [rows] * epochs
    yield "One epoch is missing.", once * (epochs - 1)
    yield "There is one epoch too many.", right + once
    yield "There is only one epoch, whatever num_epochs says.", once
    yield "The epochs are run twice.", right * 2
    for step in (1, batch // 2, batch - 1):
        yield overlap, cut(step=step)
    yield "Rows between the batches are left out: step by batch_size.", cut(step=batch + 1)
    yield width.format("many"), cut(width=batch + 1)
    yield width.format("few"), cut(width=batch - 1)
    yield "batch_size is used as the number of batches.", parts
    yield "Number of epochs and batch size are exchanged.", exchanged
    yield "The loops are exchanged: each batch is repeated for all epochs.", repeated


def _sizes(trainings):
    """The sizes of all batches, in all trainings."""
    got = [[len(batch) for batch in t.batches] for t in trainings]
    plans = zip(*(_plans(len(t.X), t.batch, t.epochs) for t in trainings), strict=True)
    fitting = [plan[0][0] for plan in plans if got == [sizes for _, sizes in plan]]
    causes = list(dict.fromkeys(fitting))
    for training, sizes in zip(trainings, got, strict=True):
        right = next(_plans(len(training.X), training.batch, training.epochs))[1]
        if training.shown == right:
            cause = "network.backward is not called for every batch: each needs a step of its own, "
            cause += "self.step(X[rows], Y[rows]). Look at the indentation."
        elif len(causes) == 1:
            cause = causes[0]
        else:
            cause = "Every row must be in one batch of the epoch, once."
            cause = "A batch is empty." if 0 in sizes else cause
        once = right[: len(right) // training.epochs]
        said = f"an epoch must have batches of {once} rows, so {right} in all; they were {sizes}."
        training.case.require(sizes == right, f"{said} {cause}")


def _pairs(training):
    for batch, target in zip(training.batches, training.targets, strict=True):
        rows, targets = training.rows(batch, training.X), training.rows(target, training.Y)
        said = "the network is given rows that are not in X, or the loss targets that are not in "
        said += "Y: hand on X[rows] and Y[rows] as they are."
        training.case.require(-1 not in rows + targets, said, batch)
        said = "inputs and targets do not belong together: X and Y must be taken in the same "
        said += f"order, but rows {rows} came with the targets {targets}."
        training.case.require(rows == targets, said)


def _orders(training):
    """Yield what the orders of the rows must be, and the cause where they are not."""
    order = [row for batch in training.batches for row in training.rows(batch, training.X)]
    rows, once = len(training.X), sorted({*order})
    orders = [order[at : at + rows] for at in range(0, len(order), rows)]
    starts = {frozenset(order[: training.batch]) for order in orders}
    anew, draw = "shuffle them, anew for every epoch.", "draw a new one for each."
    all_rows = "an epoch must show every row once: draw the order without replacement "
    all_rows += "(rng.permutation; the module random doubles rows of an array as it shuffles); the "
    all_rows += f"rows were {orders[0]}."
    yield all(sorted(order) == [*range(rows)] for order in orders), all_rows
    yield once not in orders, f"the rows come in the order of the data: {anew}"
    yield once[::-1] not in orders, f"the rows come in reverse order: {anew}"
    yield len({*map(tuple, orders)}) > 1, f"every epoch has the same order: {draw}"
    same = "every epoch has the same batches: draw a new order of all rows for each."
    yield len(starts) > 1, same


def _followed_by_steps(training):
    """Yield that each batch must be followed by its own step, and the cause where it is not."""
    moved = [not np.array_equal(*pair) for pair in pairwise(training.states)]
    others, epochs = [False] * (training.count - 1), training.epochs
    late, early = [*others, True] * epochs, [True, *others] * epochs
    never = "no parameter ever changes: no step is taken. Call self.step(…) for each batch."
    yield any(moved), never
    once = "a step is taken once an epoch, {}; each batch must be followed by one: look at the "
    once += "indentation."
    yield not others or moved != late, once.format("after its last batch")
    yield not others or moved != early, once.format("at its first batch")
    some = f"after {moved.count(False)} of {len(moved)} batches no step is taken; each must be "
    yield all(moved), f"{some}followed by one."


def _moves(training):
    """Yield trials of all steps."""
    rate, left, within = training.rate, 0 * training.states[0], 0
    pile = "gradients pile up within an epoch: call zero_grad before each batch, not once an epoch."
    itself = "the learning rate changes by itself, by a factor of {:g} each epoch: it must stay "
    itself += "as it was."
    for number, (X, Y) in enumerate(zip(training.batches, training.targets, strict=True)):
        epoch, at = divmod(number, training.count)
        within = within if at else 0  # the gradients of this epoch so far
        old, new = training.states[number : number + 2]
        g = _gradient(training.sizes, old, X, Y)[1]
        again = old - rate * g
        twice = again - rate * _gradient(training.sizes, again, X, Y)[1]
        wrong = [
            *_wrong_steps(old, g, left, rate, number, training.is_bias),
            (pile, old - rate * (g + within)),
            *((itself.format(f), old - rate * f**epoch * g) for f in (0.5, 0.9, 0.95, 0.99, 0.999)),
            ("two steps are taken for each batch; one is right.", twice),
        ]
        part = Case(f"{training.case.what}: the change of the parameters in step {number + 1}")
        sizes = {"rows of all": len(training.X), "batches": training.count}
        yield _Move(part, old, new, g, rate, wrong, len(X), **sizes)
        left, within = left + g, within + g


def _history(training):
    """Return a trial of the losses of all epochs."""
    case, epochs, count = training.case, training.epochs, training.count
    try:
        got = np.asarray(training.history, dtype=np.float64)
    except (TypeError, ValueError):
        said = "SGD must return a list of numbers, the loss of every epoch."
        case.fail(said, training.history)
    must = f"the list must have {epochs}, one for each epoch."
    for fine, cause in [
        (got.shape != (count * epochs,) or count == 1, f"there is a loss for each batch; {must}"),
        (got.size != 1 or epochs == 1, f"there is only one loss; {must}"),
        (got.shape == (epochs,), f"there are {got.size} losses; {must}"),
    ]:
        case.require(fine, cause, training.history)
    means = _losses(training, training.states[:-1]).reshape(epochs, count)
    rows = np.array([len(batch) for batch in training.batches[:count]])
    sizes, wrong = {"rows": rows.sum(), "batches": count, "epochs": epochs}, _wrong_histories
    return Trial(case, got, means @ rows / rows.sum(), wrong(training, means, rows), sizes=sizes)


def _losses(training, states, whole=False):
    """Return the losses at some states: of each batch, or of all rows."""
    X, Y = (training.batches, training.targets) if not whole else (
        [training.X] * len(states), [training.Y] * len(states))  # fmt: skip
    one = zip(states, X, Y, strict=True)
    return np.array([_gradient(training.sizes, *each)[0] for each in one])


def _wrong_histories(training, means, rows):
    """Yield mistakes in the losses of epochs, with the mean of each batch and its rows."""
    n, total, sums, count = rows.sum(), means.sum(axis=1), means @ rows, len(rows)
    added = "losses of earlier epochs are added: begin each epoch at zero."
    mean = "it must be the mean of the losses before each step."
    after = _losses(training, training.states[1:]).reshape(means.shape)
    yield from [
        ("this is the mean of the batches' means; the last batch is shorter, so weigh each by "
         "its number of rows.", means.mean(axis=1)),
        ("this is the sum of the batches' losses; divide it to get a mean, weighed by rows.",
         total),
        ("this is the sum over the rows; divide it by their number to get a mean.", sums),
        ("the sum of the batches' means is divided by the number of rows: weigh each mean by its "
         "number of rows first.", total / n),
        ("the sum is divided by the number of batches plus 1.", total / (count + 1)),
        ("the sum is divided by the number of full batches, without the last one.",
         total / max(1, n // training.batch)),
        ("each batch is weighed by batch_size, though the last is shorter.",
         total * training.batch / n),
        ("the sum is divided by the rows of full batches.", sums / (count * training.batch)),
        ("the sum is divided by the batch size.", total / training.batch),
        ("the sum over the rows is divided by the number of batches.", sums / count),
        (f"this is the loss of the last batch; {mean}", means[:, -1]),
        (f"this is the loss of the first batch; {mean}", means[:, 0]), (added, np.cumsum(sums) / n),
        (added, np.cumsum(total)), (added, np.cumsum(means.mean(axis=1))),
        (f"this is the loss of all rows after the epoch; {mean}",
         lambda: _losses(training, training.states[count::count], whole=True)),
        (f"losses are measured after each step; {mean}", after @ rows / n),
    ]  # fmt: skip
