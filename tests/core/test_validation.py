"""Whatever is handed in: a right result, or one clear sentence.

The right result is a plain computation in float64 on a copy that lies row by row. The sentence is
an error that nnlib itself raises. Nothing else may come out: no NumPy warning, no other error.
"""

import re
import traceback
import warnings
from pathlib import Path

import numpy as np
import pytest
from helpers import Readable
from hypothesis import given, settings
from hypothesis.strategies import booleans, composite, floats, integers, none, sampled_from

import nnlib
from nnlib import (
    AutoEncoder,
    BinaryCrossEntropy,
    CrossEntropyWithLogSoftmax,
    Linear,
    MSELoss,
    Optim,
    Sequential,
    Sigmoid,
    Softmax,
    TanH,
    _fused,
    mnist,
)
from nnlib.autoencoder import layer_widths
from nnlib.checks import gradient_check
from nnlib.datasets.corruption import add_noise, apply_mask, random_masks, square_mask
from nnlib.metrics import accuracy

pytestmark = pytest.mark.filterwarnings("error")

LIBRARY = Path(nnlib.__file__).parent
REFERENCE = LIBRARY.parent / "book" / "reference.md"
ERRORS = (ValueError, TypeError, RuntimeError, FloatingPointError)


# What may come out


class Refused:
    """The call was answered with an error; it is one clear sentence, or the test fails."""

    def __init__(self, error):
        self.says = str(error)
        innermost = traceback.extract_tb(error.__traceback__)[-1].filename
        assert type(error) in ERRORS, f"{type(error).__name__}: {self.says}"
        assert Path(innermost).is_relative_to(LIBRARY), f"not nnlib's own: {self.says}"
        assert "\n" not in self.says
        assert 25 < len(self.says) < 300
        assert self.says.endswith((".", "?"))
        assert re.search(r"but|choose from|call forward before|masked|one-hot|Try", self.says), (
            self.says
        )


def answer(function, *args, **keywords):
    """Return the result, or how it was refused."""
    try:
        return function(*args, **keywords)
    except Warning:
        raise
    except Exception as error:
        return Refused(error)


def plain(x):
    """Return a copy in float64 that lies row by row, of an array of any real type."""
    return np.array(x, dtype=np.float64, order="C")


def kept(x):
    """Return the type that a module computes in: that of `x`, or float32 for whole numbers."""
    return x.dtype.newbyteorder("=") if x.dtype.kind == "f" else np.dtype(np.float32)


def assert_right(result, expected, dtype, scale=1.0):
    """Assert that a result is the expected one, as near as its type can hold it."""
    assert isinstance(result, np.ndarray)
    assert result.dtype.newbyteorder("=") == dtype
    assert result.shape == expected.shape
    near = 40 * max(np.finfo(dtype).eps, np.finfo(np.float64).eps)
    np.testing.assert_allclose(plain(result), expected, rtol=near, atol=near * scale)


# What may be handed in

REAL = ["?", "i1", "i2", "i4", "i8", "u1", "u8", "f2", "f4", "f8", "g", ">f4", ">f8", ">i4"]
OTHER = ["c16", "O", "U8", "S8", "M8[s]", "m8[s]"]


def laid_out(array, layout):
    """Return the same values, lying in memory in one of the ways that NumPy knows."""
    if layout == "columns" and array.ndim:
        return np.asfortranarray(array)
    if layout == "gaps" and array.ndim:
        wide = np.repeat(array, 2, axis=-1)
        return wide[..., ::2]
    if layout == "backwards" and array.ndim:
        return array[::-1].copy()[::-1]
    if layout == "odd address" and array.dtype != object:
        raw = np.zeros(array.nbytes + 1, np.uint8)[1:]
        odd = raw.view(array.dtype).reshape(array.shape) if array.size else array.copy()
        odd[...] = array
        return odd
    if layout == "read-only":
        array = array.copy()
        array.flags.writeable = False
    return array


LAYOUTS = ["rows", "columns", "gaps", "backwards", "odd address", "read-only"]


@composite
def arrays(draw, shape=None, dtypes=tuple(REAL), low=-4.0, high=4.0, whole=False):
    """Arrays of any type and layout; of the shape, or of any shape with up to three axes."""
    if shape is None:
        axes = draw(sampled_from([2, 2, 2, 2, 2, 0, 1, 3]))
        shape = tuple(draw(integers(0, 4)) for _ in range(axes))
    dtype = np.dtype(draw(sampled_from(dtypes)))
    values = np.random.default_rng(draw(integers(0, 99))).uniform(low, high, shape)
    values = np.abs(values) if dtype.kind == "u" else values
    values = np.round(values) if whole or dtype.kind in "mM" else values
    if dtype.kind in "mM":
        values = values.astype("i8")
    if dtype.kind == "O":
        array = np.array(values, dtype=object)
    else:
        array = np.asarray(values).astype(dtype)
    return laid_out(array, draw(sampled_from(LAYOUTS)))


anything = arrays(dtypes=(*REAL, *OTHER))


def is_table(x, width=None):
    return x.dtype.kind in "biuf" and x.ndim == 2 and x.shape[1] > 0 and width in (None, x.shape[1])


# Modules


def right_output(module, x):
    """Return what a module must give for a plain x, and the function that takes a gradient back."""
    with np.errstate(all="ignore"):
        if isinstance(module, Linear):
            weight, bias = plain(module.params["weight"]), plain(module.params["bias"])
            return x @ weight + bias, lambda g: g @ weight.T
        if isinstance(module, TanH):
            y = np.tanh(x)
            return y, lambda g: g * (1 - y**2)
        if isinstance(module, Sigmoid):
            y = np.where(x < 0, np.exp(x) / (1 + np.exp(x)), 1 / (1 + np.exp(-x)))
            return y, lambda g: g * y * (1 - y)
        if isinstance(module, Softmax):
            e = np.exp(x - x.max(axis=1, keepdims=True))
            y = e / e.sum(axis=1, keepdims=True)
            return y, lambda g: y * (g - (g * y).sum(axis=1, keepdims=True))
        ways_back = []
        for layer in module.layers:
            x, back = right_output(layer, x)
            ways_back.insert(0, back)

        def backward(g):
            for back in ways_back:
                g = back(g)
            return g

        return x, backward


MODULES = {
    "Linear": lambda dtype: Linear(3, 2, rng=0, dtype=dtype),
    "TanH": lambda dtype: TanH(),
    "Sigmoid": lambda dtype: Sigmoid(),
    "Softmax": lambda dtype: Softmax(),
    "Sequential": lambda dtype: Sequential([Linear(3, 4, rng=0, dtype=dtype), TanH(), Softmax()]),
    "AutoEncoder": lambda dtype: AutoEncoder(3, 2, 2, rng=0, dtype=dtype),
}


@pytest.mark.parametrize("kind", MODULES)
@settings(max_examples=60)
@given(anything, anything, sampled_from(["f2", "f4", "f8"]), booleans())
def test_a_module_gives_a_right_output_and_gradient_or_says_why_not(kind, x, grad, dtype, fits):
    module = MODULES[kind](dtype)
    before, width = x.tobytes(), module.in_features
    if width and x.ndim == 2 and fits:
        x = np.resize(x, (len(x), width)) if x.size else np.zeros((len(x), width), x.dtype)
        before = x.tobytes()
    y = answer(module.forward, x)
    assert isinstance(y, Refused) != is_table(x, width)
    if isinstance(y, Refused):
        return
    dtype = np.dtype(dtype) if module.params else kept(x)
    expected, back = right_output(module, plain(x) if not module.params else plain(x.astype(dtype)))
    assert_right(y, expected, dtype, scale=10)

    if fits:
        grad = np.resize(grad, y.shape) if grad.size else np.zeros(y.shape, grad.dtype)
    grad_before = grad.tobytes()
    module.zero_grad()
    grad_input = answer(module.backward, grad)
    suits = grad.dtype.kind in "biuf" and grad.shape == y.shape
    assert isinstance(grad_input, Refused) != suits
    if suits:
        assert_right(grad_input, back(plain(grad)), dtype, scale=100)
        if kind == "Linear":
            rows = plain(x.astype(dtype))
            assert_right(module.grads["weight"], rows.T @ plain(grad), dtype, scale=100)
            assert_right(module.grads["bias"], plain(grad).sum(axis=0), dtype, scale=100)
    elif module.grads and not isinstance(module, Sequential):
        assert all((value == 0).all() for value in module.grads.values())
    assert x.tobytes() == before
    assert grad.tobytes() == grad_before


LIMIT = {"f2": 6e4, "f4": 1e30, "f8": 1e300}


@pytest.mark.parametrize("module", [TanH, Sigmoid, Softmax])
@given(sampled_from(list(LIMIT)), arrays((3, 4), ["f8"], -1, 1))
def test_activations_are_finite_for_any_finite_input(module, dtype, x):
    x = (x * LIMIT[dtype]).astype(dtype)
    module = module()
    y = module.forward(x)
    expected, back = right_output(module, plain(x))
    assert np.isfinite(y).all()
    assert_right(y, expected, np.dtype(dtype))
    assert_right(module.backward(np.ones(y.shape)), back(np.ones(y.shape)), np.dtype(dtype))


@pytest.mark.parametrize("kind", MODULES)
@given(integers(0, 11), integers(0, 11), sampled_from(["f4", "f8"]))
def test_not_a_number_goes_through_in_silence_where_it_was_and_nowhere_else(kind, one, two, dtype):
    x = np.linspace(-1, 1, 12, dtype=dtype).reshape(4, 3)
    x.flat[[one, two]] = np.nan
    module = MODULES[kind](dtype)
    y = module.forward(x)
    expected, _ = right_output(module, plain(x))
    assert np.isnan(y).any(axis=1).tolist() == np.isnan(x).any(axis=1).tolist()
    assert_right(y, expected, np.dtype(dtype), scale=10)
    grad = np.ones(y.shape)
    grad[0, 0] = np.nan
    assert np.isnan(module.backward(grad)[0]).any()


@pytest.mark.parametrize("kind", MODULES)
@pytest.mark.parametrize("value", [np.inf, -np.inf, 1e300])
def test_infinity_gives_what_the_formula_gives_and_at_most_numpys_warning(kind, value):
    x = np.linspace(-1, 1, 12).reshape(4, 3)
    x[1, 1] = value
    module = MODULES[kind]("f8")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "(overflow|invalid value) encountered", RuntimeWarning)
        y = module.forward(x)
    assert_right(y, right_output(module, x)[0], np.dtype("f8"), scale=10)


# Losses


def right_loss(loss, p, y):
    """Return the loss of plain arrays and its gradient, by the formulas of the book."""
    rows, columns = p.shape
    if isinstance(loss, CrossEntropyWithLogSoftmax):
        shifted = p - p.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        y = np.eye(columns)[y.astype(int)] if y.ndim == 1 else y
        costs, grads, many = -(y * log_p), np.exp(log_p) - y, rows
    else:
        many = rows * columns
        if isinstance(loss, MSELoss):
            costs, grads = (p - y) ** 2, 2 * (p - y)
        elif loss.from_logits:
            costs = np.logaddexp(0, p) - p * y
            grads = right_output(Sigmoid(), p)[0] - y
        else:
            with np.errstate(divide="ignore", invalid="ignore"):
                log_p, log_q = np.maximum(np.log(p), -100), np.maximum(np.log1p(-p), -100)
                costs = -y * log_p - (1 - y) * log_q
                grads = (1 - y) / (1 - p) - y / p  # infinite or NaN where p is 0 or 1
    divisor = {"mean": many, "batchmean": rows, "sum": 1}[loss.reduction]
    return costs.sum() / divisor, grads / divisor


LOSSES = {
    "MSELoss": MSELoss,
    "BinaryCrossEntropy": BinaryCrossEntropy,
    "from logits": lambda reduction="mean": BinaryCrossEntropy(reduction, from_logits=True),
    "CrossEntropy": CrossEntropyWithLogSoftmax,
}


def fit_for(loss, p, y):
    """Return whether prediction and target suit a loss, by what its docstring says."""
    if not is_table(p) or p.size == 0 or y.dtype.kind not in "biuf":
        return False
    if isinstance(loss, CrossEntropyWithLogSoftmax):
        if y.shape == (len(p),):
            return y.dtype.kind in "iu" and 0 <= y.min() and y.max() < p.shape[1]
        return (
            y.shape == p.shape and (y >= 0).all() and (abs(plain(y).sum(axis=1) - 1) < 1e-5).all()
        )
    if y.shape != p.shape:
        return False
    if isinstance(loss, BinaryCrossEntropy):
        probabilities = [y] if loss.from_logits else [p, y]
        return all((values >= 0).all() and (values <= 1).all() for values in probabilities)
    return True


@composite
def for_a_loss(draw):
    """A prediction and a target that often fit each other, and often not."""
    rows, columns = draw(integers(0, 4)), draw(integers(0, 4))
    low, high = draw(sampled_from([(0.01, 0.99), (0.01, 0.99), (-4, 4)]))
    dtypes = draw(sampled_from([REAL, ["f2", "f4", "f8"], [*REAL, *OTHER]]))
    p = draw(arrays((rows, columns), dtypes, low, high))
    shape = draw(sampled_from([(rows, columns)] * 5 + [(rows,)] * 5 + [(rows, 1), (1, columns)]))
    last = max(columns - 1, 0) if len(shape) == 1 else 1
    low, high, whole = draw(sampled_from([(0, last, True)] * 3 + [(0, 1, False), (-2, 4, True)]))
    y = draw(
        arrays(shape, dtypes if len(shape) == 2 else ["i8", "i8", "u1", *dtypes], low, high, whole)
    )
    if draw(booleans()) and y.ndim == 2 and y.size and columns and y.dtype.kind in "biuf":
        y = np.eye(columns, dtype=y.dtype)[np.arange(rows) % columns]  # one-hot
    return p, y


@pytest.mark.parametrize("kind", LOSSES)
@settings(max_examples=120)
@given(for_a_loss(), sampled_from(["mean", "batchmean", "sum"]))
def test_a_loss_gives_a_right_value_and_gradient_or_says_why_not(kind, pair, reduction):
    loss, (p, y) = LOSSES[kind](reduction), pair
    before = p.tobytes(), y.tobytes()
    loss.forward(np.full((2, 2), 0.4), np.eye(2))
    value = answer(loss.forward, p, y)
    assert isinstance(value, Refused) != fit_for(loss, p, y)
    if isinstance(value, Refused):
        # A loss that refused has no value: the gradient of an earlier one would be a wrong one.
        assert isinstance(answer(loss.backward), Refused)
        return
    dtype = kept(p)
    expected, grads = right_loss(loss, plain(p), plain(y.astype(dtype)))
    assert isinstance(value, float)
    assert value == pytest.approx(expected, rel=1e-5, abs=1e-5)
    grad = loss.backward()
    exact = np.isfinite(grads)  # where p is 0 or 1, there is a large number for infinity
    assert np.isfinite(grad).all()
    assert_right(np.where(exact, grad, 0).astype(grad.dtype), np.where(exact, grads, 0), dtype, 20)
    assert (p.tobytes(), y.tobytes()) == before


@pytest.mark.parametrize("integer", ["i1", "i8", "u1", "u8", ">i4"])
@given(arrays((4,), ["i8"], -1, 3, whole=True), integers(1, 5))
def test_a_label_is_one_of_the_classes(integer, labels, classes):
    labels = labels.astype(integer)  # unsigned types turn -1 into a large number
    told = answer(CrossEntropyWithLogSoftmax().forward, np.ones((4, classes)), labels)
    fits = all(0 <= label < classes for label in labels.tolist())
    assert isinstance(told, Refused) != fits
    if not fits:
        assert f"got scores for {classes} classes, so labels must be integers from 0" in told.says


@pytest.mark.parametrize("kind", ["from logits", "CrossEntropy"])
@given(sampled_from(list(LIMIT)), arrays((3, 4), ["f8"], -1, 1))
def test_losses_of_scores_are_finite_for_any_finite_score(kind, dtype, p):
    p, y, loss = (p * LIMIT[dtype]).astype(dtype), np.eye(4)[[0, 3, 1]], LOSSES[kind]()
    value, grad = loss.forward(p, y), loss.backward()
    expected, grads = right_loss(loss, plain(p), y)
    assert np.isfinite(value)
    assert value == pytest.approx(expected, rel=1e-3 if dtype == "f2" else 1e-6)
    assert_right(grad, grads, np.dtype(dtype))


@pytest.mark.parametrize("kind", LOSSES)
def test_float16_is_wide_enough_for_a_loss_over_many_numbers(kind):
    # Its largest number is 65504, and an image has 784: a divisor of 100 · 784 was infinity.
    rng = np.random.default_rng(0)
    p = rng.uniform(0.1, 0.9, (100, 784)).astype("f2")
    loss, y = LOSSES[kind](), np.eye(784, dtype="f2")[:100]
    value, grad = loss.forward(p, y), loss.backward()
    expected, grads = right_loss(loss, plain(p), plain(y))
    assert value == pytest.approx(expected, rel=1e-5)
    assert grad.dtype == np.float16
    np.testing.assert_allclose(plain(grad), grads, rtol=1e-3, atol=6e-8)


@pytest.mark.parametrize("kind", LOSSES)
@pytest.mark.parametrize("where", ["prediction", "target"])
@given(integers(0, 7))
def test_not_a_number_makes_every_loss_nan_in_silence(kind, where, place):
    p, y = np.full((4, 2), 0.4), np.tile([0.0, 1.0], (4, 1))
    {"prediction": p, "target": y}[where].flat[place] = np.nan
    loss = LOSSES[kind]()
    assert np.isnan(loss.forward(p, y))
    assert np.isnan(loss.backward().flat[place])


@given(integers(0, 3), sampled_from(["prediction", "target"]), sampled_from([-0.1, 1.5, np.inf]))
def test_not_a_number_does_not_hide_what_is_no_probability(place, where, value):
    p, y = np.full((2, 2), 0.5), np.full((2, 2), 0.5)
    {"prediction": p, "target": y}[where].flat[[place, place - 1]] = np.nan, value
    told = answer(BinaryCrossEntropy().forward, p, y)
    assert "between 0 and 1" in told.says


@pytest.mark.parametrize("kind", LOSSES)
def test_a_prediction_just_above_one_is_told_as_it_is(kind):
    above = np.nextafter(np.float32(1), np.float32(2)) * np.ones((1, 1), np.float32)
    told = answer(LOSSES[kind]("mean").forward, above, above)
    if kind in ("BinaryCrossEntropy", "from logits"):
        assert "from 1.0000001 to 1.0000001" in told.says
    else:
        assert told == 0


# Things that are no arrays, wherever an array is due


class Frame:
    """Like a table of pandas: no array, but can be made one."""

    def __init__(self, x):
        self.x = x

    def __array__(self, dtype=None, copy=None):
        return np.array(self.x, dtype=dtype)


X = np.linspace(0.1, 0.9, 12).reshape(4, 3)


def backward(module):
    def take(grad):
        module.forward(X)
        return module.backward(grad)

    return take


TAKERS = {
    "Linear": Linear(3, 3, rng=0, dtype="f8").forward,
    "Linear.backward": backward(Linear(3, 3, rng=0, dtype="f8")),
    "TanH": TanH().forward,
    "TanH.backward": backward(TanH()),
    "Sequential": Sequential([Softmax()]).forward,
    "AutoEncoder.encode": AutoEncoder(3, 3, 1, rng=0, dtype="f8").encode,
    "AutoEncoder.decode": AutoEncoder(3, 3, 1, rng=0, dtype="f8").decode,
    "prediction": lambda x: MSELoss().forward(x, X),
    "target": lambda x: MSELoss().forward(X, x),
    "SGD X": lambda x: Optim(Linear(3, 3, rng=0), MSELoss(), 0.1).SGD(x, X, 2, 1, rng=0),
    "SGD Y": lambda x: Optim(Linear(3, 3, rng=0), MSELoss(), 0.1).SGD(X, x, 2, 1, rng=0),
    "SGD X_test": lambda x: Optim(Linear(3, 3, rng=0), MSELoss(), 0.1).SGD(
        X, X, 2, 1, x, [0, 1, 2, 0], rng=0
    ),
    "accuracy": lambda x: accuracy(x, [0, 1, 2, 0]),
    "add_noise": lambda x: add_noise(x, 0.1, rng=0),
    "apply_mask": lambda x: apply_mask(x, [True, False, True]),
    "gradient_check": lambda x: round(gradient_check(TanH(), x), 9),
}
NO_ARRAYS = {
    "None": None,
    "a number": 3,
    "a word": "abc",
    "words": [["a", "b", "c"]],
    "lists of different lengths": [[1, 2, 3], [1, 2]],
    "an empty list": [],
    "a set": {1, 2, 3},
    "a dict": {"x": 1},
    "a class": TanH,
    "a module": TanH(),
    "a masked array": np.ma.masked_array(X, X > 0.5),
    "numbers of any length": [[10**400, 1, 2]],
    "complex numbers": X + 1j,
}


@pytest.mark.parametrize("taker", TAKERS)
@pytest.mark.parametrize("thing", NO_ARRAYS)
def test_what_is_no_table_of_numbers_is_refused_wherever_one_is_due(taker, thing):
    assert isinstance(answer(TAKERS[taker], NO_ARRAYS[thing]), Refused)


@pytest.mark.parametrize("taker", TAKERS)
@pytest.mark.parametrize(
    "made", [np.ndarray.tolist, Frame, np.asfortranarray, lambda x: x[::-1][::-1]]
)
def test_lists_and_tables_of_other_packages_are_as_good_as_arrays(taker, made):
    np.testing.assert_array_equal(TAKERS[taker](made(X)), TAKERS[taker](X))


# Sizes, rates, seeds, words and types

NETWORK = Linear(3, 3, rng=0)


def sgd(**settings):
    settings = {"batch_size": 2, "num_epochs": 1, "rng": 0} | settings
    return Optim(Linear(3, 3, rng=0), MSELoss(), 0.1).SGD(X, X, **settings)


WHOLE = {  # what takes the number; its name; the smallest
    "Linear in": (lambda v: Linear(v, 3), "in_features", 1),
    "Linear out": (lambda v: Linear(3, v), "out_features", 1),
    "input_dim": (lambda v: AutoEncoder(v, 1, 1), "input_dim", 1),
    "latent_dim": (lambda v: AutoEncoder(9, v, 1), "latent_dim", 1),
    "steps": (lambda v: AutoEncoder(9, 2, v), "steps", 1),
    "widths": (lambda v: AutoEncoder(9, 2, 2, widths=[9, v, 2]), "each of widths", 1),
    "layer_widths first": (lambda v: layer_widths(v, 1, 1), "input_dim", 1),
    "layer_widths last": (lambda v: layer_widths(9, v, 1), "latent_dim", 1),
    "layer_widths steps": (lambda v: layer_widths(9, 2, v), "steps", 1),
    "batch_size": (lambda v: sgd(batch_size=v), "batch_size", 1),
    "num_epochs": (lambda v: sgd(num_epochs=v), "num_epochs", 1),
    "square size": (lambda v: square_mask(v, 0, 0), "size", 0),
    "square row": (lambda v: square_mask(2, v, 0), "row", 0),
    "square column": (lambda v: square_mask(2, 0, v), "column", 0),
    "square side": (lambda v: square_mask(0, 0, 0, v), "side", 1),
    "masks n": (lambda v: random_masks(v, 2), "n", 0),
    "masks size": (lambda v: random_masks(2, v), "size", 0),
    "masks side": (lambda v: random_masks(2, 0, side=v), "side", 1),
}
NOT_WHOLE = [2.5, 2.0, np.float64(2), True, np.True_, "3", b"3", None, [2], np.array([2]), 1j,
             float("nan"), np.inf, TanH, {}]  # fmt: skip


@pytest.mark.parametrize("what", WHOLE)
def test_a_size_is_a_whole_number_and_large_enough(what):
    call, name, least = WHOLE[what]
    for value in [least - 1, -1, -(10**30), 10**30, 10**400, *NOT_WHOLE]:
        told = answer(call, value)
        assert isinstance(told, Refused), f"{name}={value!r} was taken"
        assert told.says.startswith(f"{name} must be a whole number from {least} to ")
    for value in [np.int8(2), np.int64(2), np.uint8(2), np.array(2), 2]:
        assert not isinstance(answer(call, value), Refused)
    assert isinstance(answer(call, 0), Refused) == (least == 1)


def test_sizes_of_any_integer_type_make_the_same():
    small = np.int8
    assert layer_widths(small(100), small(2), small(60)) == layer_widths(
        100, 2, 60
    )  # 60 + 1 steps, 100 + 2
    network = AutoEncoder(small(9), small(2), small(2), widths=[small(9), small(4), small(2)])
    assert {type(size) for size in (network.input_dim, network.steps, *network.widths)} == {int}
    trained = Linear(3, 3, rng=0)
    Optim(trained, MSELoss(), 0.1).SGD(X, X, small(2), small(1))
    assert {type(value) for value in trained.trained_with.values()} == {int, float, str}


def test_what_fits_in_no_memory_is_told_with_its_size():
    with pytest.raises(MemoryError, match=r"Unable to allocate .* shape \(1000000000, 1000000000"):
        Linear(10**9, 10**9)


NUMBERS = {
    "learning_rate": (
        lambda v: Optim(NETWORK, MSELoss(), v),
        [0, -0.0, -1, np.nan, np.inf, -np.inf],
    ),
    "amplitude": (lambda v: add_noise(X, v), [-1, -1e-30, np.nan, np.inf]),
    "tolerance": (lambda v: gradient_check(TanH(), X, tolerance=v), [0, -1, np.nan, np.inf]),
    "fill": (lambda v: apply_mask(X, [True, False, True], v), []),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_a_rate_or_an_amplitude_is_one_real_number_within_its_range(name):
    call, out_of_range = NUMBERS[name]
    strange = ["0.1", None, 1j, [0.1], np.array([0.1]), np.array([0.1, 0.2]), True, TanH, {}]
    for value in [*out_of_range, *map(np.float32, out_of_range), *strange]:
        told = answer(call, value)
        assert isinstance(told, Refused), f"{name}={value!r} was taken"
        assert told.says.startswith(f"{name} must be a")
    for value in [0.5, 1, np.float16(0.5), np.float32(0.5), np.float64(0.5), np.int64(1)]:
        assert not isinstance(answer(call, value), Refused)


SEEDED = {
    "Linear": lambda rng: Linear(3, 3, rng=rng).params["weight"],
    "AutoEncoder": lambda rng: AutoEncoder(3, 2, 1, rng=rng).params["encoder.0.weight"],
    "SGD": lambda rng: sgd(rng=rng, num_epochs=2),
    "add_noise": lambda rng: add_noise(X, 0.1, rng=rng),
    "random_masks": lambda rng: random_masks(5, 3, rng=rng),
    "gradient_check": lambda rng: gradient_check(TanH(), X, rng=rng),
}


@pytest.mark.parametrize("what", SEEDED)
def test_a_seed_is_a_whole_number_or_a_generator(what):
    for rng in ["a", 1.5, np.nan, -1, [1.5], object(), 1j, TanH, [-1]]:
        told = answer(SEEDED[what], rng)
        assert isinstance(told, Refused), f"rng={rng!r} was taken"
        assert told.says.startswith("rng must be a numpy.random.Generator or a seed")
    for rng in [3, np.int64(3), (3, 4), np.random.SeedSequence(3)]:
        np.testing.assert_array_equal(SEEDED[what](rng), SEEDED[what](rng))
    for rng in [None, np.random.default_rng(3), np.random.RandomState(3)]:
        assert not isinstance(answer(SEEDED[what], rng), Refused)


WORDS = {
    "MSELoss": (MSELoss, "reduction"),
    "BinaryCrossEntropy": (BinaryCrossEntropy, "reduction"),
    "CrossEntropy": (CrossEntropyWithLogSoftmax, "reduction"),
    "Linear": (lambda word: Linear(3, 3, init=word), "init"),
    "AutoEncoder init": (lambda word: AutoEncoder(9, 2, 2, init=word), "init"),
    "code": (lambda word: AutoEncoder(9, 2, 2, code=word), "code"),
    "layer_widths": (lambda word: layer_widths(9, 2, 2, word), "widths"),
}


@pytest.mark.parametrize("what", WORDS)
def test_an_unknown_word_is_answered_with_the_known_ones(what):
    call, name = WORDS[what]
    for word in ["avg", "", "Mean", None, True, 3, [], {}, b"mean", TanH, np.array("mean")]:
        told = answer(call, word)
        assert told.says.startswith(f"{name}={word!r} is not known; choose from ")


@pytest.mark.parametrize(
    "make", [lambda d: Linear(3, 3, dtype=d), lambda d: AutoEncoder(3, 2, 1, dtype=d)]
)
def test_a_network_has_a_floating_point_type(make):
    for dtype in [int, "int8", bool, complex, object, str, "nonsense", None, 3, "M8[s]", [], TanH]:
        assert "needs a floating-point dtype, but got" in answer(make, dtype).says
    for dtype in [float, "float", "f2", "float32", np.float64, np.longdouble, np.dtype(">f4")]:
        layer = make(dtype)
        assert {value.dtype for value in layer.params.values()} == {np.dtype(dtype)}


NO_MODULES = [TanH, Linear, None, "tanh", 3, np.tanh, MSELoss(), MSELoss, [TanH()], {"a": TanH()}]
NO_LOSSES = [MSELoss, None, "mse", TanH(), TanH, 3, lambda p, y: 0, [MSELoss()]]


@pytest.mark.parametrize("thing", NO_MODULES, ids=repr)
def test_what_is_no_module_is_refused_and_a_class_gets_its_brackets(thing):
    calls = [
        lambda: Sequential([Linear(3, 3), thing]),
        lambda: Optim(thing, MSELoss(), 0.1),
        *([] if isinstance(thing, MSELoss) else [lambda: gradient_check(thing, X, X)]),
    ]
    for call in calls:
        told = answer(call)
        assert "Module" in told.says
        if isinstance(thing, type):
            assert f"the class {thing.__name__} (did you mean {thing.__name__}(…)?)" in told.says


@pytest.mark.parametrize("thing", NO_LOSSES)
def test_what_is_no_loss_is_refused(thing):
    assert "Loss" in answer(Optim, NETWORK, thing, 0.1).says


@pytest.mark.parametrize("layers", [[], (), None, 3, TanH, "tanh", {"a": 1}, iter(())])
def test_a_network_is_made_of_a_list_of_layers(layers):
    assert answer(Sequential, layers).says.startswith("Sequential ")


def test_widths_and_callbacks_of_another_kind_are_refused():
    assert (
        "widths must be geometric, linear, or a list" in answer(AutoEncoder, 9, 2, 2, widths=3).says
    )
    for thing in (3, "print", [print]):
        assert "callback must be a function" in answer(sgd, callback=thing).says


# Training: by the readable step and by the fast one


@composite
def for_training(draw):
    """A training set of any type and layout, not always one that can be learnt from."""
    rows = draw(integers(1, 9))
    dtypes = draw(sampled_from([["f4"], ["f8"], REAL, [*REAL, *OTHER]]))
    x = draw(arrays((rows, 3), dtypes, 0, 1))
    low, high, whole = draw(sampled_from([(0, 1, False)] * 3 + [(0, 1, True), (-1, 3, False)]))
    shape = draw(sampled_from([(rows, 3)] * 6 + [(rows,)] * 3 + [(rows, 1), (rows + 1, 3), ()]))
    y = draw(arrays(shape, draw(sampled_from([dtypes, ["i8", "u1"]])), low, high, whole))
    spoilt = draw(sampled_from([None] * 3 + [np.nan, np.inf, 2.0]))
    if spoilt is not None and y.dtype.kind == "f" and y.size:
        y = y.copy()
        y.flat[draw(integers(0, y.size - 1))] = spoilt
    return x, y


def without_numbers(says):
    """Return a refusal without what depends on how many rows were looked at."""
    return re.sub(r"-?\d[\d.e+-]*|nan|inf", "#", says)


@pytest.mark.filterwarnings("ignore:The loss was")  # two epochs on two rows may well be in vain
@pytest.mark.parametrize("kind", LOSSES)
@pytest.mark.parametrize("blas", ["scipy", "numpy"])
@settings(max_examples=50)
@given(for_training(), sampled_from(["f4", "f8"]), integers(1, 10), booleans())
def test_both_ways_of_training_learn_alike_and_refuse_alike(kind, blas, pair, dtype, batch, same):
    x, y = pair
    y = x if same else y
    before = x.tobytes(), y.tobytes()
    results = []
    with pytest.MonkeyPatch.context() as patch:
        if blas == "numpy":
            patch.setattr(_fused, "_gemm", lambda dtype: None)
        for way in (Readable, Optim):
            bent = [Sigmoid()] if kind in ("MSELoss", "BinaryCrossEntropy") else []
            network = Sequential([Linear(3, 3, rng=1, dtype=dtype), *bent])
            optim = way(network, LOSSES[kind](), 0.1)
            results.append((answer(optim.SGD, x, y, batch, 2, rng=0), network))
    (slow, one), (quick, other) = results
    assert (x.tobytes(), y.tobytes()) == before
    if isinstance(slow, Refused) or isinstance(quick, Refused):
        assert without_numbers(slow.says) == without_numbers(quick.says)
        return
    assert quick == pytest.approx(slow, rel=1e-4)
    for name, value in one.params.items():
        np.testing.assert_allclose(other.params[name], value, rtol=1e-3, atol=1e-5)


def test_the_property_above_sees_the_fast_step():
    made, of = [], _fused.FusedStep.if_possible
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            _fused.FusedStep, "if_possible", lambda *args: made.append(of(*args)) or made[-1]
        )
        for layout in LAYOUTS:
            x = laid_out(np.random.default_rng(0).uniform(size=(6, 3)), layout)
            Optim(Linear(3, 3, rng=0, dtype="f8"), MSELoss(), 0.1).SGD(x, x, 2, 1)
    assert len(made) == len(LAYOUTS)
    assert all(isinstance(step, _fused.FusedStep) for step in made)


@pytest.mark.parametrize("way", [Readable, Optim])
def test_a_batch_may_be_larger_than_the_training_set(way):
    trained = [
        way(Linear(3, 3, rng=0), MSELoss(), 0.1).SGD(X, X, n, 2, rng=0) for n in (4, 5, 10**9)
    ]
    assert trained[1] == pytest.approx(trained[0])
    assert trained[2] == pytest.approx(trained[0])


TESTS = {  # X_test, Y_test: whether they will do
    "both": (X, [0, 1, 2, 0], True),
    "one-hot": (X, np.eye(3)[[0, 1, 2, 0]], True),
    "no classes": (X, None, False),
    "no images": (None, [0, 1, 2, 0], False),
    "fewer classes": (X, [0, 1, 2], False),
    "a class too many, late": (X, [0, 1, 2, 3], False),
    "a negative class, late": (X, [0, 1, 2, -1], False),
    "floats": (X, [0.0, 1.0, 2.0, 0.0], False),
    "numbers": (3, 4, False),
    "too wide": (np.ones((4, 4)), [0, 1, 2, 0], False),
    "empty": (X[:0], [], False),
}


@pytest.mark.parametrize("what", TESTS)
def test_a_test_set_that_will_not_do_is_refused_before_the_training(what):
    X_test, Y_test, good = TESTS[what]
    network = Linear(3, 3, rng=0)
    before = network.params["weight"].copy()
    result = answer(Optim(network, MSELoss(), 0.1).SGD, X, X, 2, 1, X_test, Y_test)
    assert isinstance(result, Refused) != good
    assert (network.params["weight"] == before).all() != good


@given(arrays((4, 3), ["f4", "f8"], 0, 1), integers(0, 11), sampled_from([np.nan, np.inf, -np.inf]))
def test_training_on_what_is_not_finite_stops_and_says_so(x, place, value):
    x = x.copy()
    x.flat[place] = value
    told = answer(Optim(Linear(3, 3, rng=0, dtype=x.dtype), MSELoss(), 0.1).SGD, x, x, 2, 1)
    assert "look for missing values in X and Y" in told.says


# Accuracy


def labels_of(target, n, k):
    """Return the classes that a target names for (n, k) scores, None if it names none."""
    if not isinstance(target, np.ndarray) or target.dtype.kind not in "biuf" or n == 0:
        return None
    rows = target.tolist()
    if target.shape == (n, k) and all(value in (0, 1) for row in rows for value in row):
        if k == 1:
            return [int(row[0]) for row in rows]
        return [row.index(1) for row in rows] if all(sum(row) == 1 for row in rows) else None
    if target.shape == (n,) and target.dtype.kind in "iu":
        return rows if all(0 <= label < max(k, 2) for label in rows) else None
    return None


@settings(max_examples=150)
@given(integers(0, 4), integers(1, 3), integers(0, 99), none() | integers(0, 11),
       sampled_from(["labels", "labels", "one-hot", "column", "any"]), anything)  # fmt: skip
def test_accuracy_counts_as_one_would_by_hand_or_says_why_not(n, k, seed, nan, kind, other):
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(n, k)).astype(rng.choice(["f2", "f4", "f8"]))
    labels = rng.integers(-1 if nan == 0 else 0, max(k, 2) + (nan == 1), n)
    if nan is not None and scores.size:
        scores.flat[nan % scores.size] = np.nan
    target = {
        "labels": labels.astype(rng.choice(["i1", "i8"])),
        "one-hot": np.eye(max(k, 2), dtype=rng.choice(["?", "f4", "u1"]))[labels.clip(0, k - 1)],
        "column": (labels > 0).astype("f8")[:, None],
        "any": other,
    }[kind]
    result, labels = answer(accuracy, scores, target), labels_of(target, n, k)
    assert isinstance(result, Refused) == (labels is None)
    if labels is not None:
        right = 0
        for row, label in zip(plain(scores), labels, strict=True):
            best = int(row[0] > 0.5) if k == 1 else max(range(k), key=lambda c, row=row: row[c])
            right += not np.isnan(row).any() and best == label
        assert result == right / n


# Noise, masks and the ten digits


@given(anything, floats(0, 2), booleans())
def test_noise_is_within_its_amplitude_or_refused(x, amplitude, clip):
    before = x.tobytes()
    noisy = answer(add_noise, x, amplitude, rng=0, clip=clip)
    assert isinstance(noisy, Refused) != is_table(x)
    if isinstance(noisy, Refused):
        return
    noise = np.random.default_rng(0).uniform(-1, 1, x.shape)
    expected = plain(x) + amplitude * noise
    assert_right(noisy, expected.clip(0, 1) if clip else expected, kept(x), scale=5)
    assert x.tobytes() == before
    assert not np.shares_memory(noisy, x)


@settings(max_examples=100)
@given(integers(-1, 3), integers(-1, 3), integers(-1, 3), integers(-1, 6))
def test_a_square_is_where_it_was_ordered_or_refused(size, row, column, side):
    mask = answer(square_mask, size, row, column, side)
    fits = side >= 1 and min(size, row, column) >= 0 and max(row, column) + size <= side
    assert isinstance(mask, Refused) != fits
    if fits:
        inside = [
            row <= r < row + size and column <= c < column + size
            for r in range(side)
            for c in range(side)
        ]
        assert mask.tolist() == inside


@given(integers(-1, 3), integers(-1, 4), integers(-1, 3))
def test_random_squares_are_as_many_and_as_large_as_ordered_or_refused(n, size, side):
    masks = answer(random_masks, n, size, side=side, rng=0)
    fits = n >= 0 and side >= 1 and 0 <= size <= side
    assert isinstance(masks, Refused) != fits
    if fits:
        assert masks.shape == (n, side * side)
        assert masks.sum(axis=1).tolist() == [size**2] * n


@settings(max_examples=100)
@given(anything, arrays(dtypes=[*["?"] * 30, *REAL, *OTHER]), integers(0, 2), floats(-2, 2))
def test_cutting_out_fills_the_mask_alone_or_is_refused(x, mask, fit, fill):
    if fit and x.ndim == 2 and x.size:
        mask = np.resize(mask if mask.size else np.zeros(1, mask.dtype), x.shape[2 - fit :])
    before = x.tobytes(), mask.tobytes()
    cut = answer(apply_mask, x, mask, fill)
    fits = is_table(x) and mask.dtype == bool and mask.shape in (x.shape, x.shape[1:])
    assert isinstance(cut, Refused) != fits
    assert (x.tobytes(), mask.tobytes()) == before
    if fits:
        assert_right(cut, np.where(mask, fill, plain(x)), kept(x), scale=2)
        assert not np.shares_memory(cut, x)


@given(integers(0, 99), integers(8, 40), arrays((40, 3), low=0, high=1), integers(-1, 1))
def test_first_of_each_digit_is_the_first_of_each_digit_or_refused(seed, n, x, more):
    labels = np.random.default_rng(seed).permutation(np.arange(n + more) % 11)
    ten = answer(mnist.first_of_each_digit, x[:n], labels)
    fits = len(labels) == n and set(range(10)) <= set(labels.tolist())
    assert isinstance(ten, Refused) != fits
    if fits:
        firsts = [labels.tolist().index(digit) for digit in range(10)]
        assert_right(ten, plain(x)[firsts], kept(x))


@settings(max_examples=100)
@given(integers(-1, 12), integers(-1, 12), integers(-1, 4), sampled_from(["geometric", "linear"]))
def test_widths_are_spread_evenly_or_refused(first, last, steps, how):
    widths = answer(layer_widths, first, last, steps, how)
    fits = steps >= 1 and 1 <= last <= first
    assert isinstance(widths, Refused) != fits
    assert isinstance(answer(AutoEncoder, first, last, steps, widths=how), Refused) != fits
    if fits:
        for step, width in enumerate(widths):
            way = step / steps
            even = (
                first ** (1 - way) * last**way
                if how == "geometric"
                else first + way * (last - first)
            )
            assert abs(width - even) <= 0.5 + 1e-9


# The gradient check


@given(anything)
def test_the_gradient_check_passes_what_is_right_or_says_why_not(x):
    result = answer(gradient_check, Sequential([Softmax(), TanH()]), x)
    assert isinstance(result, Refused) != (is_table(x) and x.size > 0)
    if not isinstance(result, Refused):
        assert 0 <= result < 1e-6


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("what", [TanH(), MSELoss()])
def test_the_gradient_check_wants_finite_numbers(what, value):
    x = X.copy()
    x[2, 1] = value
    assert "gradient_check needs finite numbers" in answer(gradient_check, what, x, X).says
    assert "gradient_check needs finite numbers" in answer(gradient_check, what, X[:0], X[:0]).says


# The table of the book


def bad_input():
    """Return the rows of the library reference's tables of bad input, and what they start from."""
    section = REFERENCE.read_text(encoding="utf-8").split("## What it says to bad input")[1]
    section = section.split("\n## ")[0]
    start = re.search(r"```python\n(.*?)```", section, re.DOTALL)[1]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    return start, rows


START, ROWS = bad_input()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("`")[1])
def test_the_reference_says_what_the_library_says(row):
    names = {}
    exec(START, names)
    expression = row.split("`")[1]
    try:
        result = eval(expression, names)
    except Exception as error:
        now = f"| `{expression}` | `{type(error).__name__}` | `{error}` |"
        assert row == now, f"in book/{REFERENCE.name}, this row ought to be\n{now}"
    else:
        pytest.fail(
            f"{expression} is no mistake (any more): it gives {result!r}. Take another example in "
            f"book/{REFERENCE.name}."
        )


def test_the_reference_has_enough_rows_and_no_two_alike():
    assert len(ROWS) == len(set(ROWS)), f"two rows of book/{REFERENCE.name} are alike"
    assert 50 <= len(ROWS) <= 90, f"book/{REFERENCE.name} shows the mistakes that happen most"
