"""What a check says when something is wrong: input, result, expected result, likely cause.

Only a student's own words and lines occur in it: an error in their code is put into a sentence, and
what happened inside the checks is not shown.
"""

import copy
import functools
import linecache
import re
import sys
import traceback
import warnings
from pathlib import Path

import numpy as np

from nnlib.checks.diagnosis import Trial, explain
from nnlib.gradient_check import CheckFailed

UNKNOWN = "the values are wrong, and no simple mistake explains them: go through the formula."
HERE = str(Path(__file__).parents[1])  # of the library, whose lines are not the student's


def check(function):
    """Turn a function of a student's class into a check: it answers in one message, or not at all.

    Warnings of NumPy are silenced, since a check tries numbers that overflow on purpose.
    """

    @functools.wraps(function)
    def checked(cls):
        _refuse_object(f"checks.{function.__name__}", cls)
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                function(cls)
        except CheckFailed as failed:
            raise failed.with_traceback(None) from None
        except Exception as error:
            if student_line(error) is None:
                raise  # a mistake of ours
            case, said = Case(getattr(cls, "__name__", "the class")), explain_error(error)
        else:
            return
        case.fail(said)

    return checked


def _refuse_object(name, cls):
    """Fail if an object of a class was handed in, in place of the class."""
    nameless = hasattr(cls, "__dict__") and not hasattr(cls, "__name__")
    if not callable(cls) or (nameless and not isinstance(cls, type)):
        kind = type(cls).__name__
        known = hasattr(cls, "forward") or hasattr(cls, "SGD")
        cause = f"brackets too many: write {name}({kind})." if known else "another name."
        said = f"{name} takes the class itself, but got {_an(kind)} object."
        raise CheckFailed(f"{said}\nLikely cause: {cause}")


class Case:
    """One thing that is checked: how it is called in messages, and what it was given.

    A `hint` is added where the student's code stops with an error.
    """

    def __init__(self, what, hint="", **given):
        self.what, self.hint, self.given = what, hint, given

    def fail(self, cause, got=None, expected=None):
        """Raise CheckFailed."""
        lines = [f"{self.what} is not right."]
        lines += [f"Given {name} = {format_value(value)}" for name, value in self.given.items()]
        lines += [f"Got {format_value(got)}"] if got is not None else []
        lines += [f"Expected {format_value(expected)}"] if expected is not None else []
        raise CheckFailed("\n".join([*lines, f"Likely cause: {cause}"]))

    def require(self, fine, cause, got=None, expected=None):
        """Fail unless something is so."""
        if not fine:
            self.fail(cause, got, expected)

    def require_all(self, conditions, got=None):
        """Fail at the first of some conditions that is not met: pairs of it and the cause."""
        for fine, cause in conditions:
            self.require(fine, cause, got)

    def run(self, function, *args, **keywords):
        """Return what a student's function returns; an error in it fails the check."""
        try:
            with np.errstate(all="ignore"):
                return function(*args, **keywords)
        except CheckFailed:
            raise
        except Exception as error:
            try:
                self.fail(explain_error(error) + (f" {self.hint}" if self.hint else ""))
            except CheckFailed as failed:
                failed.error = error
                raise failed from None

    def equal(self, got, expected, mistakes=(), otherwise=None):
        """Fail unless a result is the expected one.

        Args:
            got: what the student's code returned.
            expected: an array or a number.
            mistakes: pairs of a cause and what would come out then, each an array, or a function
                without arguments that returns one.
            otherwise: the cause to name where none of these fits, if one is likelier than all else.
        """
        judge([Trial(self, got, expected, mistakes)], otherwise)


def judge(trials, otherwise=None):
    """Fail, with the cause that explains all trials, unless each gave what was expected."""
    for trial in trials:
        said = "nothing was returned: it must end with `return …`."
        trial.case.require(trial.got is not None, said, None, trial.expected)
        said = f"this is {_an(type(trial.got).__name__)}, not an array of numbers."
        trial.case.require(trial.result is not None, said, trial.got, trial.expected)
    wrong = [trial for trial in trials if not trial.is_right]
    if wrong:
        first = wrong[0]
        hinted = otherwise and first.result.shape == first.right.shape
        hinted = hinted and np.isfinite(first.result).all()
        cause = explain(trials, only_named=hinted) or (otherwise if hinted else UNKNOWN)
        first.case.fail(cause, first.got, first.expected)


def _an(noun):
    return f"{'an' if noun[:1] in 'aeiouAEIOU' else 'a'} {noun}"


def format_value(value) -> str:
    """Return an array or a number, short enough to be read."""
    if isinstance(value, np.ndarray) and value.ndim:
        text = np.array2string(value, precision=4, separator=", ", threshold=40, max_line_width=88)
        return f"an array of shape {value.shape}:\n{text}"
    if (
        isinstance(value, float | np.floating | np.ndarray)
        and np.asarray(value).dtype.kind in "biuf"
    ):
        return f"{float(value):.6g}"
    text = repr(value)
    return text if len(text) < 200 else f"{text[:200]}…"


# --- Errors in the student's code -----------------------------------------------------------------

#: What an error says, as a pattern, and what its cause may be in a class like these.
ERRORS = [
    (r"^\w+ has no (forward|backward)",
     r"the method \1 is missing: is it spelt so, and indented so that it belongs to the class?"),
    (r"super\(\)\.__init__|has no attribute '(params|grads|layers)'",
     "begin __init__ with super().__init__(…), which makes params and grads."),
    (r"Widths do not fit|expects an array of shape|gave an output of shape",
     "each layer takes what the one before it gives, on the way back what the next one gives; a "
     "decoder is the mirror image of its encoder (widths[::-1])."),
    (r"pop from empty", "what forward kept is taken away by backward; the last of it must stay, "
     "for a second backward."),
    (r"object has no attribute '(permutation|shuffle|normal|standard_normal|uniform|choice|random"
     r"|integers)'", "begin with rng = np.random.default_rng(rng): rng may be a seed (a whole "
     "number), a generator or None."),
    (r"object has no attribute '(\w+)'", r"`\1` is used before it is set, or has another name "
     "there: what forward keeps in self, backward must call by the same name."),
    (r"name '(self)' is not defined", r"`\1` must be the first argument of the method."),
    (r"(?:name|variable) '(\w+)' (?:is not defined|where|referenced)", r"`\1` is misspelt, not set "
     r"before it is used, or kept in self and so to be called self.\1."),
    (r"takes \d+ positional arguments? but \d+ were given", "the method has another number of "
     "arguments: the first must be `self`, then those that the exercise names."),
    (r"missing \d+ required positional argument",
     "an argument is left out in a call, or `self` is missing before the method's name or among "
     "its arguments."),
    (r"unexpected keyword argument '(\w+)'|takes no arguments",
     r"a method, or __init__, is missing, or has other arguments than in the exercise (`\1`)."),
    (r"NoneType|does not have enough dimensions", "something is None where an array belongs: was "
     "it kept by forward, and does each method end with `return …`?"),
    (r"non-broadcastable output operand with shape (\(.*?\)) doesn't match the broadcast shape "
     r"\(1,\d", r"an array of shape \1 cannot take a table of one row: without keepdims=True the "
     "sum has the right shape."),
    (r"non-broadcastable output operand with shape (\(\d+,\))", r"an array of shape \1 cannot take "
     "a table: the sum over the rows, axis=0, is missing, or goes along another axis."),
    (r"matmul|aligned|broadcast|axes don't match", "the shapes do not fit: is a matrix to be "
     "transposed (.T), does a sum go along the wrong axis, is keepdims=True missing, or is * "
     "written for @?"),
    (r"Cannot cast ufunc", "the array on the left holds whole numbers, and cannot take others: "
     "make it with a floating-point dtype."),
    (r"only (?:length-1|0-dimensional|integer scalar) arrays", "an array stands where one number "
     "belongs: the sum or mean must go over all axes."),
    (r"arrays used as indices must be of integer|only integers, slices", "an index must be a whole "
     "number: targets that are one-hot rows, or floats, are no indices."),
    (r"index -?\d+ is out of bounds|too many indices", "an index is too large: are rows and columns"
     " exchanged, labels and one-hot rows confused, or is a count used as an index?"),
    (r"truth value of an array",
     "an array has no single truth value: compare with .any(), .all() or np.where."),
    (r"changed size during|maximum recursion",
     "a method calls itself without an end, or a dict changes while it is gone through."),
    (r"not callable", "brackets stand behind something that is no function: is an attribute called "
     "like a method, or is an operator missing before a bracket?"),
]  # fmt: skip


def explain_error(error, brief=False) -> str:
    """Return what stopped the student's code: the error, their line, and the likely cause."""
    if isinstance(error, NotImplementedError) and " has no " not in str(error):
        return "this method is still to be written."
    text = " ".join(str(error).split()).rstrip(".")
    line = student_line(error)
    said = f"it stopped with {type(error).__name__}: {text}"
    said += f", in your line `{line}`." if line else "."
    if isinstance(error, KeyError):
        return f"{said} Is the name right, and was a dict replaced or emptied?"
    for pattern, cause in ERRORS:
        if not brief and (found := re.search(pattern, text)):
            cause = found.expand(cause)
            return f"{said} {cause[0].upper()}{cause[1:]}"
    return said


def student_line(error) -> str | None:
    """Return the student's innermost line that led to an error: "" unread, None if none did."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        outside = frame.filename.startswith(HERE) or "site-packages" in frame.filename
        if not outside and not frame.filename.startswith((sys.base_prefix, "<__array")):
            return linecache.getline(frame.filename, frame.lineno).strip()
    return None


# --- What belongs to others -----------------------------------------------------------------------


class Unchanged:
    """Watches arrays that a student's code is given: they belong to the caller."""

    def __init__(self, case, **arrays):
        self.case, self.arrays = case, arrays

    def __enter__(self):
        self.before = copy.deepcopy(self.arrays)

    def __exit__(self, kind, *_):
        arrays = self.arrays.items() if kind is None else ()
        for name, array in ((name, one) for name, one in arrays if isinstance(one, np.ndarray)):
            said = f"{name} was changed in place. It belongs to the caller: work on a copy, and "
            said += "look for operators such as -= and for out=."
            self.case.require(np.array_equal(array, self.before[name]), said)


def global_generator_unused(case, function):
    """Return what a function returns; fail if it drew from, or seeded, NumPy's global generator."""
    before = np.random.get_state()  # noqa: NPY002
    try:
        result = case.run(function)
        after = np.random.get_state()  # noqa: NPY002
    finally:
        np.random.set_state(before)  # noqa: NPY002
    said = "it uses NumPy's global generator (np.random.seed, np.random.normal, …), which all "
    said += "programs share: use rng = np.random.default_rng(rng)."
    case.require(before[2] == after[2] and np.array_equal(before[1], after[1]), said)
    return result


def check_seeds(case, draw):
    """Fail unless the same seed gives the same numbers, and another seed others."""

    def alike(one, other):
        return np.array_equal(case.run(draw, one), case.run(draw, other))

    use = "use the rng that you are given."
    same = alike(0, 0) and alike(1, 1)
    case.require(same, f"the same seed, 0 or 1, gives other numbers: {use}")
    case.require(not alike(1, 2), f"another seed gives the same numbers: {use}")
    said = "without a seed (rng=None) the numbers must differ from time to time."
    case.require(not alike(None, None), said)
    generator = np.random.default_rng(3)
    said = "a generator given as rng must be drawn from, not copied or seeded anew: two layers "
    case.require(not alike(generator, generator), f"{said}that share one would be alike.")
