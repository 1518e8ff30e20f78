"""The classroom: two versions out of one source, and a grader that nothing upsets."""

import csv
import importlib
import json
import re
import sys
from pathlib import Path
from zipfile import ZipFile

import nbformat
import pytest

ROOT = Path(__file__).parent.parent
CLASS = ROOT / "_build" / "class"
EXERCISES = sorted(path.stem for path in ROOT.glob("book/exercises/*.ipynb"))
SOLUTION = re.compile(r"# BEGIN SOLUTION\n(.*?)# END SOLUTION", re.DOTALL)

sys.path.insert(0, str(ROOT / "book" / "_class"))
grader = importlib.import_module("grade")
sift = importlib.import_module("sift")

pytestmark = pytest.mark.skipif(not CLASS.is_dir(), reason="it is not made; run `make class`")


def read(path):
    return nbformat.read(path, as_version=4)


def version(exercise, kind):
    return read(CLASS / exercise / kind / f"{exercise}.ipynb")


def grade(folder, notebook, exercise, student="ada"):
    """Grade one notebook; return the marks by question, and all of them."""
    path = folder / student / f"{exercise}.ipynb"
    path.parent.mkdir(exist_ok=True)
    nbformat.write(notebook, path)
    marks = grader.grade(path)
    return {name: score for name, (score, _) in marks.scores.items()}, marks


def changed(notebook, start, *lines):
    """Change lines of the cell that begins so."""
    (cell,) = (cell for cell in notebook.cells if cell.source.startswith(start))
    for old, new in zip(lines[::2], lines[1::2], strict=True):
        assert old in cell.source
        cell.source = cell.source.replace(old, new)
    return notebook


def with_cell(notebook, source):
    """Put a cell before the first answer."""
    notebook.cells.insert(3, nbformat.v4.new_code_cell(source))
    return notebook


# --- Two versions --------------------------------------------------------------------------------


@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_student_finds_no_solution(exercise):
    source = read(ROOT / "book" / "exercises" / f"{exercise}.ipynb")
    cells = [cell.source for cell in source.cells]
    secrets = [
        line for cell in cells for part in SOLUTION.findall(cell) for line in part.split("\n")
    ]
    inside = [(cells.index("# BEGIN SOLUTION", at) + 1) for at, cell in enumerate(cells)
              if cell.startswith("# BEGIN QUESTION") and "manual: true" in cell]  # fmt: skip
    secrets += [cells[at] for at in inside]
    secrets += [line for cell in cells if "BEGIN TEST CONFIG" in cell and "rng(" in cell
                for line in cell.split("\n") if "rng = " in line]  # fmt: skip
    secrets = {line.strip() for line in secrets if len(line.strip()) > 18}
    assert len(secrets) >= 4, "fewer than 4 lines of solution are long enough to be looked for"
    with ZipFile(CLASS / f"{exercise}.zip") as zipped:
        handed_out = nbformat.reads(zipped.read(f"{exercise}.ipynb").decode(), as_version=4)
    for notebook in (version(exercise, "student"), handed_out):
        text = "\n".join(cell.source for cell in notebook.cells)
        assert [line for line in secrets if line in text] == []
        assert "SOLUTION" not in text
        assert not any(cell.get("outputs") for cell in notebook.cells)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_teacher_gets_all_marks_and_who_did_nothing_gets_none(tmp_path, exercise):
    scores, marks = grade(tmp_path, version(exercise, "teacher"), exercise)
    assert marks.notes == []
    assert marks.total == marks.most == sum(scores.values()) >= 7
    scores, marks = grade(tmp_path, version(exercise, "student"), exercise)
    assert marks.notes == []
    assert set(scores.values()) == {0}


@pytest.mark.parametrize(
    ("exercise", "question", "start", "lines"),
    [
        ("linear", "forward", "def weighted_sum", ["x @ W + b", "x @ W"]),
        ("linear", "gradients", "def gradients", ["G.sum(axis=0)", "G.mean(axis=0)"]),
        (
            "linear",
            "layer",
            "class Linear",
            ["grad_output.sum(axis=0)", "grad_output.mean(axis=0)"],
        ),
        ("softmax", "softmax", "class Softmax", ["x - x.max(axis=1, keepdims=True)", "x"]),
        ("sequential", "optim", "class Optim", ["        self.network.zero_grad()\n", ""]),
        ("losses", "constant", "def best_constant", ["y.mean()", "y.max()"]),
        ("filling_in", "known", "def keep_known", ["copies, images)", "images, copies)"]),
    ],
)
def test_a_mistake_costs_the_marks_of_its_step_and_no_others(
    tmp_path, exercise, question, start, lines
):
    notebook = changed(version(exercise, "teacher"), start, *lines)
    _, marks = grade(tmp_path, notebook, exercise)
    lost = {name for name, (score, most) in marks.scores.items() if score < most}
    assert lost == {question}
    assert "ikely cause" in marks.messages[question] or "Error" in marks.messages[question]


# --- Whatever it does ----------------------------------------------------------------------------


def test_a_crash_costs_no_other_marks(tmp_path):
    notebook = with_cell(version("linear", "teacher"), "undefined + 1")
    assert grade(tmp_path, notebook, "linear")[1].total == 10
    notebook = with_cell(version("linear", "teacher"), "raise SystemExit")
    assert grade(tmp_path, notebook, "linear")[1].total == 10


def test_what_loops_for_ever_is_interrupted(tmp_path, monkeypatch):
    monkeypatch.setattr(grader, "CELL", 15)
    notebook = changed(version("activations", "teacher"), "class TanH",
                       "self.y = np.tanh(x)", "while True: pass")  # fmt: skip
    scores, marks = grade(tmp_path, notebook, "activations")
    assert scores == {"tanh": 0, "sigmoid": 3, "slope": 2}
    assert "longer than 10 seconds" in marks.messages["tanh"]


def test_what_cannot_be_interrupted_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(grader, "SECONDS", 15)
    stubborn = "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
    scores, marks = grade(tmp_path, with_cell(version("linear", "teacher"), stubborn), "linear")
    assert set(scores.values()) == {0}
    assert marks.notes == ["it was stopped after 15 seconds"]


def test_what_fills_memory_meets_a_limit(tmp_path):
    greedy = "big = []\nwhile True:\n    big.append(np.ones(10**7))"
    _, marks = grade(tmp_path, with_cell(version("linear", "teacher"), greedy), "linear")
    assert marks.total == 10  # the cell fails, the answers do not


def test_what_tampers_with_the_checks_gains_nothing(tmp_path):
    cheat = "checks.linear = lambda cls: None\nchecks.same_result = lambda *a, **k: None"
    scores, marks = grade(tmp_path, with_cell(version("linear", "student"), cheat), "linear")
    assert set(scores.values()) == {0}
    assert "changes checks.linear, which is not its own" in marks.notes[0]


def test_what_is_no_notebook_is_told_so(tmp_path):
    for content, said in (("hello", "not a notebook"), ("{}", "not a notebook")):
        path = tmp_path / "ada" / "linear.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
        marks = grader.grade(path)
        assert marks.total == 0
        assert said in marks.notes[0]


def test_a_result_that_a_submission_wrote_is_not_trusted(tmp_path):
    forged = tmp_path / "results.json"
    marks = grader.Marks("ada", "linear", {"layer": (0, 5)}, {}, {}, [])
    tests = [{"name": "layer", "score": 1000}, {"name": "other", "score": 7}]
    forged.write_text(json.dumps({"tests": tests}))
    grader._read(forged, marks)
    assert marks.scores == {"layer": (5, 5)}
    forged.write_text("{")
    grader._read(forged, marks)
    assert "cannot be read" in marks.notes[0]


@pytest.mark.parametrize(
    "source",
    [
        "import os",
        "import numpy.os as np",
        "from subprocess import run",
        "import nnlib.checks as c\nc.linear = None",
        "from nnlib import checks\ndel checks.linear",
        "def checks(): pass",
        "checks = None",
        "class nnlib: pass",
        "from nnlib import plots as checks",
        "np.allclose = lambda *a: True",
        "np.linalg.norm = max",
        "setattr(np, 'tanh', abs)",
        "eval('1')",
        "__import__('os')",
        "open('x', 'w')",
        "().__class__.__base__.__subclasses__()",
        "def f(): yield\nf().gi_frame",
        "np.save('x', 1)",
        "!rm -rf /",
        "%run x",
        "import os.path",
        "__builtins__",
    ],
)
def test_the_sieve_holds_back(source):
    assert sift.objections(source, {"np"})


@pytest.mark.parametrize(
    "source",
    [
        "import numpy as np\nfrom nnlib import checks, plots\nimport matplotlib.pyplot as plt",
        "class A:\n    def __init__(self):\n        self.x = 1\n        self.params['weight'] = 2",
        "network.params['0.weight'] *= 2",
        "super().__init__()",
        "def (",
        "x = np.zeros(3)\nx[0] = 1",
    ],
)
def test_the_sieve_lets_through(source):
    assert sift.objections(source, set()) == []


def test_the_table_and_the_pages(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(grader, "GRADES", tmp_path / "grades")
    notebook = changed(version("losses", "teacher"), "def best_constant", "y.mean()", "y.max()")
    (tmp_path / "in" / "ada").mkdir(parents=True)
    nbformat.write(notebook, tmp_path / "in" / "ada" / "losses.ipynb")
    (tmp_path / "in" / "ada" / "holiday.txt").write_text("")
    grader.main(tmp_path / "in")
    assert "not named after an exercise: ada/holiday.txt" in capsys.readouterr().out
    with (tmp_path / "grades" / "marks.csv").open(newline="") as file:
        rows = {row["question"]: row for row in csv.DictReader(file)}
    assert [rows[name]["marks"] for name in ("mse", "bce", "constant")] == ["3", "4", "0"]
    assert rows["certain"]["marks"] == ""
    assert "constant: 0 of 1" in (tmp_path / "grades" / "ada.md").read_text(encoding="utf-8")
    assert "**ada**" in (tmp_path / "grades" / "words.md").read_text(encoding="utf-8")


def test_grading_nothing_says_so(tmp_path):
    with pytest.raises(SystemExit, match="not a folder"):
        grader.main(tmp_path / "nowhere")
    with pytest.raises(SystemExit, match="nothing to grade"):
        grader.main(tmp_path)
