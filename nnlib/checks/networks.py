"""Is this network right, and does it learn as it should? Floor 6."""

from itertools import pairwise

import numpy as np

from nnlib import autoencoder as ours
from nnlib.activations import TanH
from nnlib.checks.modules import seeds
from nnlib.checks.report import Case, Unchanged, global_generator_unused
from nnlib.linear import Linear
from nnlib.losses import MSELoss
from nnlib.module import Loss, Module
from nnlib.sequential import Sequential as OurSequential

RNG = np.random.default_rng(8)
X = RNG.uniform(-1, 1, (6, 3)).round(2)
Y = RNG.uniform(-1, 1, (6, 2)).round(2)
PIXELS = RNG.uniform(0, 1, (5, 12)).round(2)
GRAD = RNG.uniform(-1, 1, (6, 2)).round(2)


def _layers():
    """Four layers that the library vouches for, with biases that are not zero."""
    layers = [Linear(3, 5, rng=1, dtype=np.float64), TanH()]
    layers += [Linear(5, 2, rng=2, dtype=np.float64), TanH()]
    for layer in layers:
        if layer.params:
            layer.params["bias"] += 0.1
    return layers


# --- Modules in a row ----------------------------------------------------------------------------


def sequential(Sequential) -> None:
    """Check a class `Sequential(layers)`.

    Raises:
        CheckFailed: what is wrong, with an example and the likely cause.
    """
    case = Case("Sequential([Linear(3, 5), TanH(), Linear(5, 2), TanH()])")
    layers = _layers()
    given = list(layers)
    network = case.run(Sequential, given)
    if given != layers:
        case.fail("the list of layers was changed: it belongs to the caller, so copy it.")
    _listed(case, network, {"0": layers[0], "2": layers[2]})
    _runs(network, layers)
    _clears(network, layers)
    _networks_are_apart(Sequential)
    _nested(Sequential)


def _listed(case, network, named):
    for kind in ("params", "grads"):
        found = getattr(network, kind, None)
        if not isinstance(found, dict):
            case.fail(
                f"{kind} must be a dict: derive the class from Module, and call super().__init__()."
            )
        for prefix, layer in named.items():
            for key, array in getattr(layer, kind).items():
                name = f"{prefix}.{key}"
                if name not in found:
                    case.fail(
                        f"{kind} has no {name!r} (position, dot, name; positions count from 0): "
                        f"it has {list(found)}, and must list all of every layer."
                    )
                if found[name] is not array:
                    case.fail(
                        f"{kind}[{name!r}] is a copy, or another layer's: it must be the layer's "
                        "own array, so that a change in one is a change in the other."
                    )
        if len(found) != sum(len(layer.params) for layer in named.values()):
            case.fail(f"{kind} lists what no layer has: {list(found)}.")


def _runs(network, layers):
    """Forward and backward, against the layers by hand."""
    reference = _layers()
    outputs = [X]
    for layer in reference:
        outputs.append(layer.forward(outputs[-1]))
    hint = "Each layer must be given what the one before it returned, in order."
    case = Case("Sequential.forward", hint, x=X)
    x = X.copy()
    with Unchanged(case, x=x):
        y = case.run(network.forward, x)
    fresh = _layers()
    case.equal(
        y,
        outputs[-1],
        [
            ("the last layer is left out: every layer must run.", outputs[-2]),
            (
                "only the first layer ran: each must be given the output of the one before.",
                outputs[1],
            ),
            ("all but two layers are left out: every layer must run.", outputs[2]),
            ("the input comes out as it is: return what the last layer gave.", X),
            ("the first layer is left out: every layer must run.", lambda: _run(fresh[1:], X)),
        ],
    )
    gradients = [GRAD]
    for layer in reversed(reference):
        gradients.append(layer.backward(gradients[-1]))
    hint = "From the last layer to the first, each must be given what the next one returned."
    case = Case("Sequential.backward", hint, x=X, grad_output=GRAD)
    grad = GRAD.copy()
    with Unchanged(case, grad_output=grad):
        got = case.run(network.backward, grad)
    case.equal(
        got,
        gradients[-1],
        [
            ("the first layer is left out: every layer must go back.", gradients[-2]),
            (
                "only the last layer went back: each must be given what the next one returned.",
                gradients[1],
            ),
            ("the gradient comes out as it went in: return what the first layer gave.", GRAD),
        ],
    )
    for position in (2, 0):
        for key, expected in reference[position].grads.items():
            part = Case(f"Sequential.backward: grads['{position}.{key}']", x=X, grad_output=GRAD)
            part.equal(layers[position].grads[key], expected)
    hint = "Is the order of the layers, or their list, changed by backward?"
    case = Case("Sequential.forward, called again after backward,", hint, x=X)
    case.equal(
        case.run(network.forward, X.copy()),
        outputs[-1],
        [
            (
                "the order of the layers was changed for good: reversed(…) leaves the list alone.",
                lambda: _run(list(reversed(_layers())), X),
            )
        ],
    )
    again = Case("Sequential.backward, called twice,", x=X, grad_output=GRAD)
    again.equal(again.run(network.backward, GRAD.copy()), gradients[-1])


def _run(layers, x):
    try:
        for layer in layers:
            x = layer.forward(x)
    except ValueError:  # the widths do not fit
        return np.nan
    return x


def _clears(network, layers):
    case = Case("Sequential.zero_grad")
    arrays = {f"{at}.{key}": layers[at].grads[key] for at in (0, 2) for key in layers[at].grads}
    for array in arrays.values():
        array += 1
    case.run(network.zero_grad)
    for name, array in arrays.items():
        at, _, key = name.partition(".")
        if layers[int(at)].grads[key] is not array or network.grads.get(name) is not array:
            case.fail(f"grads[{name!r}] is a new array: zero_grad must clear it in place.")
        if array.any():
            case.fail(f"zero_grad leaves grads[{name!r}] as it was: it must reach every layer.")


def _networks_are_apart(Sequential):
    one, other = [Linear(3, 4, rng=1)], [Linear(4, 2, rng=2)]
    case = Case("Sequential: two networks at a time", x=X)
    network = case.run(Sequential, one)
    case.run(Sequential, other)
    expected = one[0].forward(X)
    try:
        y = network.forward(X)
    except ValueError as error:
        case.fail(f"one list of layers is shared by two networks: make it in __init__. ({error})")
    case.equal(y, expected)
    if len(network.params) != 2:
        case.fail("the dict of parameters is shared by two networks: make it in __init__.")


def _nested(Sequential):
    inner = Linear(3, 4, rng=1, dtype=np.float64)
    case = Case("Sequential([Sequential([Linear(3, 4)]), TanH()])", x=X)
    network = case.run(Sequential, [case.run(Sequential, [inner]), TanH()])
    if list(network.params) != ["0.0.weight", "0.0.bias"]:
        case.fail(
            "a network can be a layer, too: params must be '0.0.weight' and '0.0.bias', but are "
            f"{list(network.params)}."
        )
    case.equal(case.run(network.forward, X.copy()), np.tanh(inner.forward(X)))


# --- Gradient descent ----------------------------------------------------------------------------


def optim(Optim) -> None:
    """Check a class `Optim(network, loss, learning_rate)` with `step` and `SGD`.

    Raises:
        CheckFailed: what is wrong, with an example and the likely cause.
    """
    _step(Optim)
    _epochs(Optim)


def _step(Optim):
    network, loss = OurSequential(_layers()), MSELoss()
    case = Case("Optim(network, MSELoss(), 0.5).step", X=X, Y=Y)
    teacher = case.run(Optim, network, loss, 0.5)
    arrays = dict(network.params)
    twin = OurSequential(_layers())
    for grad in network.grads.values():
        grad += 1  # what somebody left there
    for number, which in enumerate(["the first step", "a second step", "a third step"]):
        before = {name: value.copy() for name, value in twin.params.items()}
        piled = {name: value.copy() for name, value in twin.grads.items()}
        expected = _reference_step(twin, 0.5)
        after = MSELoss().forward(twin.forward(X), Y)
        x, y = X.copy(), Y.copy()
        with Unchanged(case, X=x, Y=y):
            value = case.run(teacher.step, x, y)
        if value is None:
            case.fail("nothing was returned: step must end with `return …`, the loss.")
        for name, target in twin.params.items():
            grad, old = twin.grads[name], before[name]
            part = Case(
                f"Optim.step: params[{name!r}] after {which} at learning rate 0.5", X=X, Y=Y
            )
            if network.params[name] is not arrays[name]:
                part.fail(
                    "it is a new array: the layer still has the old one. Change it in place, "
                    "with -=."
                )
            if np.array_equal(arrays[name], old):
                _nothing_learnt(part, network, name)
            part.equal(
                arrays[name],
                target,
                [
                    (
                        "it climbs: the sign is wrong, a step goes against the gradient.",
                        old + 0.5 * grad,
                    ),
                    ("the learning rate is not used.", old - grad),
                    ("the learning rate is used twice.", old - 0.25 * grad),
                    ("the step is divided by the learning rate.", old - grad / 0.5),
                    (
                        "gradients pile up from step to step: call zero_grad first.",
                        old - 0.5 * (grad + piled[name]),
                    ),
                    (
                        "gradients that were there before are in it: call zero_grad at the "
                        "beginning of a step.",
                        old - 0.5 * (grad + 1),
                    ),
                    (
                        "gradients pile up from step to step: call zero_grad first.",
                        _piled(number, name),
                    ),
                    (
                        "the step is divided by the rows once more: the loss has done so.",
                        old - 0.5 * grad / len(X),
                    ),
                    ("only the sign of the gradient is used.", old - 0.5 * np.sign(grad)),
                    ("two steps were taken at once.", _steps(number + 2)[name]),
                    *(
                        (
                            f"the learning rate changes by itself, by a factor of {factor:g}: it "
                            "must stay as it was given.",
                            old - 0.5 * factor**number * grad,
                        )
                        for factor in (0.9, 0.95, 0.99, 0.999, 0.5)
                    ),
                ],
            )
        case.equal(
            value,
            expected,
            [("this is the loss after the step; it must be the one before.", after)],
        )


def _reference_step(network, rate, accumulate=False):
    if not accumulate:
        network.zero_grad()
    loss = MSELoss()
    value = loss.forward(network.forward(X), Y)
    network.backward(loss.backward())
    for name, param in network.params.items():
        param -= rate * network.grads[name]
    return value


def _steps(number):
    network = OurSequential(_layers())
    for _ in range(number):
        _reference_step(network, 0.5)
    return network.params


def _piled(number, name):
    """Return what a parameter is after some steps that never clear the gradients."""
    network = OurSequential(_layers())
    for _ in range(number + 1):
        _reference_step(network, 0.5, accumulate=True)
    return network.params[name]


def _nothing_learnt(case, network, name):
    if not any(grad.any() for grad in network.grads.values()):
        case.fail("it did not change: the gradients are zero, as if cleared before they were used.")
    case.fail(
        f"it did not change, though its gradient is there. Every parameter must be changed, {name} "
        "too, and in place (param -= …): `param = param - …` makes a new array that nobody sees."
    )


class _Rows(Module):
    """A network that learns nothing, and notes the rows that it is shown."""

    def __init__(self):
        super().__init__()
        self.params, self.grads = {"weight": np.zeros(1)}, {"weight": np.zeros(1)}
        self.batches = []

    def forward(self, x):
        self.batches.append(np.array(x[:, 0]))
        return x

    def backward(self, grad_output):
        return grad_output


class _Targets(Loss):
    """A loss that notes the targets; its value is the mean of the rows' numbers."""

    def __init__(self):
        self.batches = []

    def forward(self, prediction, target):
        self.batches.append(np.array(target[:, 0]))
        self.shape = prediction.shape
        return float(prediction[:, 0].mean())

    def backward(self):
        return np.zeros(self.shape)


def _epochs(Optim, rows=10, batch_size=4, num_epochs=3):
    X = np.arange(1.0, rows + 1)[:, None]
    Y = 100 + X
    case = Case(
        f"Optim.SGD(X, Y, batch_size={batch_size}, num_epochs={num_epochs}, rng=1)", X=X, Y=Y
    )

    def run(rng):
        network, loss = _Rows(), _Targets()
        x, y = X.copy(), Y.copy()
        with Unchanged(case, X=x, Y=y):
            teacher = case.run(Optim, network, loss, 0.1)
            history = case.run(teacher.SGD, x, y, batch_size, num_epochs, rng=rng)
        return history, network.batches, loss.batches

    history, seen, targets = global_generator_unused(case, lambda: run(1))
    _batches(case, seen, targets, rows, batch_size, num_epochs)
    _history(case, history, seen, num_epochs)
    same, other = run(1)[1], run(2)[1]
    if not _equal(seen, same):
        case.fail("the same seed (rng=1) gives another order: use the rng that you are given.")
    if _equal(seen, other):
        case.fail("another seed (rng=2) gives the same order: use the rng that you are given.")
    if _equal(run(None)[1], run(None)[1]):
        case.fail("without a seed (rng=None) the order must differ from training to training.")


def _equal(one, other):
    return len(one) == len(other) and all(map(np.array_equal, one, other))


def _batches(case, seen, targets, rows, batch_size, num_epochs):
    sizes = [len(batch) for batch in seen]
    per_epoch = -(-rows // batch_size)
    right = [batch_size] * (rows // batch_size) + [rows % batch_size]
    if sizes != right * num_epochs:
        case.fail(_sizes(sizes, right, num_epochs, batch_size))
    for batch, target in zip(seen, targets, strict=False):
        if not np.array_equal(batch + 100, target):
            case.fail(
                "inputs and targets do not belong together: X and Y must be taken in the same "
                "order.",
                target,
                batch + 100,
            )
    orders = [np.concatenate(seen[at : at + per_epoch]) for at in range(0, len(seen), per_epoch)]
    for order in orders:
        if sorted(order) != list(range(1, rows + 1)):
            case.fail(
                "an epoch must show every row once: draw the order without replacement.", order
            )
    if any(np.array_equal(order, np.arange(1, rows + 1)) for order in orders):
        case.fail("the rows come in the order of the data: shuffle them, anew for every epoch.")
    if all(np.array_equal(order, orders[0]) for order in orders):
        case.fail("every epoch has the same order: draw a new one for each epoch.", orders[0])
    first = {tuple(sorted(order[:batch_size])) for order in orders}
    if len(first) == 1:
        case.fail("every epoch has the same batches: draw a new order of all rows for each epoch.")


def _sizes(sizes, right, num_epochs, batch_size):
    said = f"an epoch must have batches of {right} rows, so {right * num_epochs} in all"
    said += f"; they were {sizes}."
    epochs = len(sizes) / len(right)
    if sizes == [batch_size] * (len(right) - 1) * num_epochs:
        return f"{said} The last batch is shorter, but every row counts: do not drop it."
    if set(sizes) == {1}:
        return f"{said} Each step takes a whole batch, not one row."
    if sizes == right * int(epochs):
        return f"{said} That is {int(epochs)} epochs: there must be {num_epochs}."
    if sizes == right[:1] * num_epochs:
        return f"{said} An epoch goes through all rows, not through one batch."
    if len(sizes) > len(right) * num_epochs:
        return f"{said} Do batches overlap, or is the network run once more than it learns?"
    return f"{said} Every row must be in one batch of the epoch."


def _history(case, history, seen, num_epochs):
    if history is None:
        case.fail("nothing was returned: SGD must end with `return …`, the losses of the epochs.")
    try:
        losses = np.asarray(history, dtype=np.float64)
    except (TypeError, ValueError):
        case.fail("SGD must return a list of numbers, the loss of every epoch.", history)
    if losses.shape == (len(seen),) != (num_epochs,):
        case.fail("the list has a loss for each batch; it must have one for each epoch.", history)
    if losses.shape != (num_epochs,):
        case.fail(f"the list must have {num_epochs} losses, one for each epoch.", history)
    per_epoch = len(seen) // num_epochs
    epochs = [seen[at : at + per_epoch] for at in range(0, len(seen), per_epoch)]
    means = [[batch.mean() for batch in batches] for batches in epochs]
    sums = np.array([sum(batch.sum() for batch in batches) for batches in epochs])
    count = sum(len(batch) for batch in epochs[0])
    case.equal(
        losses,
        sums / count,
        [
            (
                "this is the mean of the batches' means; the last batch is shorter, so weigh each "
                "by its number of rows.",
                [np.mean(one) for one in means],
            ),
            (
                "this is the sum of the batches' losses; divide it to get a mean.",
                np.sum(means, axis=1),
            ),
            ("this is the sum over the rows; divide it by their number to get a mean.", sums),
            (
                "this is the loss of the last batch; it must be the mean of the epoch.",
                [one[-1] for one in means],
            ),
            (
                "losses of earlier epochs are added: begin each epoch at zero.",
                np.cumsum(sums) / count,
            ),
        ],
    )


# --- Autoencoder ---------------------------------------------------------------------------------


def autoencoder(AutoEncoder) -> None:
    """Check a class `AutoEncoder(input_dim, latent_dim, steps, rng=None)`.

    Raises:
        CheckFailed: what is wrong, with an example and the likely cause.
    """
    case = Case("AutoEncoder(12, 3, 2, rng=1)")
    network = case.run(AutoEncoder, 12, 3, 2, rng=1)
    weights, biases = _widths(case, network, [12, 6, 3])
    _widths(
        Case("AutoEncoder(27, 1, 3, rng=1)"), case.run(AutoEncoder, 27, 1, 3, rng=1), [27, 9, 3, 1]
    )
    first = [np.asarray(weight, dtype=np.float64).ravel()[:12] for weight in weights]
    for one, other in pairwise(first):
        if np.ptp(one / other) < 1e-3 * abs(one / other).max():
            case.fail("two layers start alike: one generator must draw the weights of all layers.")
    seeds(case, lambda rng: next(iter(AutoEncoder(12, 3, 2, rng=rng).params.values())))
    before = _both(network)
    for bias in biases:
        bias += 0.1
    _halves(network, weights, biases, before)
    _learns(network)


def _widths(case, network, widths):
    """Return weights and biases, in the order of the layers."""
    params = list(getattr(network, "params", {}).values())
    weights = [value for value in params if np.ndim(value) == 2]
    biases = [value for value in params if np.ndim(value) == 1]
    expected = [*pairwise(widths)]
    expected += [pair[::-1] for pair in expected[::-1]]
    shapes = [weight.shape for weight in weights]
    if shapes != expected or len(biases) != len(weights):
        said = f"its params must hold weights of shapes {expected}, but hold {shapes}"
        if shapes == expected[: len(widths) - 1]:
            said += ". Those of the decoder are missing."
        elif len(shapes) != len(expected):
            said += f". Encoder and decoder have {len(widths) - 1} steps each, all Linear layers."
        elif shapes == [pair[::-1] for pair in expected]:
            said += ". Input and code are exchanged."
        elif shapes and shapes[0][0] == widths[0] and (widths[-1] in np.ravel(shapes)):
            said += ". Widths shrink by the same factor each step (geometric): use spread."
        case.fail(said)
    return weights, biases


def _both(network):
    case = Case("AutoEncoder.encode", x=PIXELS)
    code = case.run(network.encode, PIXELS.copy())
    return code, Case("AutoEncoder.decode", code=code).run(network.decode, np.array(code))


def _halves(network, weights, biases, before):
    x = PIXELS
    stale = (
        "it computes with copies of its layers, which no training changes: params changed, but not "
        "the result."
    )
    pairs = list(zip(weights, biases, strict=True))
    half = len(pairs) // 2

    def sigmoid(v):
        return 1 / (1 + np.exp(-v))

    def run(v, pairs, last, bend=np.tanh):
        v = np.asarray(v, dtype=np.float64)
        for W, b in pairs[:-1]:
            v = bend(v @ W + b)
        W, b = pairs[-1]
        return last(v @ W + b)

    def same(v):
        return v

    code, case = run(x, pairs[:half], np.tanh), Case("AutoEncoder.encode", x=x)
    with Unchanged(case, x=x):
        got = case.run(network.encode, x)
    out = run(code, pairs[half:], sigmoid)
    case.equal(
        got,
        code,
        [
            (stale, before[0]),
            ("this is the output: encode must stop at the code, in the middle.", out),
            ("the code must go through a TanH.", run(x, pairs[:half], same)),
            ("the code must go through a TanH, not a Sigmoid.", run(x, pairs[:half], sigmoid)),
            ("there is no TanH between the layers.", run(x, pairs[:half], same, same)),
            ("there is no TanH between the layers.", run(x, pairs[:half], np.tanh, same)),
            (
                "the layers are bent by a Sigmoid; they need a TanH.",
                run(x, pairs[:half], sigmoid, sigmoid),
            ),
            ("the code is rounded.", np.round(code)),
        ],
    )
    case = Case("AutoEncoder.decode", code=code)
    with Unchanged(case, code=code):
        got = case.run(network.decode, code)
    wrong = [
        (
            "the last layer needs a Sigmoid, so that pixels lie in (0, 1), not a TanH.",
            run(code, pairs[half:], np.tanh),
        ),
        (
            "the last layer needs a Sigmoid, so that pixels lie in (0, 1).",
            run(code, pairs[half:], same),
        ),
        ("a Sigmoid is applied twice at the end.", sigmoid(out)),
        (
            "the output goes through a TanH and a Sigmoid: the Sigmoid alone ends the network.",
            sigmoid(run(code, pairs[half:], np.tanh)),
        ),
        ("there is no TanH between the layers.", run(code, pairs[half:], sigmoid, same)),
        (
            "the layers are bent by a Sigmoid; they need a TanH.",
            run(code, pairs[half:], sigmoid, sigmoid),
        ),
    ]
    case.equal(got, out, wrong)
    case = Case("AutoEncoder.forward", x=x)
    with Unchanged(case, x=x):
        got = case.run(network.forward, x)
    case.equal(
        got,
        out,
        [("forward stops at the code: the decoder must follow.", code), *wrong],
    )


def _learns(network):
    """Backward, against the library's own network with the same weights."""
    reference = ours.AutoEncoder(12, 3, 2, rng=0, dtype=np.float64)
    for mine, theirs in zip(reference.params.values(), network.params.values(), strict=True):
        mine[...] = theirs
    x, grad = RNG.uniform(0, 1, (5, 12)).round(2), RNG.uniform(-1, 1, (5, 12)).round(2)
    case = Case("AutoEncoder.backward", x=x, grad_output=grad)
    case.run(network.zero_grad)
    for model in (reference, network):
        case.run(model.forward, x)
    got, expected = case.run(network.backward, grad), reference.backward(grad)
    twice = "is the same object used for two layers? It keeps only the input that it saw last."
    case.equal(got, expected, otherwise=twice)
    for name, value, theirs in zip(
        network.params, reference.grads.values(), network.grads.values(), strict=True
    ):
        Case(f"AutoEncoder.backward: grads[{name!r}]", x=x, grad_output=grad).equal(theirs, value)
    case = Case("AutoEncoder: two networks at a time")
    others = [value.copy() for value in network.params.values()]
    twin = case.run(type(network), 12, 3, 2, rng=9)
    for value in twin.params.values():
        value += 1
    if not all(map(np.array_equal, network.params.values(), others)):
        case.fail("parameters are shared by two networks: make the layers in __init__.")
