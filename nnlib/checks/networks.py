"""Is this network right? Modules in a row, and the two halves of an autoencoder."""

import copy
from itertools import pairwise, permutations, product

import numpy as np

from nnlib import autoencoder as autoencoders
from nnlib import sequential as networks
from nnlib.activations import Sigmoid, TanH
from nnlib.checks.activations import FUNCTIONS
from nnlib.checks.diagnosis import Trial, joined
from nnlib.checks.laws import USED_UP, dict_of, nothing_in_the_class, twin_dicts
from nnlib.checks.modules import Reference, check_module, draw
from nnlib.checks.report import (
    Case,
    Unchanged,
    check,
    check_seeds,
    global_generator_unused,
    judge,
)
from nnlib.linear import Linear
from nnlib.module import Module

# --- Modules in a row ----------------------------------------------------------------------------


def _layers(widths):
    """Return four layers that the library vouches for, with biases that are not zero."""
    layers = []
    for seed, (pair, activation) in enumerate(
        zip(pairwise(widths), (TanH(), Sigmoid()), strict=True)
    ):
        layers += [Linear(*pair, rng=seed, dtype=np.float64), activation]
        layers[-2].params["bias"] += np.linspace(-0.4, 0.7, pair[1]).round(2)
    return layers


class _Chain(Reference):
    """Networks of four layers; mistakes are other orders of them."""

    name = "Sequential"
    #: Rows and widths: all alike, where the wrong order fits, too; and not.
    squares = (6, 4, 4, 4), (6, 5, 5, 5)
    shapes = *squares, (6, 3, 5, 2)
    inputs = "one row", "integers", "float32"
    hints = (
        "Each layer must be given what the one before it returned, in order.",
        "From the last layer to the first, each must be given what the next one returned.",
    )

    def make(self, *widths):
        self.widths = widths
        return self.cls(_layers(widths))

    def right(self, module):
        return networks.Sequential(_layers(self.widths))

    def wrong_outputs(self, x, right):
        for order, cause in _other_orders("the one before it"):
            yield cause, lambda order=order: _forward(right, order, x)

    def wrong_input(self, x, g, right):
        for order, cause in _other_orders("the next one", backward=True):
            yield cause, lambda order=order: _backward(right, order, x, g)


def _forward(network, order, x):
    for at in order:
        x = network.layers[at].forward(x)
    return x


def _backward(network, order, x, g):
    network.forward(x)
    for at in reversed(order):
        g = network.layers[at].backward(g)
    return g


def _other_orders(neighbor, backward=False):
    """Yield wrong orders of four layers, some of them left out, and what is said of each."""
    hand = f"given what {neighbor} returned."
    for order in (order for count in range(4, -1, -1) for order in permutations(range(4), count)):
        left = " and layer ".join(str(at) for at in range(4) if at not in order)
        if list(order) != sorted(order):
            text = (
                f"the layers ran in the order {order[::-1] if backward else order}: forward goes "
            )
            text += "from the first to the last, backward from the last to the first (reversed)."
            yield order, ("", text)
        elif 1 < len(order) < 4:
            left = f"layer {left} is left out (counted from 0)"
            yield order, f"{left}: every layer must run, {hand}"
        elif len(order) == 1:
            only = f"only layer {order[0]} ran, or what the others gave is not handed on"
            yield order, f"{only}: each must be {hand}"
        elif not order:
            yield order, "what goes in comes out as it is: return what the last one gave."
    yield [*range(4), *range(4)], "all layers run twice; once is right."


@check
def sequential(Sequential) -> None:
    """Check a class `Sequential(layers)`. Raises CheckFailed: what is wrong, and why."""
    layers = _layers((3, 5, 2))
    given, case = list(layers), Case("Sequential([Linear(3, 5), TanH(), Linear(5, 2), Sigmoid()])")
    network = case.run(Sequential, given)
    said = "the list of layers was changed: it belongs to the caller, so copy it."
    case.require(given == layers, said)
    nothing_in_the_class(case, network)
    for kind in ("params", "grads"):
        _listed(case, network, kind, {"0": layers[0], "2": layers[2]})
    x = draw(8, 6, 4, size=1)
    _networks_are_apart(Sequential, x)
    check_module(_Chain(Sequential))
    inner = Linear(4, 3, rng=1, dtype=np.float64)
    case = Case("Sequential([Sequential([Linear(4, 3)]), TanH()])", x=x)
    network = case.run(Sequential, [case.run(Sequential, [inner]), TanH()])
    said = "a network can be a layer, too: params must be '0.0.weight' and '0.0.bias', but are "
    names = list(network.params)
    case.require(names == ["0.0.weight", "0.0.bias"], f"{said}{names}.")
    case.equal(case.run(network.forward, x.copy()), np.tanh(inner.forward(x)))


def _listed(case, network, kind, named):
    """Params, or grads, hold the arrays of all layers, by position and name."""
    found = dict_of(case, network, kind)
    own = {f"{at}.{key}": array for at, layer in named.items()
           for key, array in getattr(layer, kind).items()}  # fmt: skip
    for name, array in own.items():
        said = f"{kind} has no {name!r} (position, dot, name; positions count from 0): it has "
        case.require(name in found, f"{said}{list(found)}, and must list all of every layer.")
        said = f"{kind}[{name!r}] is a copy, or another layer's: it must be the layer's own array, "
        same = f"{said}so that a change in one is a change in the other."
        case.require(found[name] is array, same)
    case.require(len(found) == len(own), f"{kind} lists what no layer has: {list(found)}.")


def _networks_are_apart(Sequential, x):
    one, other = [Linear(4, 3, rng=1)], [Linear(3, 2, rng=2)]
    case = Case("Sequential: two networks at a time", x=x)
    network = case.run(Sequential, one)
    try:
        before = np.array(network.forward(x.copy()), dtype=np.float64)
    except Exception:  # it is wrong by itself, and told so elsewhere
        return
    if before.shape != (len(x), 3):
        return  # this as well
    case.run(Sequential, other)
    shared = "{} is shared by two networks: make it in __init__."
    case.require(len(network.params) == 2, shared.format("the dict of parameters"))
    case.hint = shared.format("Perhaps one list of layers")
    case.equal(case.run(network.forward, x.copy()), before, [(USED_UP, x)], case.hint)


# --- Autoencoder ---------------------------------------------------------------------------------

tanh, sigmoid = FUNCTIONS["tanh"], FUNCTIONS["sigmoid"]
#: What may stand behind a layer.
ACTIVATIONS = {
    "a TanH": tanh, "a Sigmoid": sigmoid, "nothing": lambda v: v, "a ReLU": FUNCTIONS["ReLU"],
    "a softmax": FUNCTIONS["softmax along the rows"],
    "a TanH and a Sigmoid": lambda v: sigmoid(tanh(v)),
    "two TanHs (twice)": lambda v: tanh(tanh(v)),
    "two Sigmoids (twice)": lambda v: sigmoid(sigmoid(v)),
}  # fmt: skip


@check
def autoencoder(AutoEncoder) -> None:
    """Check a class `AutoEncoder(input_dim, latent_dim, steps, rng=None)`.

    Raises:
        CheckFailed: what is wrong, with an example and the likely cause.
    """
    trials = []
    for sizes in ((12, 3, 2), (20, 5, 3), (7, 4, 1)):  # for diagnosis, of unlike widths
        case = Case(f"AutoEncoder({', '.join(map(str, sizes))}, rng=1)")
        network = global_generator_unused(case, lambda s=sizes: AutoEncoder(*s, rng=1))
        weights, biases = _widths(case, network, autoencoders.layer_widths(*sizes))
        _starts(case, weights, biases)
        check_seeds(case, lambda rng, s=sizes: next(iter(AutoEncoder(*s, rng=rng).params.values())))
        trials.append(_halves(network, weights, biases, abs(draw(sizes[0], 5, sizes[0], size=1))))
    for one in zip(*trials, strict=True):
        judge(one)
    twice = _used_twice(network) or _used_twice(AutoEncoder(12, 3, 2, rng=1))
    said = f"the same {twice} object is used for two layers: it keeps only what it saw last, so "
    case.require(not twice, f"{said}the gradient goes wrong. Make a new one for each.")
    check_module(_Halves(AutoEncoder))


class _Halves(Reference):
    """Autoencoders; which mistakes are in their halves, was looked at before."""

    name, shapes = "AutoEncoder", ((6, 12, 3, 2),)
    squares, inputs = shapes, ("one row", "integers", "float32")

    def make(self, *sizes):
        self.sizes = sizes
        return self.cls(*sizes, rng=1)

    def right(self, module):
        right = autoencoders.AutoEncoder(*self.sizes, rng=0, dtype=np.float64)
        for mine, theirs in zip(right.params.values(), module.params.values(), strict=True):
            mine[...] = theirs
        # By the names that they have in the student's network.
        right.grads = dict(zip(module.grads, right.grads.values(), strict=True))
        return right


def _widths(case, network, widths):
    """Return weights and biases, in the order of the layers."""
    twin_dicts(case, network)
    weights, biases = (
        [value for value in network.params.values() if np.ndim(value) == axes] for axes in (2, 1)
    )
    down, shapes = [*pairwise(widths)], [weight.shape for weight in weights]
    right = down + [pair[::-1] for pair in down[::-1]]
    hint = next(hint for fits, hint in _hints(shapes, right, down) if fits)
    said = f"its params must hold weights of shapes {right}, but hold {shapes}. {hint}"
    case.require(shapes == right, said)
    said = "each Linear layer has a weight and a bias in params."
    case.require(len(biases) == len(weights), said)
    return weights, biases


def _hints(shapes, right, down):
    """Yield what may be said of the shapes of weights, and whether it fits."""
    up = right[len(down) :]
    yield shapes == down, "Those of the decoder are missing."
    yield shapes == up, "Those of the encoder are missing."
    twice = "The encoder is built twice; the decoder is its mirror image."
    yield shapes == down + down, twice
    order = (
        "The decoder's layers come in the encoder's order: turn the widths round (widths[::-1])."
    )
    yield shapes == down + up[::-1], order
    yield not shapes, "Hand both halves to super().__init__([…, …])."
    yield shapes == up + down, "Encoder and decoder (input, code) are exchanged."
    yield shapes == [pair[::-1] for pair in right], "Input and code are exchanged."
    many = "There are layers too many, that change no width: layer_widths gives all widths, "
    yield any(one == other for one, other in shapes), f"{many}those of input and code included."
    number = f"The number of Linear layers is {len(shapes)}, but must be {len(right)}: encoder and "
    yield len(shapes) != len(right), f"{number}decoder have {len(down)} steps each."
    ends = shapes[0][0] == right[0][0] and down[-1][1] in np.ravel(shapes)
    yield ends, "Widths shrink by the same factor each step (geometric): use layer_widths."
    yield True, ""


def _starts(case, weights, biases):
    """Weights start at random, those of no two layers alike."""
    for at, weight in enumerate(weights):
        half = "encoder" if at < len(weights) // 2 else "decoder"
        said = f"a weight of the {half} starts at zero: its layer was never initialized, as where "
        case.require(np.any(weight), f"{said}one half is set up twice.")
        for other in weights[at + 1 :]:
            case.require_all(_apart(weight, other))
    case.require(not any(np.any(bias) for bias in biases), "biases must start at zero.")


def _apart(weight, other):
    """Yield what must be so of two weights, and the cause where it is not."""
    yield weight is not other, "two layers share one weight: each needs its own."
    copied = weight.shape == other.shape[::-1] and np.allclose(weight, other.T)
    said = "the decoder starts with the encoder's weights, transposed: each layer draws its own."
    yield not copied, said
    few = min(weight.size, other.size)
    likeness = abs(np.corrcoef(weight.ravel()[:few], other.ravel()[:few])[0, 1])
    said = "two layers start alike: they are drawn with the same seed. Make one generator, rng = "
    yield few < 4 or not likeness > 0.9999, f"{said}np.random.default_rng(rng), and hand it to all."


def _run(v, pairs, hidden, last):
    """Return what pairs of weight and bias make of an input."""
    for W, b in pairs[:-1]:
        v = ACTIVATIONS[hidden](v @ W + b)
    return ACTIVATIONS[last](v @ pairs[-1][0] + pairs[-1][1])


def _other_activations(v, pairs, right, place):
    """Yield what comes out of a half with other activations."""
    for hidden, last in product(ACTIVATIONS, ACTIVATIONS):
        between = hidden != "a TanH" and f"the layers between go through {hidden}, not a TanH"
        end = last != right and f"{place} goes through {last}, not {right}"
        if causes := joined((between, end), "."):
            yield causes, _run(v, pairs, hidden, last)


def _halves(network, weights, biases, x):
    """Return trials of encode, decode and forward, after the parameters changed in place."""
    encode = Case("AutoEncoder.encode", "encode runs the encoder alone.", x=x)
    before = encode.run(network.encode, x.copy())
    decode = Case("AutoEncoder.decode", "decode runs the decoder alone, on a code.", code=before)
    early = decode.run(network.decode, copy.deepcopy(before))
    for number, bias in enumerate(biases):
        bias += 0.15 + 0.1 * number
    pairs = [(np.float64(W), np.float64(b)) for W, b in zip(weights, biases, strict=True)]
    down, up = pairs[: len(pairs) // 2], pairs[len(pairs) // 2 :]
    code = _run(x, down, "a TanH", "a TanH")
    out = _run(code, up, "a TanH", "a Sigmoid")
    decode.given = {"code": np.array(code)}
    stale = "it computes with copies of its layers, which no training changes: params changed, but "
    stale += "the result did not."
    stop = ("this is the output: encode must stop at the code.", out)
    starts = [(stale, before), stop, *_other_activations(x, down, "a TanH", "the code")]
    pixels = "the output, whose pixels lie in (0, 1),"
    ends = [(stale, early), *_other_activations(code, up, "a Sigmoid", pixels)]
    stop = ("forward stops at the code: the decoder must follow.", code)
    trials = []
    for case, function, v, right, wrong in (
        (encode, network.encode, x, code, starts),
        (decode, network.decode, code, out, ends),
        (Case("AutoEncoder.forward", x=x), network.forward, x, out, [stop, *ends]),
    ):
        with Unchanged(case, **{next(iter(case.given)): (given := np.array(v))}):
            got = case.run(function, given)
        trials.append(Trial(case, got, right, wrong))
    return trials


def _used_twice(network):
    """Return the kind of a layer that occurs twice in a network, or None."""

    def leaves(layer):
        inner = getattr(layer, "layers", None)
        return [leaf for one in inner for leaf in leaves(one)] if inner else [layer]

    found = [layer for layer in leaves(network) if isinstance(layer, Module)]
    return next((type(one).__name__ for one in found if sum(one is o for o in found) > 1), None)
