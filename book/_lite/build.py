"""Build JupyterLite under the built book: `python book/_lite/build.py [--pyodide FOLDER]`.

JupyterLite is JupyterLab as a static site, with Python (Pyodide) in the reader's browser. The site
gets the notebooks, the exercises, their data and nnlib. It fetches Pyodide from its usual address
when the reader starts it, unless a folder with a Pyodide distribution is given to be hosted along.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SITE = ROOT / "_build" / "html"
WORK = ROOT / "_build" / "lite"  # a copy of this folder, and what building leaves behind
CLASS = ROOT / "_build" / "class"  # the exercises, made by `_class/build.py`,
NNLIB = ROOT / "_build" / "wheels"  # … as is the wheel of nnlib
WHEELS = Path(sys.prefix) / "wheels"  # those of requirements.txt, beside this file


def run(*command):
    """Run a module of this Python in the working copy; show what it says only if it fails."""
    command = [sys.executable, "-m", *map(str, command)]
    done = subprocess.run(command, cwd=WORK, capture_output=True, text=True, errors="replace")
    if done.returncode:
        sys.exit(f"{done.stdout[-2000:]}{done.stderr}\nThis failed: {' '.join(command)}")


def build(pyodide=None):
    """Build the site."""
    if not (SITE / "index.html").is_file():
        sys.exit(f"There is no book at {SITE}: build it first (`make book`).")
    if not WHEELS.is_dir():
        sys.exit(f"There are no wheels at {WHEELS}: fetch them first (`make env`).")
    if pyodide and not (pyodide / "pyodide.mjs").is_file():
        sys.exit(f"{pyodide} is not a Pyodide distribution: it has no file pyodide.mjs.")
    if not CLASS.is_dir():
        sys.exit(f"There are no exercises at {CLASS}: make them first (`make class`).")
    for leftover in (SITE / "lite", WORK):
        shutil.rmtree(leftover, ignore_errors=True)
    shutil.copytree(HERE, WORK, ignore=shutil.ignore_patterns("*.py"))
    if pyodide:  # JupyterLite takes what lies there; its own option wants an archive
        shutil.copytree(pyodide, WORK / "static" / "pyodide")
    exercises = WORK / "contents" / "exercises"
    exercises.mkdir(parents=True)
    for path in CLASS.glob("*/student/*.ipynb"):
        shutil.copy(path, exercises)
    options = [f"--contents={folder}" for folder in (ROOT, exercises.parent)]
    options += [f"--piplite-wheels={folder}" for folder in (WHEELS, NNLIB)]
    options += [f"--output-dir={SITE / 'lite'}"]
    run("jupyter", "lite", "build", *options)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pyodide", type=Path, help="a Pyodide distribution to host along")
    build(parser.parse_args().pyodide)
