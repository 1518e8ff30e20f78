"""Grade what students handed in: `python book/_class/grade.py SUBMISSIONS`.

The folder has one folder for each student, named after them, with their notebooks under the names
of the exercises: `ada/linear.ipynb`. Out come a table of marks, `_build/grades/marks.csv`, and a
page of feedback for each student, `_build/grades/ada.md`.

Each submission runs in a process of its own, with little memory and time, and, where bubblewrap is
installed (Linux), in a box without a network from which nothing but its own folder can be written.
"""

import contextlib
import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import NamedTuple

import nbformat
import yaml
from sift import sift

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CLASS = ROOT / "_build" / "class"
GRADES = ROOT / "_build" / "grades"

LARGEST = 20 * 2**20  # bytes of a submission
MEMORY = 3 * 2**30  # bytes that a process may ask for; numpy and Jupyter need about one of them
CELL = 75  # seconds for a cell; the project may train for a minute
SECONDS = 400  # for a submission as a whole
WRITTEN = 64 * 2**20  # bytes of a file that it writes


class Marks(NamedTuple):
    """What came of one submission."""

    student: str
    exercise: str
    scores: dict  # question: (marks, of how many)
    messages: dict  # question: what the check said
    words: dict  # question in words: the answer
    notes: list  # what the teacher should know

    @property
    def total(self):
        return sum(score for score, _ in self.scores.values())

    @property
    def most(self):
        return sum(most for _, most in self.scores.values())


@cache
def questions(exercise) -> tuple[dict, dict]:
    """Return the marks of each question of an exercise: of those with tests, of those in words."""
    cells = nbformat.read(ROOT / "book" / "exercises" / f"{exercise}.ipynb", as_version=4).cells
    begins = [cell.source for cell in cells if cell.source.startswith("# BEGIN QUESTION")]
    found = [yaml.safe_load(source) for source in begins]
    return tuple(
        {one["name"]: one["points"] for one in found if one.get("manual", False) == manual}
        for manual in (False, True)
    )


@cache
def boxed() -> bool:
    """Whether bubblewrap is here, and works."""
    command = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--unshare-all"]
    try:
        return subprocess.run([*command, "true"], capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


def limits():
    """Limit the process that is about to start: memory, size of files, core dumps."""
    import resource  # there is none on Windows

    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, WRITTEN),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def run(work, grader):
    """Run a submission in its folder; return an explanation if it did not come to an end."""
    command = [sys.executable, HERE / "runner.py", work / "submission.ipynb", grader, work, CELL]
    if boxed():
        box = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
        box += ["--bind", work, work, "--unshare-all", "--die-with-parent"]
        command = [*box, "--new-session", "--chdir", work, *command]
    environment = {
        key: os.environ[key] for key in ("PATH", "LANG", "SYSTEMROOT") if key in os.environ
    }
    # Where it may write: the names of Linux and macOS, and those of Windows.
    environment |= dict.fromkeys(("HOME", "TMPDIR", "USERPROFILE", "TEMP", "TMP"), str(work))
    environment |= {
        "NNLIB_DATA": str(ROOT / "data"),
        "OPENBLAS_NUM_THREADS": "1",
        "MPLCONFIGDIR": str(work),
    }
    with (work / "log").open("wb") as log:
        process = subprocess.Popen(
            list(map(str, command)),
            cwd=work,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=None if os.name == "nt" else limits,
        )
        try:
            process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            return f"it was stopped after {SECONDS} seconds"
        finally:
            if os.name == "nt":
                process.kill()
            else:  # whatever it may have left running
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
    if not (work / "results.json").is_file():
        last = (work / "log").read_text(errors="replace").strip().splitlines()[-1:]
        return f"it ended without a result ({''.join(last)[:200]})"
    return None


def grade(path) -> Marks:
    """Grade one notebook, whatever it does."""
    student, exercise = path.parent.name, path.stem
    tested, in_words = questions(exercise)
    marks = Marks(student, exercise, {name: (0, most) for name, most in tested.items()}, {}, {}, [])
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError(f"it is larger than {LARGEST >> 20} MB")
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except Exception as error:
        marks.notes.append(f"this is not a notebook: {str(error).strip().splitlines()[0][:200]}")
        return marks
    answers = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    answers = [cell.source for cell in answers if "otter_answer_cell" in _tags(cell)]
    marks.words.update(zip(in_words, answers, strict=False))
    marks.notes.extend(sift(notebook))
    with tempfile.TemporaryDirectory(prefix="grade-", ignore_cleanup_errors=True) as folder:
        work = Path(folder)
        nbformat.write(notebook, work / "submission.ipynb")
        if trouble := run(work, CLASS / exercise / "grader.zip"):
            marks.notes.append(trouble)
            return marks
        _read(work / "results.json", marks)
    return marks


def _tags(cell):
    return cell.metadata.get("tags", ())


def _read(path, marks):
    """Take marks out of a file that the submission could have written: trust nothing in it."""
    try:
        tests = json.loads(path.read_text())["tests"]
        for test in tests:
            name, score = test["name"], test.get("score")
            if name in marks.scores and isinstance(score, int | float):
                most = marks.scores[name][1]
                marks.scores[name] = (min(max(score, 0), most), most)
                marks.messages[name] = str(test.get("output", ""))
    except (ValueError, KeyError, TypeError, OSError) as error:
        marks.notes.append(f"its result cannot be read: {error!r}")


def feedback(all_marks) -> str:
    """Return a page for one student."""
    lines = [f"# {all_marks[0].student}\n"]
    for marks in all_marks:
        lines.append(f"## {marks.exercise}: {marks.total:g} of {marks.most:g} marks\n")
        lines += [f"- {note}" for note in marks.notes]
        for name, (score, most) in marks.scores.items():
            lines.append(f"- {name}: {score:g} of {most:g}")
            if score < most and (said := _said(marks.messages.get(name, ""))):
                lines.append("\n" + "\n".join(f"      {line}" for line in said) + "\n")
        lines.append("\nQuestions in words are read by your teacher, who adds their marks.\n")
    return "\n".join(lines)


def _said(output):
    """Return the message of a check, out of a report of the doctest that ran it."""
    lines = [line.strip() for line in output.splitlines()]
    starts = [at for at, line in enumerate(lines) if "CheckFailed: " in line or "Error: " in line]
    if not starts:
        return []
    first = lines[starts[-1]].partition(": ")[2]
    return [first, *[line for line in lines[starts[-1] + 1 :] if line]][:30]


def words(students) -> str:
    """Return all answers in words, question by question, for the teacher to read."""
    lines = []
    everything = [marks for all_marks in students.values() for marks in all_marks]
    for exercise in sorted({marks.exercise for marks in everything}):
        for name, most in questions(exercise)[1].items():
            lines.append(f"# {exercise}: {name}, {most} marks\n")
            for marks in everything:
                if marks.exercise == exercise:
                    answer = marks.words.get(name, "(no answer)")
                    lines.append(f"**{marks.student}**\n\n{answer}\n")
    return "\n".join(lines)


def main(folder):
    """Grade all submissions in a folder, two at a time, and write the table and the pages."""
    folder = Path(folder)
    if not folder.is_dir():
        sys.exit(f"{folder} is not a folder: it must have a folder for each student.")
    exercises = {path.parent.name for path in CLASS.glob("*/grader.zip")}
    if not exercises:
        sys.exit(f"There are no exercises at {CLASS}: make them first (`make class`).")
    paths = sorted(path for path in folder.glob("*/*.ipynb") if path.stem in exercises)
    strange = sorted(path for path in folder.glob("*/*") if path not in paths)
    for path in strange:
        print(f"not graded, for it is not named after an exercise: {path.relative_to(folder)}")
    if not paths:
        sys.exit(f"There is nothing to grade: no {folder}/STUDENT/EXERCISE.ipynb.")
    if not boxed():
        print("bubblewrap is not here: submissions can read and write what you can.")
    shutil.rmtree(GRADES, ignore_errors=True)
    GRADES.mkdir(parents=True)
    students = {}
    with ThreadPoolExecutor(2) as pool:
        for marks in pool.map(grade, paths):
            students.setdefault(marks.student, []).append(marks)
            notes = f"  ({'; '.join(marks.notes)})" if marks.notes else ""
            print(
                f"{marks.student:16} {marks.exercise:12} {marks.total:4g} of {marks.most:g}{notes}"
            )
    with (GRADES / "marks.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["student", "exercise", "question", "marks", "of", "notes"])
        for all_marks in students.values():
            for marks in all_marks:
                who, notes = (marks.student, marks.exercise), "; ".join(marks.notes)
                for name, score in marks.scores.items():
                    table.writerow([*who, name, *score, notes])
                for name, most in questions(marks.exercise)[1].items():
                    table.writerow([*who, name, "", most, "in words: to be read"])
    for student, all_marks in students.items():
        (GRADES / f"{student}.md").write_text(feedback(all_marks), encoding="utf-8")
    (GRADES / "words.md").write_text(words(students), encoding="utf-8")
    print(
        f"\nIn {GRADES}: marks.csv, feedback for each student, and words.md, to be read and marked."
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Which folder? make grade SUBMISSIONS=folder")
    main(sys.argv[1])
