"""Make what a class needs out of the exercises: `python book/_class/build.py`, into `_build/class`.

From each notebook in `book/exercises`, otter-grader's `assign` makes

    linear/student/linear.ipynb     what students get: no solutions, no hidden tests
    linear/teacher/linear.ipynb     with solutions
    linear/grader.zip               for `make grade`, and for platforms that run Otter's graders
    linear.zip                      to hand out: the student's notebook, nnlib, how to start it, the
                                    digits and networks that its cells load, and a workflow that
                                    reports points where a student's repository is

Each solution is run against its own tests on the way, and a mark missing stops it (not with
`--untested`, which is faster). The book makes its pages of exercises of these versions, and hands
them out, in `class/`. A file `made` tells that all are there, and one `tested` that they were run.

With VARIANT=7 in the environment, a course has numbers of its own (`variants.py`), and all of this
lies in `_build/class-7`.
"""

import ast
import json
import multiprocessing.connection
import multiprocessing.forkserver
import os
import re
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from textwrap import indent
from zipfile import ZIP_DEFLATED, ZipFile

import exercise
import nbformat
import variants
from exercise import BOOK, CLASS, ROOT, SOURCES, VARIANT

from nnlib import mnist
from nnlib.experiments import grid

EXERCISES = sorted(BOOK.glob("*.ipynb"))
WHEEL = ROOT / "_build" / "wheels"
WORKFLOW = ROOT / "book" / "_class" / "points.yml"

#: A hidden test, as Otter wants it: a function of the answers.
TEST = '''\
""" # BEGIN TEST CONFIG
hidden: true
"""  # END TEST CONFIG
def test_{number}({answers}):
{given}
    checks.limit(10)
    try:
{test}
    finally:
        checks.limit(0)
'''

START = """\
{name}.ipynb is a Jupyter notebook. It needs Python 3.11 or newer and nnlib:

    pip install "./{wheel}[book]" jupyterlab
    jupyter lab {name}.ipynb
{data}
Before you hand it in, see what becomes of it: which questions it answers, what the checks say, and
which lines your teacher will look at.

    python -m nnlib.checks {name}.ipynb

In the book, the same notebook opens in the browser, with nothing to install. In a repository on
GitHub, .github/workflows/points.yml does that check at each push.
"""
DATA = """
The digits and networks that its cells load are in the folder "data". Leave it beside the notebook.
"""


#: Each exercise has a process of its own that begins with Otter imported, which takes a second.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["otter.cli", "nnlib.experiments.grid"])
#: Threads share what multiprocessing knows of its processes: to start one asks for the end of all.
ONE_AT_A_TIME = threading.Lock()


def assign_by_otter(name, *options, cwd):
    """Run Otter on a notebook in the folder `cwd`; show what it says only if it fails."""
    log = CLASS / f"{name}.log"
    log.touch()
    job = PROCESSES.Process(target=otter, args=(["assign", *options], cwd, log))
    with ONE_AT_A_TIME:
        job.start()
    multiprocessing.connection.wait([job.sentinel])
    with ONE_AT_A_TIME:
        job.join()
    if job.exitcode:
        sys.exit(f"{log.read_text(errors='replace')}\nThis failed: otter assign, on {name}")
    log.unlink()


def otter(arguments, cwd, log):
    """Be Otter's command: in its folder, with all that it says in a file."""
    os.chdir(cwd)
    with log.open("w") as file:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(file.fileno(), stream.fileno())
    from otter.cli import cli  # only here: what starts the processes does not need it

    cli.main(arguments)


def pack():
    """Return a fresh wheel of nnlib."""
    for leftover in (WHEEL, ROOT / "build"):
        shutil.rmtree(leftover, ignore_errors=True)
    pip = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    done = subprocess.run(
        [*pip, "-w", WHEEL, ROOT], stderr=subprocess.PIPE, text=True, errors="replace"
    )
    if done.returncode:
        sys.exit(f"{done.stderr}\nThis failed: {' '.join(pip)} {ROOT}")
    shutil.rmtree(ROOT / "build")
    (wheel,) = WHEEL.glob("nnlib-*.whl")
    return wheel


def data_of(notebook):
    """Return the files of the book's data that the cells of a notebook load."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.id != "setup"]
    source = "\n".join(cell.source for cell in cells)
    files = {f"mnist/{name}.gz" for name in mnist.CHECKSUMS} if "mnist.load(" in source else set()
    for call in [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]:
        if ast.unparse(call.func) == "zoo.load":
            given = {word.arg: ast.literal_eval(word.value) for word in call.keywords}
            epochs = given.pop("epochs")
            files.add(f"networks/{grid.Checkpoint(grid.Config(**given), epochs).name}.npz")
    return sorted(files | {"README.md"}) if files else []  # it tells whose the digits are


def named(notebook, name):
    """Give the cells that Otter made ids that stay, and answers in words their question."""
    prompts = {one.prompt: one.name for one in exercise.questions(name)}
    known = {cell.id for cell in nbformat.read(SOURCES / f"{name}.ipynb", 4).cells}
    before = question = None
    for cell in notebook.cells:
        question = prompts.get(cell.id, question)
        if cell.id not in known:
            cell.id = f"{before}-after"
        if cell.source == exercise.PLACEHOLDER:
            cell.metadata["question"] = question
        before = cell.id
    return notebook


def assign(path, wheel, *options):
    """Make the versions of one exercise."""
    name = path.stem
    folder = CLASS / name
    folder.mkdir(parents=True)
    notebook = nbformat.read(path, as_version=4)
    packed = f"nnlib[book] @ file:///autograder/source/files/{wheel.name}"
    # The grader brings nnlib along, so that a platform need not find it. Tests that are functions
    # fail by an exception alone; Otter's other kind fails by whatever an answer prints, too.
    config = notebook.cells[0]
    config.source += f"\nrequirements:\n  - {json.dumps(packed)}\nfiles:\n  - {wheel.name}"
    config.source += "\ntests:\n  ok_format: false"
    asked = exercise.questions(name)
    hidden = [cell for question in asked for cell in question.tests]
    for cell in notebook.cells:
        if "TEST CONFIG" in cell.source:
            sys.exit(
                f"{name}: points stand with the question alone; take TEST CONFIG out of {cell.id}."
            )
        if cell.id in hidden:
            cell.source = TEST.format(
                number=hidden.index(cell.id) + 1,
                answers=", ".join(exercise.answers(cell.source)),
                given=indent(exercise.GIVEN, "    ").rstrip(),
                test=indent(cell.source, " " * 8),
            )
    shutil.copy(wheel, folder)
    nbformat.write(notebook, folder / path.name)
    assign_by_otter(name, *options, path.name, "made", cwd=folder)
    (zipped,) = (folder / "made" / "autograder").glob("*.zip")
    zipped.rename(folder / "grader.zip")
    for version, kind in (("student", "student"), ("teacher", "autograder")):
        (folder / version).mkdir()
        made = nbformat.read(folder / "made" / kind / path.name, as_version=4)
        if version == "student":  # what a picture shows is for them to find out
            for cell in made.cells:
                cell.metadata.pop("mystnb", None)
        exercise.mark(named(made, name))
        if version == "student":
            made.metadata["exercise"] = exercise.about(name, made.cells)
        nbformat.write(made, folder / version / path.name)
    shutil.rmtree(folder / "made")
    (folder / path.name).unlink()
    (folder / wheel.name).unlink()
    files = data_of(notebook)
    with ZipFile(CLASS / f"{name}.zip", "w", ZIP_DEFLATED) as file:
        file.write(folder / "student" / path.name, path.name)
        file.write(wheel, wheel.name)
        start = START.format(name=name, wheel=wheel.name, data=DATA if files else "")
        file.writestr("README.txt", start)
        file.write(WORKFLOW, f".github/workflows/{WORKFLOW.name}")
        for one in files:
            file.write(ROOT / "data" / one, f"data/{one}")


def main(options):
    """Make all of them, two at a time."""
    if VARIANT and not re.fullmatch("[A-Za-z0-9]+", VARIANT):
        sys.exit(f"VARIANT is {VARIANT!r}: name it with letters and digits, such as VARIANT=7.")
    # Two at a time, so one thread for each: more would wait for each other, and an exercise has a
    # limit of time.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    multiprocessing.forkserver.ensure_running()  # it imports Otter while the wheel is made
    shutil.rmtree(CLASS, ignore_errors=True)
    wheel = pack()
    if VARIANT:
        variants.write()
    with ThreadPoolExecutor(2) as pool:
        paths = [SOURCES / path.name for path in EXERCISES]
        # The large ones mostly take longer. They come first, or a core would wait for them.
        paths.sort(key=lambda path: -path.stat().st_size)
        for job in [pool.submit(assign, path, wheel, *options) for path in paths]:
            job.result()
    for done in ("made", "tested")[: 1 if options else 2]:
        (CLASS / done).touch()
    print(f"{len(EXERCISES)} exercises, each with a .zip to hand out, are in {CLASS}")


if __name__ == "__main__":
    main(["--no-run-tests"] if sys.argv[1:] == ["--untested"] else [])
