"""Will it be graded, and how? What `python -m nnlib.checks` says of a student's notebook.

A notebook that is handed out says of itself which exercise it is, what it asks, and which of its
lines are not the student's (its metadata, under "exercise"). Here it runs from top to bottom as the
grader runs it: with nothing but the data beside it. The checks are those that the student sees; the
words are left to a teacher.
"""

import ast
import contextlib
import io
import json
import os
import sys
import tempfile
import warnings
from pathlib import Path
from typing import NamedTuple

from nnlib.checks import limit
from nnlib.checks._flags import flags

CELL = 75  # seconds for a cell, as the grader gives it
PLACEHOLDER = "_Type your answer here, replacing this text._"  # Otter's
#: What a check sees beside the answer, whatever the notebook has made of these names.
GIVEN = "from nnlib import checks"


class Refused(Exception):
    """The file can not be looked at; the message is one sentence for its author."""


class Answer(NamedTuple):
    """A question, and what becomes of it; the marks are None where a teacher decides."""

    question: str
    marks: float | None
    points: float
    said: str


class Report(NamedTuple):
    """What is said of a notebook."""

    title: str
    answers: list
    notes: list
    flags: list

    @property
    def passes(self):
        """Whether each question that a check can decide has all its points."""
        return all(one.marks in (None, one.points) for one in self.answers)


def read(path) -> dict:
    """Return a notebook that was handed out, or raise Refused."""
    path = Path(path)
    if not path.exists():
        raise Refused(f"There is no file {path}.")
    if path.is_dir():
        raise Refused(f"{path} is a folder: name the notebook in it, which ends with .ipynb.")
    again = "hand in the notebook itself, which ends with .ipynb"
    try:
        notebook = json.loads(path.read_bytes())  # in any encoding of Unicode
        cells, version = notebook.get("cells"), notebook.get("nbformat")
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError, AttributeError):
        raise Refused(f"{path} is no notebook: {again}.") from None
    if version is not None and version != 4:
        raise Refused(f"{path} has an old format: open it in JupyterLab, and save it.")
    if not isinstance(cells, list) or not all(map(_is_cell, cells)):
        raise Refused(f"{path} is no notebook: {again}.")
    metadata = notebook.get("metadata")
    about = metadata.get("exercise") if isinstance(metadata, dict) else None
    if not isinstance(about, dict) or "questions" not in about:
        said = "does not say which exercise it is: take the notebook that was handed out"
        raise Refused(f"{path} {said}, and put your answers there.")
    return notebook


def _is_cell(cell):
    source = cell.get("source") if isinstance(cell, dict) else None
    lines = source if isinstance(source, list) else [source]
    return all(isinstance(line, str) for line in lines)


def _text(source):
    """Return the text of a cell as Python takes it, without halves of signs and Windows's ends."""
    text = "".join(source).replace("\r\n", "\n")
    return text.encode(errors="replace").decode()


def examine(path) -> Report:
    """Run a notebook in a folder of its own, and return what is to be said of it."""
    notebook, data = read(path), Path(path).resolve().parent / "data"
    about = notebook["metadata"]["exercise"]
    cells = [{**cell, "source": _text(cell["source"])} for cell in notebook["cells"]]
    code = [cell["source"] for cell in cells if cell.get("cell_type") == "code"]
    tested = [one for one in about["questions"] if not one["words"]]
    shown = {one["check"] for one in tested}
    if data.is_dir():
        os.environ.setdefault("NNLIB_DATA", str(data))
    run = _Run(tested)
    run.all([source for source in code if source.strip() not in shown])
    words = _words(cells, about)
    answers = [
        Answer(one["name"], None, one["points"], _of_words(words[one["name"]]))
        if one["words"] else run.answer(one, code)
        for one in about["questions"]
    ]  # fmt: skip
    names = [name for one in tested for name in one["answers"]]
    found = flags(code, about["given"], names, about["setup"])
    return Report(about["title"], answers, run.notes, found)


class _Run:
    """A notebook on its way: what its cells leave, and what the checks say of it."""

    def __init__(self, questions):
        self.questions, self.notes = questions, []
        self.said, self.passed = {}, set()

    def all(self, sources):
        """Run all cells, quietly, and the check of a question when an answer to it is made."""
        from IPython.core.interactiveshell import InteractiveShell
        from traitlets.config import Config

        os.environ.setdefault("MPLBACKEND", "agg")
        quiet, here, path = io.StringIO(), Path.cwd(), sys.path[:]
        with (
            tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
            contextlib.redirect_stdout(quiet),
            contextlib.redirect_stderr(quiet),
            warnings.catch_warnings(action="ignore"),
        ):
            config = Config({"HistoryManager": {"enabled": False}})
            self.shell = InteractiveShell(config=config, ipython_dir=folder)
            os.chdir(folder)
            sys.path[:] = [place for place in path if Path(place).resolve() != here]
            try:
                for source in sources:
                    self._cell(source)
            finally:
                limit(0)
                sys.path[:] = path
                os.chdir(here)

    def _cell(self, source):
        before = {name: id(value) for name, value in self.shell.user_ns.items()}
        self._stop(source, self._run(source))
        after = {name: id(value) for name, value in self.shell.user_ns.items()}
        for one in self.questions:
            made = any(after.get(name) != before.get(name) for name in one["answers"])
            if made and one["check"] and one["name"] not in self.passed:
                self._check(one)

    def _run(self, source):
        """Run code in the notebook's names; return the error, or None."""
        limit(CELL)
        result = self.shell.run_cell(source, store_history=False, silent=True)
        limit(0)
        return result.error_before_exec or result.error_in_exec

    def _stop(self, source, error):
        """Note what stopped a cell; what a check refuses is said at its question."""
        if error is not None and type(error).__name__ != "CheckFailed":
            line = next((line.strip() for line in source.splitlines() if line.strip()), "")
            said = f"{type(error).__name__}: {error}".partition("\n")[0]
            self.notes.append(f"the cell that begins with `{line[:60]}` stopped: {said[:200]}")

    def _check(self, one):
        kept = self.shell.user_ns.get("checks", self)
        self._run(GIVEN)
        error = self._run(one["check"])
        if kept is self:
            self.shell.user_ns.pop("checks")
        else:
            self.shell.user_ns["checks"] = kept
        self.said[one["name"]] = str(error) if error else ""
        if error is None:
            self.passed.add(one["name"])

    def answer(self, one, code):
        """Return what has become of a question with a check."""
        name, points = one["name"], one["points"]
        if name in self.passed:
            return Answer(name, points, points, "the check passes")
        missing = [word for word in one["answers"] if word not in self.shell.user_ns]
        if missing:
            few = ", ".join(f"`{word}`" for word in missing)
            said = f"not answered: nothing of the name {few} is left by the notebook"
        elif any(_unanswered(source, one["answers"]) for source in code):
            said = "not answered: the three dots (`...`) are still there"
        elif one["check"]:
            said = self.said[name]
        else:
            return Answer(name, None, points, "answered; your teacher tests it")
        return Answer(name, 0, points, said)


def _unanswered(source, names):
    """Return whether a cell makes one of some names, and has a line of three dots alone."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return False
    makes = {getattr(node, "name", getattr(node, "id", None)) for node in ast.walk(tree)
             if isinstance(node, ast.FunctionDef | ast.ClassDef)
             or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))}  # fmt: skip
    dots = [node for node in ast.walk(tree) if isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant) and node.value.value is ...]  # fmt: skip
    return bool(dots and makes & set(names))


def _words(cells, about) -> dict:
    """Return the answers in words by question: in their own cells, or below the question."""
    found = {one["name"]: [] for one in about["questions"] if one["words"]}
    prompts = {one["prompt"]: one["name"] for one in about["questions"] if one["words"]}
    above = None
    for cell in cells:
        text, own = cell["source"].strip(), cell.get("metadata", {}).get("question")
        if cell.get("id") in prompts:
            above = prompts[cell["id"]]
        elif own in found or cell.get("id") not in about["cells"]:
            question = own if own in found else above
            if question and text not in ("", PLACEHOLDER) and cell.get("cell_type") != "code":
                found[question].append(text)
        else:
            above = None
    return {name: " ".join(texts) for name, texts in found.items()}


def _of_words(text):
    count = len(text.split())
    words = "1 word" if count == 1 else f"{count} words"
    return f"{words}, for your teacher to read" if count else "not answered in words"


# --- What is printed ------------------------------------------------------------------------------


def total(report) -> str:
    """Return the sentence that sums a report up."""
    sure = [one for one in report.answers if one.marks is not None]
    got, most = sum(one.marks for one in sure), sum(one.points for one in sure)
    rest = sum(one.points for one in report.answers) - most
    told = f"{got:g} of {most:g} points by the checks that you see."
    return told + (f" Your teacher gives the other {rest:g}." if rest else "")


def as_text(report) -> str:
    """Return a report for a terminal."""
    lines = [report.title, ""]
    for one in report.answers:
        marks = "?" if one.marks is None else f"{one.marks:g}"
        said = one.said.replace("\n", "\n" + " " * 24)
        lines.append(f"  {one.question:14}{marks:>2} of {one.points:<2g} {said}")
    if report.notes:
        lines += ["", "On the way, which costs no marks by itself:"]
        lines += [f"  {note}" for note in report.notes]
    if report.flags:
        lines += ["", "Your teacher will see these lines, which cost no marks by themselves:"]
        lines += [f"  {flag.removeprefix('look at ')}" for flag in report.flags]
    return "\n".join([*lines, "", total(report)])


def as_markdown(report) -> str:
    """Return a report for the summary of a CI job."""
    lines = [f"### {report.title}", "", "| question | points | |", "| --- | --- | --- |"]
    for one in report.answers:
        marks = "?" if one.marks is None else f"{one.marks:g}"
        said = one.said.partition("\n")[0].replace("|", "\\|")
        lines.append(f"| {one.question} | {marks} of {one.points:g} | {said} |")
    for text in [one.said for one in report.answers if "\n" in one.said]:
        lines += ["", "```text", text, "```"]
    lines += ["", *(f"- {note}" for note in [*report.notes, *report.flags])]
    return "\n".join([*lines, "", f"**{total(report)}**", ""])
