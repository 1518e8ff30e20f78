"""Is this function right? Compare it with another on the same inputs. Floor 6."""

import copy
import signal

import numpy as np

from nnlib.checks.report import Case, Unchanged


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
    name = "the result" if name == "<lambda>" else f"{name}({', '.join(inputs)})"
    case = Case(name, **inputs)
    expected = right(*copy.deepcopy(list(inputs.values())))
    given = copy.deepcopy(inputs)
    with Unchanged(case, **given):
        got = case.run(mine, *given.values())
    if not isinstance(expected, tuple):
        case.equal(got, expected)
        return
    if got is None:
        case.fail("nothing was returned: it must end with `return …`.")
    if not isinstance(got, tuple | list) or len(got) != len(expected):
        case.fail(f"it must return {len(expected)} arrays, separated by commas.", got)
    for number, (one, other) in enumerate(zip(got, expected, strict=True), start=1):
        part = Case(f"result {number} of {len(expected)} of {name}", **inputs)
        mistakes = [
            (f"this is result {at}: they must come in the right order.", value)
            for at, value in enumerate(expected, start=1)
            if np.shape(value) != np.shape(other)
        ]
        part.equal(one, other, mistakes)


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
