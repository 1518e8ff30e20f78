"""Is this module right? Its values and gradients, and what every module promises.

What is right, the library's own class says, in float64: a `Reference` brings it together with what
the usual mistakes give. Mistakes are generators: `yield cause, value`, with a tuple of causes where
several mistakes come together.
"""

import functools

import numpy as np

from nnlib import activations
from nnlib.checks.diagnosis import (
    Trial,
    tolerance,
    transformed,
)
from nnlib.checks.laws import (
    module_laws,
    params_unchanged,
)
from nnlib.checks.report import (
    Case,
    CheckFailed,
    Unchanged,
    explain_error,
    judge,
)

#: Rows, columns in and columns out: coprime, so that no ratio of two is another, or 2.
SHAPES = [(5, 3, 4), (7, 5, 3)]
#: Where all are equal, no mistake ends in shapes that do not fit: it can be told by its values.
SQUARES = [(3, 3, 3), (4, 4, 4)]


class Reference:
    """A module of the library, and the usual mistakes in one like it; for a student's `cls`.

    Mistakes are generators: they yield pairs of a cause (or a tuple of several) and what comes out,
    an array, or a function that returns one.
    """

    name, shapes, squares = None, SHAPES, SQUARES
    hints = "", ""  # for an error in forward and in backward
    inputs = "one row", "integers", "float32", "one column"  # that are tried besides

    def __init__(self, cls):
        self.cls = cls

    def make(self, *sizes):
        """Return an object of the student's class."""
        return self.cls()

    def right(self, module):
        """Return the library's module in float64, with the student's parameters."""
        return getattr(activations, self.name)()

    def called(self, *sizes):
        """Return what it is called in messages."""
        return self.name

    def wrong_outputs(self, x, right):
        """Yield mistakes in forward."""
        return ()

    def wrong_gradients(self, key, x, g, right):
        """Yield mistakes in the gradient of the "input", or of the parameter `key`."""
        return getattr(self, f"wrong_{key}", lambda *_: ())(x, g, right)


def check_module(reference):
    """Compare a student's module with the library's, then look at what every module promises."""
    try:
        _compare(reference, reference.shapes)
    except CheckFailed as failed:
        # An error of shapes tells little. Where all sizes are equal, there is none, and the values
        # tell which mistake it is.
        error = getattr(failed, "error", None)
        if not isinstance(error, ValueError | IndexError):
            raise
        try:
            _compare(reference, reference.squares)
        except CheckFailed as square:
            head, _, _ = str(failed).rpartition("Likely cause: ")
            _, word, cause = str(square).rpartition("Likely cause: ")
            if not hasattr(square, "error") and "no simple mistake" not in cause:
                failed = CheckFailed(f"{head}{word}{cause} So {explain_error(error, brief=True)}")
        raise failed from None
    sizes = reference.shapes[0][1:]
    _special_inputs(reference, *sizes)
    x, earlier = (draw(seed, 6, sizes[0]) for seed in (5, 6))
    module_laws(reference.called(*sizes), lambda: reference.make(*sizes), x, earlier)


def draw(seed, *shape, size=2.4):
    """Return numbers up to `size`, with two digits."""
    values = np.random.default_rng(seed).uniform(-size, size, shape).round(2)
    return np.where(values == 0, 0.35, values)  # zero is a special case, tried by itself


def _compare(reference, shapes):
    runs = [_Run(reference, seed, *shape) for seed, shape in enumerate(shapes)]
    judge([run.forward() for run in runs])
    for trials in zip(*(run.backward() for run in runs), strict=True):
        judge(trials)


class _Run:
    """A student's module on one input, beside the library's."""

    def __init__(self, reference, seed, rows, *sizes):
        self.reference, self.sizes, self.seed = reference, sizes, seed
        self.name, self.x = reference.called(*sizes), draw(10 + seed, rows, sizes[0])

    def start(self):
        """Make both anew: of objects that share what they should not, none is left."""
        self.module = self.reference.make(*self.sizes)
        self.right = self.reference.right(self.module)

    def forward(self):
        """Return a trial of what forward returns."""
        self.start()
        case = Case(f"{self.name}.forward", self.reference.hints[0], x=self.x)
        with Unchanged(case, x=(given := self.x.copy())):
            y = case.run(self.module.forward, given)
        wrong, right = self.reference.wrong_outputs(self.x, self.right), self.right.forward
        self.output = Trial(case, y, right(self.x), wrong, transformed(right, x=self.x))
        return self.output

    def backward(self):
        """Return trials of all gradients; they are no more exact than what forward kept."""
        self.start()
        self.g = draw(20 + self.seed, *self.right.forward(self.x).shape, size=1.3)
        given = {"x": self.x, "grad_output": self.g}
        case, g = Case(f"{self.name}.backward", self.reference.hints[1], **given), self.g.copy()
        case.run(self.module.forward, self.x.copy())
        with Unchanged(case, grad_output=g), params_unchanged(case, self.module):
            got = case.run(self.module.backward, g)
        trials, exact = [], tolerance(self.output.got, self.output.result)
        for key in ("input", *self.right.grads):
            part = case if key == "input" else Case(f"{case.what}: grads[{key!r}]", **given)
            result = got if key == "input" else self.module.grads.get(key)
            value = self.gradient(key, **given)
            wrong = self.reference.wrong_gradients(key, self.x, self.g, self.right)
            trials.append(Trial(part, result, value, wrong, self.general(key), exact=exact))
        return trials

    def gradient(self, key, x, grad_output):
        """Return the right gradient of the input or of a parameter."""
        self.right.zero_grad()
        self.right.forward(x)
        return np.array({"input": self.right.backward(grad_output), **self.right.grads}[key])

    def general(self, key):
        """Yield mistakes that any module may have in a gradient."""
        there = "the derivative is taken at grad_output, not at the input of forward: keep that."
        for v in (self.g, np.ones_like(self.g), self.x):
            yield there, lambda v=v: self.gradient(key, self.g, v)
        gradient = functools.partial(self.gradient, key)
        yield from transformed(gradient, x=self.x, grad_output=self.g)


def _special_inputs(reference, inputs, *rest):
    """One row, one column, integers, float32: all are tables like any other."""
    whole = np.resize([0, 1, -2, 2, -1, 3], (2, inputs))
    tables = {
        "one row": draw(3, 1, inputs), "integers": whole, "float32": np.float32(whole),
        "one column": draw(4, 5, 1),
    }  # fmt: skip
    for what, x in tables.items():
        if what not in reference.inputs:
            continue
        module = reference.make(x.shape[1], *rest)
        right = reference.right(module)
        case = Case(f"{reference.called(x.shape[1], *rest)}.forward, with {what},", x=x)
        wrong = reference.wrong_outputs(np.float64(x), reference.right(module))
        got, out = case.run(module.forward, x.copy()), right.forward(np.float64(x))
        said = "the result has an integer dtype: the input's dtype was used for it."
        case.require(np.asarray(got).dtype.kind not in "iu", said, got)
        exact = 1e-4 if np.float32 in (x.dtype, getattr(got, "dtype", None)) else None
        otherwise = f"it is right for other inputs, and wrong for {what}."
        if what == "integers":
            otherwise += " Is a zero, or a whole number, treated in another way?"
        judge([Trial(case, got, out, wrong, exact=exact)], otherwise)
        case.what, g = case.what.replace("forward", "backward"), draw(2, *out.shape)
        judge([Trial(case, case.run(module.backward, g.copy()), right.backward(g), exact=exact)])
