"""The checks, measured: wrong answers that they find, right ones that they must not refuse.

`answers` says which lots there are, and what the checks made of them at first sight.
"""

import io
import re
import subprocess
import sys
from collections import Counter
from contextlib import redirect_stdout
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from answers import KINDS, LOTS, SOLUTIONS, load, read, verdict
from IPython.core.interactiveshell import InteractiveShell

import nnlib

LIBRARY = {kind: cls for kind, (_, cls) in KINDS.items()}
ANSWERS = [one for lot in LOTS for one in read(lot)]
#: Not a mistake after all: results may be more precise than the input.
ALLOWED = {"Result is always float64, even for float32 inputs"}
WRONG = [one for one in ANSWERS if one.cause and one.name not in ALLOWED]
RIGHT = [one for one in ANSWERS if not one.cause]
#: What is given arrays and returns one, or a number.
METHODS = [
    (kind, method) for kind in LIBRARY if kind != "optim" for method in ("forward", "backward")
]
#: Of these the cause is not named, and why.
NOT_NAMED = {
    (
        "sequential",
        "parameters are gathered from Linear layers only, so those of other modules (a Sequential "
        "inside) are lost",
    ): "it says which parameters are missing, and in which network, in other words",
    (
        "autoencoder",
        "the Sigmoid is appended behind the last TanH instead of taking its place",
    ): "it says that the output goes through a TanH and a Sigmoid, in other words",
}


def test_there_are_enough_answers():
    assert len({(one.kind, one.name) for one in WRONG}) == len(WRONG) >= 300
    assert {(one.kind, one.name) for one in WRONG} >= NOT_NAMED.keys()
    assert len(RIGHT) >= 30
    assert {one.kind for one in WRONG} == {one.kind for one in RIGHT} == set(LIBRARY)


def test_the_guide_for_teachers_counts_them():
    guide = (Path(__file__).parents[2] / "book" / "teachers.md").read_text(encoding="utf-8")
    wrong = Counter(one.kind for one in ANSWERS if one.cause)
    right = Counter(one.kind for one in RIGHT)
    for kind in LIBRARY:
        assert f"| `checks.{kind}` | {wrong[kind]} | {right[kind]} |" in guide
    assert f"on {wrong.total()} wrong answers and {right.total()} right ones" in guide
    kept_back = sum(one.kept_back for one in read("wrong"))
    assert f"of the {kept_back} answers that were kept back" in guide
    assert f"Of the {len(read('others'))} by an author" in guide


@pytest.mark.parametrize("one", WRONG, ids=str)
def test_a_wrong_answer_is_found_and_its_cause_is_named(one):
    said = verdict(one.kind, one.load())
    assert said, "not found"
    first, cause = said.partition("\n")[0], said.partition("Likely cause: ")[2]
    if (one.kind, one.name) not in NOT_NAMED:
        assert re.search(one.cause, f"{first} {cause}", re.IGNORECASE), said
    # Said once, in the student's own terms, and ended as a sentence.
    assert said.count("Likely cause") == 1
    assert not re.search(r"CheckFailed|\b_[A-Z]|\.\.(?!\.)$|nnlib\.checks", said), said


@pytest.mark.parametrize("one", RIGHT, ids=str)
def test_a_right_answer_is_not_refused(one):
    assert verdict(one.kind, one.load()) is None


@pytest.mark.parametrize("kind", LIBRARY)
def test_the_library_passes_its_own_checks_in_no_time(kind):
    calls = 0  # of functions, counted: a clock would measure the machine

    def count(frame, event, argument):
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        said = verdict(kind, LIBRARY[kind])
    finally:
        sys.setprofile(None)
    assert said is None
    assert 100 < calls < 200_000  # that of Optim takes the most, a tenth of a second
    assert verdict(kind, load(SOLUTIONS[kind])) is None


def test_what_is_still_to_be_written_is_told_so():
    class Linear(nnlib.Linear):
        def backward(self, grad_output):
            raise NotImplementedError

    assert "still to be written" in verdict("linear", Linear)


def test_a_message_tells_input_result_expectation_and_cause():
    (one,) = (one for one in WRONG if one.name == "bias gradient is a mean")
    said = verdict(one.kind, one.load())
    parts = [said.find(word) for word in ("grads['bias']", "Given x", "Got", "Expected", "Likely")]
    assert sorted(parts) == parts
    assert parts[0] >= 0
    assert "the loss has already divided" in said


def spoilt(cls, *methods):
    """A class of the library whose results are wrong in a way that no one would think of."""

    def of(method):
        def wrong(self, *args, **keywords):
            result = getattr(cls, method)(self, *args, **keywords)
            return result * (1.3 + 0.1 * np.cos(40 * result + np.size(result)))

        return wrong

    return type(cls.__name__, (cls,), {method: of(method) for method in methods})


@pytest.mark.parametrize(("kind", "method"), METHODS)
def test_no_cause_is_named_where_none_fits(kind, method):
    said = verdict(kind, spoilt(LIBRARY[kind], method))
    assert f"{LIBRARY[kind].__name__}" in said.partition("\n")[0]
    assert re.search("no simple mistake|the second result differs", said), said


@pytest.mark.parametrize("result", ["text", {}, [[1], [1, 2]], 1j, np.nan, None, Exception])
@pytest.mark.parametrize(
    ("kind", "method"), [*METHODS, ("optim", "SGD"), ("autoencoder", "encode")]
)
def test_whatever_a_method_returns_the_answer_is_a_sentence(kind, method, result):
    def wrong(self, *args, **keywords):
        getattr(super(cls, self), method)(*args, **keywords)
        return result

    cls = type(LIBRARY[kind].__name__, (LIBRARY[kind],), {method: wrong})
    assert "Likely cause: " in verdict(kind, cls)


def test_no_cause_is_named_where_training_goes_wrong_in_an_unlikely_way():
    class Steps(nnlib.Optim):
        def step(self, X, Y):
            value = super().step(X, Y)
            for param in self.network.params.values():
                param += 0.01 * np.cos(np.arange(param.size) * X.sum()).reshape(param.shape)
            return value

    class Losses(nnlib.Optim):
        def SGD(self, *args, **keywords):
            losses = np.array(super().SGD(*args, **keywords))
            return losses * (1 + 0.1 * np.cos(losses * 40))

    for cls in (Steps, Losses):
        assert "no simple mistake explains them" in verdict("optim", cls)


@pytest.mark.parametrize("change", [0.173, 0.5, 2])
def test_one_number_that_is_off_is_no_factor(change):
    class MSELoss(nnlib.MSELoss):
        def forward(self, prediction, target):
            return super().forward(prediction, target) + change * prediction[0, 0] ** 2

    assert "no simple mistake" in verdict("mse_loss", MSELoss)


def test_a_small_step_of_an_exotic_kind_is_not_named_for_what_it_is_not():
    class BinaryCrossEntropy(nnlib.BinaryCrossEntropy):
        def forward(self, prediction, target):
            return 6.791 * super().forward(prediction, target)

    said = verdict("binary_cross_entropy", BinaryCrossEntropy)
    assert "all of it is 6.791 times what it should be" in said  # on inputs of three sizes


STARTS = {
    "Xavier": lambda rng, i, o: rng.normal(0, np.sqrt(2 / (i + o)), (i, o)),
    "Xavier for TanH": lambda rng, i, o: rng.normal(0, 5 / 3 * np.sqrt(2 / (i + o)), (i, o)),
    "Xavier, uniform": lambda rng, i, o: np.sqrt(6 / (i + o)) * rng.uniform(-1, 1, (i, o)),
    "LeCun": lambda rng, i, o: rng.normal(0, 1 / np.sqrt(i), (i, o)),
    "He": lambda rng, i, o: rng.normal(0, np.sqrt(2 / i), (i, o)),
    "He, uniform": lambda rng, i, o: np.sqrt(6 / i) * rng.uniform(-1, 1, (i, o)),
    "PyTorch": lambda rng, i, o: rng.uniform(-1, 1, (i, o)) / np.sqrt(i),
    "0.01": lambda rng, i, o: 0.01 * rng.standard_normal((i, o)),
    "0.1": lambda rng, i, o: 0.1 * rng.standard_normal((i, o)),
    "±0.05": lambda rng, i, o: rng.uniform(-0.05, 0.05, (i, o)),
}
NO_STARTS = {
    "zero": lambda rng, i, o: np.zeros((i, o)),
    "the root forgotten": lambda rng, i, o: rng.normal(0, 2 / (i + o), (i, o)),
    "the root forgotten, 1 / in": lambda rng, i, o: rng.normal(0, 1 / i, (i, o)),
    "upside down": lambda rng, i, o: rng.normal(0, np.sqrt((i + o) / 2), (i, o)),
    "standard normal": lambda rng, i, o: rng.normal(size=(i, o)),
    "0 to 1": lambda rng, i, o: rng.random((i, o)),
    "NaN": lambda rng, i, o: rng.standard_normal((i, o)) ** 0.001,
}


def start(draw, shift):
    class Linear(nnlib.Linear):
        def __init__(self, in_features, out_features, rng=None):
            super().__init__(in_features, out_features)
            if isinstance(rng, int):
                rng += shift  # another draw for each, as the check asks for one seed only
            with np.errstate(invalid="ignore"):
                weight = draw(np.random.default_rng(rng), in_features, out_features)
            self.params["weight"][...] = weight

    return Linear


@pytest.mark.parametrize("name", STARTS)
def test_every_usual_start_is_accepted_whatever_the_seed(name):
    for shift in range(0, 50, 10):
        assert verdict("linear", start(STARTS[name], shift)) is None


@pytest.mark.parametrize("name", NO_STARTS)
def test_a_start_that_ruins_training_is_refused_whatever_the_seed(name):
    for shift in range(0, 50, 10):
        assert "start" in verdict("linear", start(NO_STARTS[name], shift)).partition("cause")[2]


MISSPELT = """
import numpy as np
from nnlib import checks
from nnlib.module import Module


class TanH(Module):
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, grad_output):
        return grad_output * (1 - self.z**2)
"""


def test_a_notebook_shows_the_message_and_the_students_own_line_and_nothing_else():
    shell, out = InteractiveShell(colors="nocolor"), io.StringIO()
    with redirect_stdout(out):
        for cell in (MISSPELT, "checks.tanh(TanH)"):
            shell.run_cell(cell)
    said = out.getvalue().strip()
    assert said.startswith("CheckFailed: TanH.backward is not right.\nGiven x = ")
    assert "in your line `return grad_output * (1 - self.z**2)`" in said
    assert "Traceback" not in said
    assert "report.py" not in said


def test_a_program_shows_two_frames_and_no_chain(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(f"{MISSPELT}\n\nchecks.tanh(TanH)\n", encoding="utf-8")
    ran = subprocess.run([sys.executable, path], capture_output=True, text=True)
    assert ran.returncode == 1
    assert ran.stderr.count('  File "') == 2
    assert "During handling" not in ran.stderr
    assert "in your line `return grad_output * (1 - self.z**2)`" in ran.stderr


@pytest.mark.parametrize("kind", LIBRARY)
def test_an_object_in_place_of_a_class_is_told_so(kind):
    made = {"linear": (3, 4), "sequential": ([nnlib.TanH()],), "autoencoder": (8, 2, 1)}
    made["optim"] = nnlib.TanH(), nnlib.MSELoss(), 0.1
    name = LIBRARY[kind].__name__
    said = verdict(kind, LIBRARY[kind](*made.get(kind, ())))
    assert f"brackets too many: write checks.{kind}({name})." in said


ERRORS = {
    "name 'W'": ("return x @ W", "`W` is misspelt"),
    "no self": ("return x @ params['weight']", "kept in self and so to be called self.params"),
    "another attribute": ("return x @ self.weights", "its arrays are in the dict params"),
    "a call": ("return x @ self.params('weight')", "is an attribute called like a method"),
    "None": ("return None @ x", "is None where an array belongs"),
    "a key": ("return x @ self.params['W']", "Is the name right"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_of_python_is_put_into_words_with_the_line(name):
    line, cause = ERRORS[name]
    source = SOLUTIONS["linear"].replace(
        'return x @ self.params["weight"] + self.params["bias"]', line
    )
    said = verdict("linear", load(source))
    assert f"in your line `{line}`." in said
    assert cause in said


def test_an_error_that_comes_late_is_told_like_any_other():
    class TanH(nnlib.TanH):
        def backward(self, grad_output):
            self.calls = getattr(self, "calls", 0) + 1
            return super().backward(grad_output) if len(grad_output) == 5 else missing(self)  # noqa: F821

    assert "`missing` is misspelt" in verdict("tanh", TanH)


def test_a_class_that_cannot_be_made_says_why():
    said = verdict("linear", lambda *_, **__: SimpleNamespace())
    assert "params must be a dict" in said
    assert "TypeError" in verdict("linear", lambda: None)
