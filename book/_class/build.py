"""Make what a class needs out of the exercises: `python book/_class/build.py`, into `_build/class`.

From each notebook in `book/exercises`, otter-grader's `assign` makes

    linear/student/linear.ipynb     what students get: no solutions, no hidden tests
    linear/teacher/linear.ipynb     with solutions
    linear/grader.zip               for `make grade`, and for platforms that run Otter's graders
    linear.zip                      the student's notebook and how to start it, to hand out

Each solution is run against its own tests on the way, and a mark missing stops it (not with
`--untested`, which is faster). Where the book is built, it gets the files to hand out, in `class/`.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import nbformat

ROOT = Path(__file__).resolve().parents[2]
EXERCISES = sorted((ROOT / "book" / "exercises").glob("*.ipynb"))
CLASS = ROOT / "_build" / "class"
SITE = ROOT / "_build" / "html"
WHEEL = ROOT / "_build" / "wheels"

#: Before each hidden test: names that a submission cannot have changed, and a limit of time.
BEFORE = """\
import numpy as np
from nnlib import Sequential as TheirSequential, Sigmoid as TheirSigmoid, TanH as TheirTanH
from nnlib import checks, corruption, mnist, zoo
checks.limit(10)
"""
AFTER = "\nchecks.limit(0)"
CONFIG = re.compile(r'^""" +# END TEST CONFIG\n', re.MULTILINE)

START = """\
{name}.ipynb is a Jupyter notebook. It needs Python 3.11 or newer and nnlib:

    pip install "./{wheel}[book]" jupyterlab
    jupyter lab {name}.ipynb

Some cells draw digits. They need the folder `data` of the book's repository: set the environment
variable NNLIB_DATA to where it is. Without it these cells stop with a message; the steps and their
checks do without (but for the project). In the book, the same notebook opens in the browser, with
the digits and with nothing to install.
"""


def run(*command, cwd):
    """Run a module of this Python; show what it says only if it fails."""
    command = [sys.executable, "-m", *map(str, command)]
    # Two at a time, so one thread for each: more would wait for each other, and an exercise has a
    # limit of time.
    env = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, text=True, errors="replace"
    )
    if done.returncode:
        sys.exit(f"{done.stdout}{done.stderr}\nThis failed: {' '.join(command)}")


def pack():
    """Return a fresh wheel of nnlib."""
    for leftover in (WHEEL, ROOT / "build"):
        shutil.rmtree(leftover, ignore_errors=True)
    run("pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", WHEEL, ROOT, cwd=ROOT)
    shutil.rmtree(ROOT / "build")
    (wheel,) = WHEEL.glob("nnlib-*.whl")
    return wheel


def assign(path, wheel, *options):
    """Make the versions of one exercise."""
    name = path.stem
    folder = CLASS / name
    folder.mkdir(parents=True)
    notebook = nbformat.read(path, as_version=4)
    packed = f"nnlib[book] @ file:///autograder/source/files/{wheel.name}"
    # The grader brings nnlib along, so that a platform need not find it.
    config = notebook.cells[0]
    config.source += f"\nrequirements:\n  - {json.dumps(packed)}\nfiles:\n  - {wheel.name}"
    for cell in notebook.cells:
        if found := CONFIG.search(cell.source):
            head, test = cell.source[: found.end()], cell.source[found.end() :]
            cell.source = head + BEFORE + test + AFTER
    shutil.copy(wheel, folder)
    nbformat.write(notebook, folder / path.name)
    run("otter", "assign", *options, path.name, "made", cwd=folder)
    (zipped,) = (folder / "made" / "autograder").glob("*.zip")
    zipped.rename(folder / "grader.zip")
    for version, kind in (("student", "student"), ("teacher", "autograder")):
        (folder / version).mkdir()
        shutil.copy(folder / "made" / kind / path.name, folder / version)
    shutil.rmtree(folder / "made")
    (folder / path.name).unlink()
    (folder / wheel.name).unlink()
    with ZipFile(CLASS / f"{name}.zip", "w", ZIP_DEFLATED) as file:
        file.write(folder / "student" / path.name, path.name)
        file.write(wheel, wheel.name)
        file.writestr("README.txt", START.format(name=name, wheel=wheel.name))


def main(options):
    """Make all of them, two at a time."""
    shutil.rmtree(CLASS, ignore_errors=True)
    wheel = pack()
    with ThreadPoolExecutor(2) as pool:
        for job in [pool.submit(assign, path, wheel, *options) for path in EXERCISES]:
            job.result()
    if SITE.is_dir():
        (SITE / "class").mkdir(exist_ok=True)
        for path in CLASS.glob("*.zip"):
            shutil.copy(path, SITE / "class")
    print(f"{len(EXERCISES)} exercises, each with a .zip to hand out, are in {CLASS}")


if __name__ == "__main__":
    main(["--no-run-tests"] if sys.argv[1:] == ["--untested"] else [])
