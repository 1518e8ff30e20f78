"""Is this function right? Compare it with another on the same inputs."""

import copy
import signal

import numpy as np

from nnlib.checks.diagnosis import Trial
from nnlib.checks.report import Case, Unchanged, judge

WORDS = {2: "two", 3: "three", 4: "four"}


def same_result(mine, right, **inputs) -> None:
    """Check that a function gives what another one gives, and leaves its inputs as they are.

    Args:
        mine: the function to check. It may return one array or a tuple of them.
        right: a function that is right.
        inputs: arrays and numbers that both are called with, by position.

    Raises:
        CheckFailed: what came out, what was expected, and the likely cause.
    """
    name = getattr(mine, "__name__", "function")
    case = Case("the result" if name == "<lambda>" else f"{name}({', '.join(inputs)})", **inputs)
    expected = right(*copy.deepcopy(list(inputs.values())))
    got = call(case, mine)
    if isinstance(expected, tuple):
        compare_parts(case, got, expected)
    else:
        case.equal(got, expected)


def call(case, function):
    """Return what a student's function returns; it must leave its inputs as they are."""
    given = copy.deepcopy(case.given)
    with Unchanged(case, **given):
        return case.run(function, *given.values())


def compare_parts(case, got, expected, mistakes=None, order="they must come in the right order"):
    """Compare several results of a function with the right ones.

    Args:
        case: the call.
        got, expected: what came out, and what should have, a tuple.
        mistakes: for each result, pairs of a cause and a value.
        order: what is said of the order of the results, where they came in another.
    """
    count = len(expected)
    several = isinstance(got, tuple | list) and len(got) == count
    said = f"it must return {WORDS.get(count, count)} arrays, separated by commas."
    case.require(got is None or several, said, got)
    got = (None,) * count if got is None else got
    for at, (one, other) in enumerate(zip(got, expected, strict=True)):
        part = Case(f"result {at + 1} of {count} of {case.what}", **case.given)
        others = [
            (f"this is result {number}: {order}.", value)
            for number, value in enumerate(expected, start=1)
            if np.shape(value) != np.shape(other)
        ]
        part.equal(one, other, [*others, *(mistakes[at] if mistakes else ())])


def compare(name, function, right, mistakes, cases, otherwise=None):
    """Compare a function with a right one, on several inputs.

    Args:
        name: of the function.
        function, right: the student's, and the right one.
        mistakes: a generator of pairs of a cause and a value, of the same inputs.
        cases: the inputs, by name.
        otherwise: the cause to name where none of these explains all results.
    """

    def result(case):
        got = call(case, function)
        return got if np.ndim(right(*case.given.values())) else one_number(got)

    trials = []
    for given in cases:
        case, expected = Case(f"{name}({', '.join(given)})", **given), right(*given.values())
        wrong = mistakes(*given.values())
        trials.append(Trial(case, result(case), expected, wrong, exact=1e-5))
    first = trials[0]
    if first.result is not None and np.isfinite(first.result).all():
        said = "called once more, it gives something else: is a result of before kept?"
        again = Trial(first.case, result(first.case), first.result)
        first.case.require(again.is_right, said, first.got)
    judge(trials, otherwise)


def result_like(case, got, expected):
    """Return a result as an array; fail unless it has the shape expected, and finite numbers."""
    result = Trial(case, got, expected).result
    if result is None or result.shape != np.shape(expected) or not np.isfinite(result).all():
        case.equal(got, expected)  # says what is wrong with that
    return result


def one_number(got):
    """Return the number out of an array that holds one, and anything else as it is."""
    return got.reshape(()) if isinstance(got, np.ndarray) and got.size == 1 else got


def limit(seconds: int) -> None:
    """Stop what runs with a TimeoutError once some seconds have passed; 0 takes the limit away.

    For graders: an answer that loops for ever fails its own test then. Does nothing on Windows,
    which has no such signal.
    """

    def stop(*_):
        raise TimeoutError(f"it took longer than {seconds} seconds")

    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, stop)
        signal.alarm(seconds)
