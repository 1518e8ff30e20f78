"""The checks, measured: wrong answers that they find, right ones that they must not refuse.

Three lots of wrong answers: those that the checks were written with, those that were kept back, and
those by somebody else, who had not seen the checks.
"""

import re
import time
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from answers.others import OTHERS
from answers.right import RIGHT
from answers.solutions import SOLUTIONS
from answers.wrong import WRONG, Wrong

import nnlib
from nnlib import checks
from nnlib.autoencoder import spread
from nnlib.module import Loss, Module

LIBRARY = {
    "linear": nnlib.Linear,
    "tanh": nnlib.TanH,
    "sigmoid": nnlib.Sigmoid,
    "softmax": nnlib.Softmax,
    "mse_loss": nnlib.MSELoss,
    "binary_cross_entropy": nnlib.BinaryCrossEntropy,
    "cross_entropy": nnlib.CrossEntropyWithLogSoftmax,
    "sequential": nnlib.Sequential,
    "optim": nnlib.Optim,
    "autoencoder": nnlib.AutoEncoder,
}
NAMES = {
    **{"np": np, "pairwise": pairwise, "Module": Module, "Loss": Loss, "spread": spread},
    **{cls.__name__: cls for cls in LIBRARY.values()},
}
#: Not a mistake after all: results may be more precise than the input.
ALLOWED = {"Result is always float64, even for float32 inputs"}
ALL = WRONG + [Wrong(*one) for one in OTHERS if one[1] not in ALLOWED]


def load(source):
    """Return the last class that a source defines."""
    space = dict(NAMES)
    exec(source, space)
    return space[re.findall(r"^class (\w+)", source, re.MULTILINE)[-1]]


def verdict(kind, cls):
    """Return what a check says of a class, or None if it has nothing to say."""
    try:
        getattr(checks, kind)(cls)
    except checks.CheckFailed as failed:
        return str(failed)
    return None


def test_there_are_enough_answers():
    assert len({(one.kind, one.name) for one in ALL}) == len(ALL) >= 250
    assert len(RIGHT) >= 30
    assert {one.kind for one in ALL} == {kind for kind, *_ in RIGHT} == set(LIBRARY)


def test_the_guide_for_teachers_counts_them():
    guide = (Path(__file__).parent.parent / "book" / "teachers.md").read_text(encoding="utf-8")
    for kind in LIBRARY:
        wrong = sum(one.kind == kind for one in WRONG) + sum(one[0] == kind for one in OTHERS)
        right = sum(one[0] == kind for one in RIGHT)
        assert f"| `checks.{kind}` | {wrong} | {right} |" in guide
    assert f"on {len(WRONG) + len(OTHERS)} wrong answers and {len(RIGHT)} right ones" in guide
    assert f"of the {sum(one.kept_back for one in WRONG)} answers that were kept back" in guide
    assert f"Of the {len(OTHERS)} by an author" in guide


@pytest.mark.parametrize("one", ALL, ids=lambda one: f"{one.kind}: {one.name}")
def test_a_wrong_answer_is_found_and_its_cause_is_named(one):
    said = verdict(one.kind, load(one.source))
    assert said, "not found"
    first, cause = said.partition("\n")[0], said.partition("Likely cause: ")[2]
    assert re.search(one.cause, f"{first} {cause}", re.IGNORECASE), said


@pytest.mark.parametrize(("kind", "style", "source"), RIGHT)
def test_a_right_answer_is_not_refused(kind, style, source):
    assert verdict(kind, load(source)) is None


@pytest.mark.parametrize("kind", LIBRARY)
def test_the_library_passes_its_own_checks_in_no_time(kind):
    began = time.perf_counter()
    assert verdict(kind, LIBRARY[kind]) is None
    assert time.perf_counter() - began < 1
    assert verdict(kind, load(SOLUTIONS[kind])) is None


def test_what_is_still_to_be_written_is_told_so():
    class Linear(nnlib.Linear):
        def backward(self, grad_output):
            raise NotImplementedError

    assert "still to be written" in verdict("linear", Linear)


def test_a_message_tells_input_result_expectation_and_cause():
    (one,) = (one for one in WRONG if one.name == "bias gradient is a mean")
    said = verdict(one.kind, load(one.source))
    parts = [said.find(word) for word in ("grads['bias']", "Given x", "Got", "Expected", "Likely")]
    assert sorted(parts) == parts
    assert parts[0] >= 0
    assert "the loss has already divided" in said


def test_a_class_that_cannot_be_made_says_why():
    said = verdict("linear", lambda *_, **__: SimpleNamespace())
    assert "params must be a dict" in said
    assert "TypeError" in verdict("linear", lambda: None)
