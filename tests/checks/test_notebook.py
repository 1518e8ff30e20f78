"""`python -m nnlib.checks`: what a student is told of a notebook before it is handed in."""

import json
import os
import subprocess
import sys

import pytest
from helpers import ROOT

from nnlib.checks import __main__ as command
from nnlib.checks import _notebook

ANSWER = "def weighted_sum(x, W, b):\n    return x @ W + b"
CHECK = "checks.weighted_sum(weighted_sum)"
START = "import numpy as np\n\nfrom nnlib import checks"
DOTS = "def weighted_sum(x, W, b):\n    ..."
ABOUT = {
    "title": "Exercise 0: an exercise",
    "questions": [
        {"name": "forward", "points": 2, "words": False, "prompt": "a", "answers": ["weighted_sum"],
         "check": CHECK},
        {"name": "why", "points": 1, "words": True, "prompt": "b", "answers": [], "check": None},
        {"name": "trained", "points": 3, "words": False, "prompt": "c", "answers": ["network"],
         "check": None},
    ],
    "cells": ["start", "a", "answer", "check", "b", "words", "c"],
    "given": [START, DOTS, CHECK],
    "setup": "import os",
}  # fmt: skip


def cell(kind, source, name, **metadata):
    return {"cell_type": kind, "source": source, "id": name, "metadata": metadata, "outputs": []}


def notebook(answer=ANSWER, words="Since it is a sum.", *more):
    cells = [
        cell("code", START, "start"),
        cell("markdown", ["# An ", "exercise"], "a"),
        cell("code", answer, "answer"),
        cell("code", CHECK, "check"),
        cell("markdown", "Why?", "b"),
        cell("markdown", words, "words", question="why"),
        cell("markdown", "Train a network.", "c"),
        *(cell("code", source, f"more-{at}") for at, source in enumerate(more)),
    ]
    return {"cells": cells, "metadata": {"exercise": ABOUT}, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture
def look(tmp_path):
    """Return what is said of a notebook: {question: (marks, said)}, notes and flags."""

    def report(written):
        path = tmp_path / "exercise.ipynb"
        path.write_text(json.dumps(written), "utf-8")
        found = _notebook.examine(path)
        return {one.question: (one.marks, one.said) for one in found.answers}, found

    return report


def test_a_right_answer_has_its_points_and_words_are_left_to_a_teacher(look):
    answers, report = look(notebook())
    assert answers["forward"] == (2, "the check passes")
    assert answers["why"] == (None, "5 words, for your teacher to read")
    assert answers["trained"][1].startswith("not answered: nothing of the name `network` is left")
    assert report.notes == report.flags == []
    assert _notebook.total(report).startswith("2 of 5 points by the checks that you see.")
    assert not report.passes


def test_what_no_check_is_shown_for_is_left_to_a_teacher(look):
    answers, report = look(notebook(ANSWER, "So.", "network = 1"))
    assert answers["trained"] == (None, "answered; your teacher tests it")
    assert report.passes
    assert _notebook.total(report) == (
        "2 of 2 points by the checks that you see. Your teacher gives the other 4."
    )


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (DOTS, r"not answered: the three dots"),
        ("", r"not answered: nothing of the name `weighted_sum` is left"),
        (ANSWER.replace("+ b", "- b"), r"Likely cause: "),
        ("def weighted_sum(x, W, b):\n    retrun x", "nothing of the name"),
        (f"{ANSWER}\nraise SystemExit", "the check passes"),
        (f"{ANSWER}\nchecks = None", "the check passes"),
        (f"import sys\nprint('x' * 9)\nprint('y', file=sys.stderr)\n{ANSWER}", "the check passes"),
    ],
)
def test_a_question_says_what_becomes_of_it(look, capfd, answer, said):
    answers, _ = look(notebook(answer))
    assert said in answers["forward"][1]
    assert answers["forward"][0] == (2 if "passes" in said else 0)
    assert capfd.readouterr() == ("", "")  # nothing that the notebook prints


def test_the_first_right_answer_counts_as_for_the_grader(look):
    answers, _ = look(notebook(ANSWER, "", "weighted_sum = None"))
    assert answers["forward"][0] == 2


@pytest.mark.parametrize("words", ["", " \n", _notebook.PLACEHOLDER])
def test_no_answer_in_words(look, words):
    assert look(notebook(words=words))[0]["why"] == (None, "not answered in words")


def test_words_below_their_question_count(look):
    written = notebook(words=_notebook.PLACEHOLDER)
    written["cells"].insert(6, cell("markdown", "In a cell of its own.", "new"))
    written["cells"].append(cell("markdown", "At the end, below no question.", "newer"))
    assert look(written)[0]["why"][1].startswith("6 words")


def test_what_stops_is_noted_and_what_is_unusual_is_told(look):
    _, report = look(notebook(ANSWER, "So.", "1 / 0", "import os\nprint(os.getcwd())"))
    assert report.notes == ["the cell that begins with `1 / 0` stopped: "
                            "ZeroDivisionError: division by zero"]  # fmt: skip
    assert report.flags == ["look at `import os`: uses os"]
    text = _notebook.as_text(report)
    assert "`import os`: uses os" in text
    assert "ZeroDivisionError" in text


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_an_endless_cell_is_stopped(look, monkeypatch):
    monkeypatch.setattr(_notebook, "CELL", 1)
    answers, report = look(notebook(ANSWER, "So.", "while True: pass"))
    assert "TimeoutError: it took longer than 1 seconds" in report.notes[0]
    assert answers["forward"][0] == 2


def test_the_notebook_sees_the_data_beside_it_and_nothing_else(look, tmp_path, monkeypatch):
    monkeypatch.delenv("NNLIB_DATA", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "mine.py").write_text("x = 1")
    given = "from nnlib.datasets.paths import data_dir\nnetwork = data_dir()"
    _, report = look(notebook(ANSWER, "", "import mine", f"{given}\nassert network.is_dir()"))
    assert [note.partition("stopped: ")[2] for note in report.notes] == [
        "ModuleNotFoundError: No module named 'mine'"
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "exercise.ipynb", "mine.py"]
    os.environ.pop("NNLIB_DATA")


def utf_16(written):
    return json.dumps(written, ensure_ascii=False).encode("utf-16")


def with_a_mark(written):
    return json.dumps(written).encode("utf-8-sig")


def with_windows_ends(written):
    written["cells"][0]["source"] = START.replace("\n", "\r\n")
    return json.dumps(written).encode()


def with_half_a_sign(written):
    written["cells"][2]["source"] += "  # \ud83d"
    return json.dumps(written).encode()


def with_a_cell_of_tomorrow(written):
    written["cells"].append(cell("video", "a film", "new"))
    return json.dumps(written).encode()


@pytest.mark.parametrize(
    "odd", [utf_16, with_a_mark, with_windows_ends, with_half_a_sign, with_a_cell_of_tomorrow]
)
def test_what_the_grader_reads_is_read(tmp_path, odd):
    path = tmp_path / "exercise.ipynb"
    path.write_bytes(odd(notebook()))
    report = _notebook.examine(path)
    assert report.answers[0].said == "the check passes"
    assert report.flags == []
    assert _notebook.as_text(report).encode()


BAD = [
    (b"", "is no notebook: hand in"),
    (b"%PDF-1.7 \xff", "is no notebook: hand in"),
    (b"[1]", "is no notebook: hand in"),
    (b"[" * 100_000, "is no notebook: hand in"),
    (b'{"cells": 3, "nbformat": 4}', "is no notebook: hand in"),
    (b'{"cells": [{"cell_type": "code"}], "nbformat": 4}', "is no notebook: hand in"),
    (b'{"cells": [{"cell_type": "code", "source": [1]}]}', "is no notebook: hand in"),
    (b'{"worksheets": [], "nbformat": 3}', "has an old format: open it in JupyterLab"),
    (b'{"cells": [], "nbformat": 4}', "does not say which exercise it is"),
    (b'{"cells": [], "nbformat": 4, "metadata": 3}', "does not say which exercise it is"),
]


@pytest.mark.parametrize(("content", "said"), BAD)
def test_a_wrong_file_gets_one_sentence(tmp_path, content, said):
    path = tmp_path / "exercise.ipynb"
    path.write_bytes(content)
    with pytest.raises(_notebook.Refused, match=said) as refused:
        _notebook.read(path)
    assert str(refused.value).count(". ") == 0


def test_a_wrong_path_gets_one_sentence(tmp_path):
    with pytest.raises(_notebook.Refused, match="There is no file"):
        _notebook.read(tmp_path / "nothing.ipynb")
    with pytest.raises(_notebook.Refused, match="is a folder: name the notebook"):
        _notebook.read(tmp_path)


# --- The command ----------------------------------------------------------------------------------


def run(*arguments, cwd):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "nnlib.checks", *arguments],
        cwd=cwd, env=environment, capture_output=True, encoding="utf-8",
    )  # fmt: skip


def test_the_command_reports_each_notebook(tmp_path):
    right, wrong = notebook(ANSWER, "So.", "network = 1"), notebook(DOTS)
    ends = notebook(ANSWER, "So.", "import os\nos._exit(0)")
    for name, written in {"right": right, "wrong": wrong, "ends": ends}.items():
        (tmp_path / f"{name}.ipynb").write_text(json.dumps(written), "utf-8")
    done = run("right.ipynb", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "forward        2 of 2  the check passes" in done.stdout
    done = run("--markdown", "right.ipynb", "wrong.ipynb", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout.count("### Exercise 0: an exercise") == 2
    assert "| forward | 2 of 2 | the check passes |" in done.stdout
    assert "**2 of 2 points by the checks that you see. Your teacher gives" in done.stdout
    done = run("ends.ipynb", "none.ipynb", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout.startswith("ends.ipynb ends Python while it runs")
    assert "There is no file none.ipynb." in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [([], "Which notebook?"), (["--all", "x.ipynb"], "There is no option --all. Which notebook?")],
)
def test_the_command_says_how_it_is_used(capsys, arguments, said):
    assert command.main(arguments) == 2
    assert capsys.readouterr().err.startswith(said)


def test_the_command_needs_ipython(capsys, monkeypatch):
    monkeypatch.setattr(command.importlib.util, "find_spec", lambda name: None)
    assert command.main(["x.ipynb"]) == 2
    assert capsys.readouterr().err.strip() == command.NO_IPYTHON
