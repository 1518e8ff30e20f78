"""The checks of functions, those of the exercises above all, and the limit on an answer's time."""

import re
import signal
import time

import numpy as np
import pytest
from answers import verdict
from answers.functions import ANSWERS

from nnlib import checks
from nnlib.checks import CheckFailed, limit, same_result


def pair(x, y):
    return x + y, x.sum()


def refused(mine, right=pair):
    """Return the message with which an answer is refused."""
    with pytest.raises(CheckFailed) as told:
        same_result(mine, right, x=np.arange(6.0).reshape(2, 3), y=np.ones((2, 3)))
    return str(told.value)


def test_the_same_results_pass_whatever_gives_them():
    x, y = np.arange(6.0).reshape(2, 3), np.ones((2, 3))
    same_result(lambda x, y: (y + x, np.float64(15)), pair, x=x, y=y)
    same_result(lambda x, y: [y + x, 15], pair, x=x, y=y)  # a list will do for a tuple
    same_result(lambda x: 2 * x, lambda x: x + x, x=x)


def test_a_difference_is_told_with_the_name_of_the_function_and_its_inputs():
    def mine(x, y):
        return x - y

    assert "mine(x, y)" in refused(mine, lambda x, y: x + y)
    assert "the result" in refused(lambda x, y: x - y, lambda x, y: x + y)


def test_the_number_of_a_wrong_result_is_told():
    assert "result 2 of 2" in refused(lambda x, y: (x + y, x.mean()))
    assert "result 1 of 2" in refused(lambda x, y: (x - y, x.sum()))


def test_results_in_the_wrong_order_are_told_as_such():
    assert "they must come in the right order" in refused(lambda x, y: (x.sum(), x + y))


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (lambda x, y: None, "nothing was returned: it must end with `return"),
        (lambda x, y: x + y, "it must return two arrays, separated by commas"),
        (lambda x, y: (x + y, x.sum(), 0), "it must return two arrays, separated by commas"),
    ],
)
def test_what_is_no_pair_is_told_to_be_one(answer, cause):
    assert cause in refused(answer)


def test_an_answer_must_leave_its_inputs_as_they_are():
    def careless(x, y):
        x += y
        return x, x.sum() - y.sum()

    assert "changed" in refused(careless)


def test_the_inputs_of_the_caller_are_safe_from_an_answer():
    x = np.ones(3)
    with pytest.raises(CheckFailed):
        same_result(lambda x: x.fill(0), lambda x: x + 1, x=x)
    np.testing.assert_array_equal(x, 1)


@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="this system has no such signal")
def test_what_loops_for_ever_is_stopped_and_what_ends_in_time_is_not():
    kept = signal.getsignal(signal.SIGALRM)
    try:
        limit(1)
        with pytest.raises(TimeoutError, match="it took longer than 1 seconds"):
            time.sleep(60)
        limit(1)
        limit(0)
        time.sleep(1.2)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, kept)


# --- The functions that the exercises ask for -----------------------------------------------------

WRONG = [one for one in ANSWERS if one.cause]
RIGHT = [one for one in ANSWERS if not one.cause]
ASKED = sorted({one.kind for one in ANSWERS})


def test_each_check_is_tried_on_many_wrong_answers_and_on_odd_right_ones():
    assert len(ASKED) == 18
    for kind in ASKED:
        assert sum(one.kind == kind for one in WRONG) >= 10
        assert sum(one.kind == kind for one in RIGHT) >= 2


@pytest.mark.parametrize("one", WRONG, ids=str)
def test_a_wrong_function_is_found_and_the_cause_is_named(one):
    assert re.search(one.cause, verdict(one.kind, one.load()).partition("Likely cause: ")[2])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("one", RIGHT, ids=str)
def test_a_right_function_passes_however_it_is_written(one):
    assert verdict(one.kind, one.load()) is None


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("result", ["text", {}, [[1], [1, 2]], np.nan, np.full(3, np.nan), ...])
def test_whatever_a_function_returns_the_answer_is_a_sentence(name, result):
    with pytest.raises(CheckFailed, match="Likely cause") as told:
        getattr(checks, name)(lambda *_, **__: result)
    assert "called once more" not in str(told.value)
