"""What a check says when something is wrong: input, result, expected result, likely cause. Floor 6.

A mistake has a signature: a bias gradient that is averaged where it should be added up comes out as
one particular array. So each check works out what the usual mistakes would give, and names the one
that fits.
"""

import copy

import numpy as np

UNKNOWN = "the values are wrong, and no simple mistake explains them: go through the formula."


class CheckFailed(AssertionError):
    """A check found a mistake; the message says where and what the cause may be."""


class Case:
    """One thing that is checked: how it is called in messages, and what it was given.

    A `hint` is added where the student's code stops with an error.
    """

    def __init__(self, what, hint="", **given):
        self.what, self.hint, self.given = what, hint, given

    def fail(self, cause, got=None, expected=None):
        """Raise CheckFailed."""
        lines = [f"{self.what} is not right."]
        lines += [f"Given {name} = {show(value)}" for name, value in self.given.items()]
        lines += [f"Got {show(got)}"] if got is not None else []
        lines += [f"Expected {show(expected)}"] if expected is not None else []
        raise CheckFailed("\n".join([*lines, f"Likely cause: {cause}"]))

    def run(self, function, *args, **keywords):
        """Return what a student's function returns; an error in it fails the check."""
        try:
            with np.errstate(all="ignore"):
                return function(*args, **keywords)
        except Exception as error:
            cause = f"it stopped with {type(error).__name__}: {error}."
            if isinstance(error, NotImplementedError):
                cause = "this method is still to be written."
            elif "matmul" in str(error) or "broadcast" in str(error) or "aligned" in str(error):
                cause += " The shapes do not fit: is a matrix to be transposed, or"
                cause += " keepdims=True missing in a sum or maximum, or is * written for @?"
            elif isinstance(error, AttributeError) and (
                "params" in str(error) or "grads" in str(error)
            ):
                cause += " Begin __init__ with super().__init__()."
            elif isinstance(error, KeyError):
                cause += " Was a dict replaced or emptied? Change the arrays in it, in place."
            cause += f" {self.hint}" if self.hint else ""
            try:
                self.fail(cause)
            except CheckFailed as failed:
                raise failed from error

    def equal(self, got, expected, mistakes=(), otherwise=None):
        """Fail unless a result is the expected one.

        Args:
            got: what the student's code returned.
            expected: an array or a number.
            mistakes: pairs of a cause and what would come out then, each an array, or a function
                without arguments that returns one.
            otherwise: the cause to name where none of these fits, if one is likelier than all else.
        """
        expected = np.asarray(expected, dtype=np.float64)
        if got is None:
            self.fail("nothing was returned: it must end with `return …`.", None, expected)
        try:
            result = np.asarray(got, dtype=np.float64)
        except (TypeError, ValueError):
            self.fail(f"this is {type(got).__name__}, not an array of numbers.", got, expected)
        tolerance = 2e-5 if getattr(got, "dtype", None) == np.float32 else 1e-7
        if result.shape == expected.shape and near(result, expected, tolerance):
            return
        with np.errstate(all="ignore"):
            for cause, value in mistakes:
                value = np.asarray(value() if callable(value) else value, dtype=np.float64)
                fits = result.shape == value.shape and near(result, value, 10 * tolerance)
                if fits and not (
                    value.shape == expected.shape and near(value, expected, tolerance)
                ):
                    self.fail(cause, got, expected)
        comparable = result.shape == expected.shape and np.isfinite(result).all()
        cause = (
            otherwise
            if otherwise and comparable
            else _cause(np.asarray(got), result, expected, self._rows(expected))
        )
        self.fail(cause or UNKNOWN, got, expected)

    def _rows(self, expected):
        """Return how many rows the first table has that was given."""
        tables = [value for value in self.given.values() if np.ndim(value) == 2]
        return len(tables[0]) if tables else len(expected) if expected.ndim else 1


def near(one, other, tolerance):
    """Return whether two arrays of one shape agree, relative to the largest number in them."""
    if not np.isfinite(one).all() or not np.isfinite(other).all():
        return False
    scale = max(abs(other).max(initial=0), abs(one).max(initial=0), 1e-12)
    return bool((abs(one - other) <= tolerance * scale).all())


def show(value) -> str:
    """Return an array or a number, short enough to be read."""
    if isinstance(value, np.ndarray) and value.ndim:
        text = np.array2string(value, precision=4, separator=", ", threshold=40, max_line_width=88)
        return f"an array of shape {value.shape}:\n{text}"
    return f"{value:.6g}" if isinstance(value, float | np.floating) else f"{value!r}"


def _cause(got, result, expected, rows) -> str | None:
    """Say what would turn the expected array into this one, or None."""
    if result.shape != expected.shape:
        return _cause_of_shape(result, expected)
    if not np.isfinite(result).all():
        return (
            "it is not finite: look for an overflow (exp of a large number), for log(0) and for a "
            "division by zero."
        )
    simple = {
        "the sign is turned round.": -expected,
        "it is zero everywhere: is it computed, and kept?": 0 * expected,
        "it is half of what it should be: a factor of 2 is missing.": expected / 2,
        "it is twice what it should be: a factor of 2 too many.": expected * 2,
        f"it is {rows} times too small, as a mean over the {rows} rows is.": expected / rows,
        f"it is {rows} times too large: a division by the {rows} rows is missing.": expected * rows,
        "values are rounded to integers.": np.round(expected),
        "values are cut to integers: look for an integer dtype.": np.trunc(expected),
    }
    for cause, value in simple.items():
        if near(result, value, 1e-6):
            return cause
    if near(result, expected, 2e-3):
        if got.dtype == np.float16:
            return "its precision is too low: float16 keeps three digits."
        return (
            "it is nearly right, but not precise: is a small number added, or a value clipped, "
            "where it need not be?"
        )
    large = abs(expected) > 1e-6
    ratios = result[large] / expected[large]
    if large.any() and near(ratios, np.full_like(ratios, ratios.flat[0]), 1e-5):
        return f"all of it is {ratios.flat[0]:.4g} times what it should be: a factor is wrong."
    if expected.ndim == 2 and near(result[:1], expected[:1], 1e-6):
        return "the first row is right, others are not: does each row get its own numbers?"
    return None


def _cause_of_shape(result, expected) -> str:
    wrong = f"the shape is {result.shape}, but must be {expected.shape}"
    if result.shape == expected.shape[::-1]:
        return f"{wrong}: it is transposed."
    if expected.ndim and expected.shape[0] == 1 and result.shape == expected.shape[1:]:
        return f"{wrong}: one row is still a table, so no axis may be squeezed away."
    if result.size == expected.size:
        return f"{wrong}: do not flatten or reshape it."
    if not expected.ndim:
        return f"{wrong}: it must be one number, so the sum or mean must go over all axes."
    return f"{wrong}: over which axis does a sum or a product go?"


class Unchanged:
    """Watches arrays that a student's code is given: they belong to the caller."""

    def __init__(self, case, **arrays):
        self.case, self.arrays = case, arrays

    def __enter__(self):
        self.before = copy.deepcopy(self.arrays)

    def __exit__(self, kind, *_):
        if kind is None:
            for name, array in self.arrays.items():
                if isinstance(array, np.ndarray) and not np.array_equal(array, self.before[name]):
                    self.case.fail(
                        f"{name} was changed in place. It belongs to the caller: work on a copy, "
                        "and look for operators such as -= and for out=."
                    )


def global_generator_unused(case, function):
    """Return what a function returns; fail if it drew from, or seeded, NumPy's global generator."""
    before = np.random.get_state()  # noqa: NPY002
    result = case.run(function)
    after = np.random.get_state()  # noqa: NPY002
    if before[2] != after[2] or not np.array_equal(before[1], after[1]):
        np.random.set_state(before)  # noqa: NPY002
        case.fail(
            "it uses NumPy's global generator (np.random.seed, np.random.normal, …), which all "
            "programs share: use rng = np.random.default_rng(rng)."
        )
    return result
