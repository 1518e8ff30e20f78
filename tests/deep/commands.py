"""Run each command that a text of the project names, from nothing: `make commands`.

It clones the last commit into a new folder, where nothing is installed, and runs there whatever
README, CONTRIBUTING, the pages and `make help` name, in the order below. A command that a text
names and this list has not is a fault, and so is one that ends otherwise than the list says.

    python tests/deep/commands.py                 the whole list: hours
    python tests/deep/commands.py --only book     what has "book" in it, and what it needs
    python tests/deep/commands.py --short         without what takes longer than ten minutes
"""

import argparse
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
TEXTS = ["README.md", "CONTRIBUTING.md", "data/README.md", "book/*.md", "book/*.ipynb"]
COMMAND = re.compile(r"\bmake [a-z]+\b(?: [A-Z]+=\S+)?|\.venv/bin/\w[^`\n]*|python -m nnlib[^`\n]*")


class Step(NamedTuple):
    """One command, and how it is told to have done well."""

    command: str
    minutes: float = 10
    code: int = 0
    says: str = ""
    serves: bool = False  # it runs until it is stopped: then what it says is waited for


STEPS = [
    Step("make help", says="make test"),
    Step("make env"),
    Step("make style", says="All checks passed"),
    Step("make lint"),
    Step("make workflows"),
    Step("make zoo", says="agree"),
    Step("make widgets"),
    Step("make library"),
    Step("make quick"),
    Step("make check"),
    Step("make book", says="index.html"),
    Step("make zoo-and-book", says="agree"),
    Step("make links"),
    Step("make pdf ANSWERS=no", 20),
    Step("make pdf", 20, says=", 0 faults"),
    Step("make epub"),
    Step("make serve", says="Serving HTTP", serves=True),
    Step("make serve HOST=0.0.0.0", says="Serving HTTP on 0.0.0.0", serves=True),
    Step("make lab", says="running at|Running as root is not recommended", serves=True),
    Step("make refresh ONLY=book/linear.ipynb"),
    Step("make notebooks ONLY=book/linear.ipynb"),
    Step("make class"),
    Step("make class VARIANT=7", says="_build/class-7"),
    Step("make bank", says="questions"),
    Step(".venv/bin/python -m nnlib.checks _build/class/linear/teacher/linear.ipynb", says="10 of"),
    Step(".venv/bin/python -m nnlib.checks linear.ipynb", code=2, says="There is no file"),
    Step(".venv/bin/python -m nnlib.checks --markdown *.ipynb", code=2, says="There is no file"),
    Step("make grade", code=2, says="Which folder|SUBMISSIONS"),
    Step("make grade SUBMISSIONS=folder", code=2, says="folder is not there"),
    Step("make grade SUBMISSIONS=collected", code=2, says="collected is not there"),
    Step("make collect", code=2, says="Which folder"),
    Step("make collect SUBMISSIONS=download.zip", code=2, says="is not there"),
    Step("make similar", code=2, says="Which folder"),
    Step("make similar SUBMISSIONS=collected", code=2, says="is not there"),
    Step("make slides", says="index.html"),
    Step("make slides PDF=1", says="index.html"),
    Step(".venv/bin/pytest -q tests/book/test_slides.py"),
    Step("make lite"),
    Step("make lite PYODIDE=folder", code=2, says="folder"),
    Step(".venv/bin/pytest -q tests/project/test_requirements.py"),
    Step(".venv/bin/pytest -q -x tests/core/test_mse_loss.py"),
    Step(".venv/bin/pytest -q tests/book/test_words.py"),
    Step(".venv/bin/pytest -q tests/book/test_questions.py"),
    Step(".venv/bin/pytest -q tests/book/test_session.py"),
    Step(".venv/bin/python tests/book/prose_numbers.py book/linear.ipynb", says="faults: 0"),
    Step(".venv/bin/python tests/book/questions.py", says="400 words"),
    Step(".venv/bin/python tests/book/words.py book/loss.ipynb", says="a sentence"),
    Step(".venv/bin/pytest -q tests/book/test_browser.py -k descent"),
    Step(".venv/bin/pytest -q tests/book/test_figures.py"),
    Step(".venv/bin/ruff check --fix .", says="All checks passed"),
    Step(".venv/bin/ruff format .", says="left unchanged"),
    Step(".venv/bin/oxfmt nnlib/widgets"),
    Step(".venv/bin/python -m tests.checks.answers.measure wrong", says="found"),
    Step(".venv/bin/python -m nnlib", says="nnlib"),
    Step(".venv/bin/python -m nnlib.experiments --help", says="train"),
    Step(".venv/bin/python -m nnlib.experiments judge", says="Verdict"),
    Step(".venv/bin/python -m nnlib.experiments judge --data fashion_mnist", says="Verdict"),
    Step(".venv/bin/python -m nnlib.experiments verify", says="agree"),
    Step(".venv/bin/python -m nnlib.experiments multiverse"),
    Step(".venv/bin/python -m nnlib.experiments controls", 5),
    Step(".venv/bin/python -m nnlib.experiments train --images 64 --steps 2"),
    Step(".venv/bin/python -m nnlib.experiments measure --images 64 --claims R4 --steps 2"),
    Step(".venv/bin/python -m nnlib.experiments robustness --images 64"),
    Step(".venv/bin/python -m nnlib.experiments unclipped", code=1, says="is missing: run"),
    Step(".venv/bin/python -m nnlib.experiments export", code=1, says="is missing: run"),
    Step("make notebooks", 20),
    Step("make refresh", 20),
    Step("make browser", 20),
    Step("make classroom", 20),
    Step("make test", 60),
    Step(".venv/bin/python -m nnlib.experiments baselines", 60),
    Step(".venv/bin/python -m nnlib.experiments tune", 150),
    Step(".venv/bin/python -m nnlib.experiments variance", 60),
    Step(".venv/bin/python -m nnlib.experiments pretrain", 120),
    Step("make cost ONLY=book/linear.ipynb"),
    Step("make editor"),
    Step("make alone", 40),
    Step("make pyodide", 60),
    Step("make rehearsal", 60),
    Step("make audit", 20),
    Step("make linkcheck", 20),
    Step("make coverage", 60),
    Step("make bench", 90),
    Step("make fuzz", 120),
    Step("make matrix", 240),
    Step("make mutants", 240),
    Step("make constraints"),  # the next `make` would bring .venv up to date with it
    Step("make clean"),
]
#: Named, but not to be run: it is installed by hand, or this very script.
NOT_RUN = [
    ".venv/bin/playwright",
    "make commands",
    "nnlib.experiments COMMAND",
    "exercises/NAME.ipynb",
]


def named() -> set:
    """Return the commands that the texts name, `python` being that of the environment."""
    found = set()
    for text in (path for pattern in TEXTS for path in ROOT.glob(pattern)):
        source = text.read_text(encoding="utf-8").replace("\\n", "\n")
        for quoted in re.findall(r"`+([^`]+)`+", source):
            found |= {
                one[0].strip() for line in quoted.splitlines() if (one := COMMAND.match(line))
            }
    help_text = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True).stdout
    found |= set(re.findall(r"make [a-z]+", help_text))
    plain = {re.sub(r"\s+# .*", "", one) for one in found}
    return {re.sub(r"^python ", ".venv/bin/python ", one) for one in plain}


def unlisted() -> list:
    """Return the commands that a text names and the list has not, whatever they are given."""
    listed = {re.sub(r"=\S+", "=", step.command) for step in STEPS}
    asked = {one for one in named() if not any(part in one for part in NOT_RUN)}
    return sorted(
        one for one in asked
        if not any(step.startswith(re.sub(r"=\S+", "=", one)) for step in listed)
    )  # fmt: skip


def run(step: Step, clone: Path) -> str | None:
    """Run one command; return what is wrong, or None."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    process = subprocess.Popen(
        shlex.split(step.command), cwd=clone, env=environment, text=True, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    said = ""
    try:
        said, _ = process.communicate(timeout=20 if step.serves else 60 * step.minutes)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGTERM)
        said, _ = process.communicate()
        if not step.serves:
            return f"it was still running after {step.minutes} minutes"
    if step.says and not re.search(step.says, said):
        return f"it does not say {step.says!r}, but: {said[-500:]}"
    if not step.serves and process.returncode != step.code:
        return f"it ended with {process.returncode}, not {step.code}: {said[-500:]}"
    return None


def main():
    """Clone the project, run all and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default="", help="a part of the commands to run")
    parser.add_argument("--short", action="store_true", help="leave out what takes long")
    given = parser.parse_args()
    faults = [f"not in the list of this script: {one}" for one in unlisted()]
    with tempfile.TemporaryDirectory(prefix="from-nothing-") as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        for step in STEPS:
            if given.only not in step.command or (given.short and step.minutes > 10):
                continue
            began = time.monotonic()
            fault = run(step, clone)
            took = f"{time.monotonic() - began:6.0f} s"
            print(took, "FAILED" if fault else "ok    ", step.command, flush=True)
            if fault:
                print(f"         {fault}", flush=True)
                faults.append(f"{step.command}: {fault}")
    print(*faults, sep="\n")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
