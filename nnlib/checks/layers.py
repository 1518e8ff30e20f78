"""Is this linear layer right? Its parameters, its first weights, its values and gradients."""

import functools
from itertools import product

import numpy as np

from nnlib import linear as ours
from nnlib.checks.activations import FUNCTIONS
from nnlib.checks.laws import dict_of, nothing_in_the_class, twin_dicts
from nnlib.checks.modules import Reference, check_module, draw
from nnlib.checks.report import Case, check, check_seeds, global_generator_unused

OWN_COPY = "it computes with {} that no training changes: use what params holds then."
MEAN = "it is the mean over the rows; it must be the sum: the loss has already divided by the "
MEAN += "number of rows."


class _Linear(Reference):
    name = "Linear"

    def __init__(self, cls):
        super().__init__(cls)
        self.first = {}  # weight and bias as they were made, by their sizes

    def called(self, inputs, outputs):
        return f"Linear({inputs}, {outputs})"

    def make(self, inputs, outputs):
        module = self.cls(inputs, outputs, rng=1)
        weight, bias = module.params["weight"], module.params["bias"]
        self.first[inputs, outputs] = np.array(weight), np.array(bias)
        # As training would change them; and biases of zero would hide what is done with them.
        weight *= np.linspace(0.7, 1.4, weight.size).reshape(weight.shape)
        bias[...] = np.resize([0.55, -1.05, 2.15, 0.2], outputs)
        return module

    def right(self, module):
        right = ours.Linear(*np.shape(module.params["weight"]), dtype=np.float64)
        for key in right.params:
            right.params[key][...] = module.params[key]
        return right

    def wrong_outputs(self, x, right):
        W, b = right.params.values()
        y, z, own = x @ W + b, x @ W, "each output has its own"
        added = {
            "the bias is not added": 0, "the bias is subtracted": -b,
            "the bias is added twice": 2 * b, f"the sum of all biases is added; {own}": b.sum(),
            f"the mean of all biases is added; {own}": b.mean(),
            f"one bias is added to all outputs; {own}": b[0],
        }  # fmt: skip
        for cause, bias in added.items():
            yield f"{cause}: x @ W + b.", z + bias
        weight, bias = self.first[W.shape]
        yield OWN_COPY.format("a copy of the weight"), x @ weight + b
        yield OWN_COPY.format("copies of weight and bias"), x @ weight + bias
        yield "the bias goes down the rows: x @ W + b.", lambda: z + b[:, None]
        yield "the bias is multiplied; it must be added.", z * b
        for text, made in _products(x=x, W=W):
            if text != "x @ W":
                yield _instead(text, "x @ W", " + b"), lambda made=made: made() + b
                yield f"{_instead(text, 'x @ W')} Besides, b is missing.", made
        for said, weight in {"absolute": abs(W), "squared": W**2, "negative": -W}.items():
            yield f"the weights are taken {said}: x @ W + b.", x @ weight + b
        for n in (len(W), len(x)):
            yield "the sum is divided, by the inputs or rows: no mean belongs in it.", z / n + b
        for name, f in FUNCTIONS.items():
            said = f"a linear layer computes nothing but x @ W + b: no activation, here a {name}."
            yield said, lambda f=f: f(y)
            yield said, lambda f=f: f(z) + b

    def instead_of_g(self, x, g, right):
        """Yield what is taken for grad_output, in any of the gradients."""
        y, at = right.forward(x), np.arange(len(x))[:, None]
        yield "grad_output is multiplied in twice", g * g
        yield "grad_output is not used", np.ones_like(g)
        yield "the derivative of an activation is in it", g * (1 - np.tanh(y) ** 2)
        yield "the output stands where grad_output belongs", y
        yield "the output is multiplied in", g * y
        yield "only the first row of grad_output counts", g * (at == 0)
        yield "only the last row of grad_output counts", g * (at == len(x) - 1)
        yield "the bias is added to grad_output", g + right.params["bias"]

    def wrong_weight(self, x, g, right):
        (W, b), must = right.params.values(), "it must be x.T @ grad_output."
        y, kept = x @ W + b, "the output was kept and is used, without the bias; the input of the "
        yield MEAN, x.T @ g / len(x)
        for said, v in self.instead_of_g(x, g, right):
            yield f"{said}: {must}", x.T @ v
        yield f"the input is not used: {must}", np.ones_like(x).T @ g
        for text, made in _products(**{"x": x, "W": W, "grad_output": g, "the output": y}):
            yield _instead(text, "x.T @ grad_output"), made
        yield f"{kept}layer belongs in it.", lambda: (x @ W).T @ g
        yield "the weight is added to it (a penalty): x.T @ grad_output.", x.T @ g + W
        for said, f in (("sums", np.sum), ("means", np.mean)):
            cause = f"{said} are multiplied; it must be the sum of products, x.T @ grad_output."
            yield cause, np.outer(f(x, axis=0), f(g, axis=0))

    def wrong_bias(self, x, g, right):
        must, own = "it must be grad_output.sum(axis=0), over the rows", "each output has a bias of"
        own = f"{must}: {own} its own."
        yield MEAN, g.mean(axis=0)
        for said, v in self.instead_of_g(x, g, right):
            yield f"{said}: {must}.", v.sum(axis=0)
        tables = {"grad_output": g, "x": x, "the output": right.forward(x)}
        tables["W"] = right.params["weight"]
        makers = {"sum": np.sum, "mean": np.mean, "max": np.max}
        axes = {0: "axis=0", 1: "axis=1", None: "over everything"}
        for (name, v), (made, f), axis, keep in product(
            tables.items(), makers.items(), axes, (False, True)
        ):
            this, also = f"this is the {made} of {name}, {axes[axis]}", "for all outputs"
            value = functools.partial(f, v, axis=axis, keepdims=keep)
            if name != "grad_output" or axis != 0 or made == "max" or keep:
                many = ", with an axis too many (keepdims=True)" * keep
                yield f"{this}{many}; {own}", value
            if axis is None:
                yield f"{this}, {also}; {own}", np.full(g.shape[1], value())
        yield f"the sum is missing; {own}", g
        yield f"the bias itself is multiplied in; {own}", g.sum(axis=0) * right.params["bias"]
        rows = f"the number of rows is returned: grad_output is not used; {own}"
        yield rows, np.ones(g.shape[1])

    def wrong_input(self, x, g, right):
        W = right.params["weight"]
        back, must = g @ W.T, "it must be grad_output @ W.T"
        yield OWN_COPY.format("a copy of the weight"), g @ self.first[W.shape][0].T
        yield "it is averaged over the rows; each row has its own gradient.", back / len(x)
        for said, v in self.instead_of_g(x, g, right):
            yield f"{said}: {must}.", v @ W.T
        y = right.forward(x)
        for text, made in _products(**{"x": x, "W": W, "grad_output": g, "the output": y}):
            yield _instead(text, "grad_output @ W.T"), made
        for said, value in {
            "grad_output is returned unchanged": g, "the input is multiplied in": x * back,
            "the weight is not used": g @ np.ones_like(W).T,
            "this is the gradient of the weight": x.T @ g,
            "this is the gradient of the bias": g.sum(axis=0),
            "it is summed over the rows": back.sum(axis=0),
        }.items():  # fmt: skip
            yield f"{said}; {must}, a row for each row.", value


def _instead(text, right, rest=""):
    """Return a sentence: this stands where that belongs."""
    one, other = (sorted(t.replace(".T", "").split(" @ ")) for t in (text, right))
    also = " A matrix is transposed (.T) or not, or the factors are exchanged." * (one == other)
    return f"this is {text}{rest}; it must be {right}{rest}.{also}"


def _products(**arrays):
    """Yield all products of two arrays or their transposes, of matrices and of elements."""
    named = {**arrays, **{f"{name}.T": v.T for name, v in arrays.items()}}
    for (one, a), (two, b) in product(named.items(), named.items()):
        yield f"{one} @ {two}", lambda a=a, b=b: a @ b
        yield f"{one} * {two}, element by element (* for @)", lambda a=a, b=b: a * b


@check
def linear(Linear) -> None:
    """Check a class `Linear(in_features, out_features, rng=None)`.

    Raises:
        CheckFailed: what is wrong, with an example and the likely cause.
    """
    _parameters(Linear)
    _first_weights(Linear)
    reference = _Linear(Linear)
    check_module(reference)
    _parameters_are_used(reference)


def _parameters(Linear):
    case, shapes = Case("Linear(3, 4, rng=1)"), {"weight": (3, 4), "bias": (4,)}
    module = case.run(Linear, 3, 4, rng=1)
    hints = {
        ("weight", (4, 3)): " It is transposed. One row of x times the weight gives one row of y.",
        ("bias", (3,)): " Each output has a bias, not each input.",
        **dict.fromkeys([("bias", (1, 4)), ("bias", (4, 1))], " It has an axis too many."),
    }
    for kind in ("params", "grads"):
        arrays = dict_of(case, module, kind)
        for key, shape in shapes.items():
            has = f"{kind} has no {key!r}, so nothing can learn it: it has {list(arrays)}."
            case.require(key in arrays, has)
            got = np.shape(arrays[key])
            said = f"{kind}[{key!r}] has the shape {got}, but must have {shape}."
            case.require(got == shape, said + hints.get((key, got), ""))
        said = f"{kind} holds 'weight' and 'bias', but is {list(arrays)}."
        case.require(set(arrays) == set(shapes), said)
    twin_dicts(case, module)
    nothing_in_the_class(case, module)
    for key in shapes:
        same = np.shares_memory(module.params[key], module.grads[key])
        case.require(not same, f"params[{key!r}] and grads[{key!r}] are one array: make two.")
        case.require(not np.any(module.grads[key]), f"grads[{key!r}] must start at zero.")


def _first_weights(Linear):
    """Weights start unlike, around zero, of a size that suits the sums that they stand in."""
    case = Case("Linear(40, 30, rng=1)")
    one = global_generator_unused(case, lambda: Linear(40, 30, rng=1)).params
    case.require_all(_one_start(np.array(one["weight"], dtype=np.float64), one["bias"]))
    small, large = (
        np.std(Linear(*sizes, rng=1).params["weight"]) for sizes in ((20, 15), (320, 240))
    )
    Case("Linear(320, 240, rng=1)").require_all(_two_starts(small, large))
    check_seeds(case, lambda rng: Linear(40, 30, rng=rng).params["weight"])


def _one_start(W, bias):
    """Yield what must be so of a first weight (40, 30), and the cause where it is not.

    A standard deviation s with s √40 ≤ 3.5, since a sum of 40 such terms must not drive an
    activation to its ends; and not below 1e-5.
    """
    mean, std, alike = W.mean(), W.std(), "then all units stay alike for ever."
    use = f"a standard deviation of {std:.3g}. Use about √(2 / (in + out))."
    said = "weights start as NaN or infinity: is a root or a power taken of negative numbers?"
    yield np.isfinite(W).all(), said
    yield W.any(), f"all weights start at zero: {alike}"
    yield std > 1e-9 * abs(W).max(), f"all weights start at the same value: {alike}"
    said = f"the weights start with a mean of {mean:.3g}: draw positive and negative ones alike, "
    yield abs(mean) < 0.5 * std, f"{said}with a mean of zero."
    said = "the weights start too large: a sum of 40 of them drives an activation to its ends; "
    yield std * np.sqrt(40) < 3.5, f"{said}they have {use}"
    yield std > 1e-5, f"the weights start too small, with {use}"
    yield not np.any(bias), "the bias must start at zero."
    said = "the weights repeat themselves: draw all of them at once, each by itself."
    yield len(np.unique(W)) > W.size / 4, said


def _two_starts(small, large):
    """Yield what must be so of weights with 20 inputs and with 320, and the cause where not.

    At sizes 16 times as large, weights are neither more than 8 times smaller nor larger. Every
    usual start shrinks like the root of the size, so by 4, or not at all; without the root, by 16.
    So 2 / (in + out) is refused, and nothing in use.
    """
    said = f"the weights start too small, with a standard deviation of {large:.2g}: they shrink as "
    said += "the number of inputs grows, not as its root. Is the root (np.sqrt) missing, or a "
    said += "variance given where NumPy takes a standard deviation (scale)? Use about √(2 / (in + "
    yield small < 8 * large, f"{said}out))."
    yield large < 2 * small, "the weights start the larger, the more inputs there are."


def _parameters_are_used(reference):
    """What computes with a copy, made whenever, shows once the parameters change in place."""
    module, x, g = reference.make(3, 4), draw(1, 5, 3), draw(2, 5, 4)
    before = np.array(module.forward(x.copy()))
    module.params["weight"] *= 2
    module.params["bias"] += 1
    right = reference.right(module)
    y = right.forward(x)
    stale = "it computes with something else than self.params (a copy), so it cannot learn."
    case = Case("Linear(3, 4).forward, after its params changed in place,", x=x)
    wrong = [(stale, before), (f"the weight: {stale}", before + 1), (f"the bias: {stale}", y - 1)]
    case.equal(case.run(module.forward, x.copy()), y, wrong)
    case = Case("Linear(3, 4).backward, after its params changed in place,", x=x, grad_output=g)
    wrong = [(f"a copy of the weight: {stale}", right.backward(g) / 2)]
    case.equal(case.run(module.backward, g), right.backward(g), wrong)
