"""Answers of students, as files: what the checks are measured on.

Each folder is a lot. An answer in somebody's own style is a file, LOT/KIND/NAME.py; one that is the
solution of the exercise with some lines changed is a patch on it, in LOT/KIND.diff. Both begin with
comments: what it is, then, for a wrong one, `cause:` with a pattern for what the message must name,
and `seen:` where such a mistake was met. An answer without a `cause:` is right.

Lots of wrong answers:
    wrong: written before the checks. Half of them, drawn by a checksum of their names, were kept
        back while the checks were written.
    others: by somebody who had not seen the checks, asked for classes that keep the contract but
        for one mistake, "subtle ones that a gradient check would miss".
    wild: mistakes that people really made, from public questions and bug reports.
    blind_a, blind_b, blind_c: by authors who had not seen the checks, right ones among them. Of
        their 55, 56 and 45 wrong ones all were found at first sight, and the cause of 50, 53 and 41
        was named; no right one was refused. After each, the checks were mended by it (and patterns
        of four of the last widened, since a reader found the cause in the message).

Lots of right ones:
    right: in styles unlike the book's.
    odd: solutions with small changes: how small a number may be, which start, which dtype.

Answers to the functions that exercises ask for are in `functions`.
"""

import linecache
import re
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import nbformat
import numpy as np

import nnlib
from nnlib import checks
from nnlib.autoencoder import layer_widths

HERE = Path(__file__).parent
LOTS = ("wrong", "others", "wild", "blind_a", "blind_b", "blind_c", "right", "odd")

# --- The solutions of the exercises --------------------------------------------------------------

EXERCISES = HERE.parents[2] / "book" / "exercises"
MARKER = re.compile(r"^ *# (BEGIN|END) SOLUTION\n?", re.MULTILINE)

#: Of each kind: the exercise, and the class of the library.
KINDS = {
    "linear": ("linear", nnlib.Linear),
    "tanh": ("activations", nnlib.TanH),
    "sigmoid": ("activations", nnlib.Sigmoid),
    "softmax": ("softmax", nnlib.Softmax),
    "mse_loss": ("losses", nnlib.MSELoss),
    "binary_cross_entropy": ("losses", nnlib.BinaryCrossEntropy),
    "cross_entropy": ("softmax", nnlib.CrossEntropyWithLogSoftmax),
    "sequential": ("sequential", nnlib.Sequential),
    "optim": ("sequential", nnlib.Optim),
    "autoencoder": ("autoencoder", nnlib.AutoEncoder),
}


def _solution(exercise, cls):
    """Return the cell of an exercise that defines a class, without the markers of its solution."""
    cells = nbformat.read(EXERCISES / f"{exercise}.ipynb", as_version=4).cells
    start = rf"class {cls.__name__}\b"
    (source,) = (cell.source for cell in cells if re.match(start, cell.source))
    return MARKER.sub("", source) + "\n"


SOLUTIONS = {kind: _solution(*place) for kind, place in KINDS.items()}

# --- The answers ---------------------------------------------------------------------------------

#: What the answers of a notebook find there.
NAMES = {"np": np, "pairwise": pairwise, "layer_widths": layer_widths}
NAMES |= {name: getattr(nnlib, name) for name in nnlib.__all__}


class Answer(NamedTuple):
    """An answer; `cause` is a pattern for the cause that must be named, or None of a right one."""

    lot: str
    kind: str  # the check that it is for
    name: str
    cause: str | None
    source: object  # its text, or a function itself

    def load(self):
        """Return the class that it defines, or the function that it is."""
        return self.source if callable(self.source) else load(self.source)

    @property
    def kept_back(self):
        """Whether the checks were written without looking at this one."""
        return crc32(f"{self.kind}: {self.name}".encode()) % 2 == 1

    def __str__(self):
        return f"{self.lot}, {self.kind}: {self.name}"


def read(lot):
    """Return the answers of a lot: a folder's name here, or the path of another folder."""
    folder = HERE / lot
    return [
        _answer(lot, path.parent.name, path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*/*.py"))
    ] + [
        _answer(lot, path.stem, text, SOLUTIONS[path.stem])
        for path in sorted(folder.glob("*.diff"))
        for text in path.read_text(encoding="utf-8").split("\n\n")
    ]


def _answer(lot, kind, text, solution=None):
    head = re.match(r"# (.*)\n((?:# .*\n)*)", text + "\n")
    cause = re.search(r"^# cause: (.*)", head[2], re.MULTILINE)
    source = text if solution is None else _patched(solution, text[head.end() :] + "\n")
    return Answer(str(lot), kind, head[1], cause and cause[1], source)


def _patched(source, patch):
    """Return a source with its lines that stand after "-" changed to those after "+".

    What is to be changed, with the lines after " " before it, must be there once. After a "+" the
    next place begins, and after "@@" where there is none.
    """
    for hunk in re.findall(r"(?:^[ -].*\n)+(?:^[+].*\n)*", patch, re.MULTILINE):
        lines = hunk.splitlines(keepends=True)
        old = "\n" + "".join(line[1:] for line in lines if line[0] != "+")
        new = "\n" + "".join(line[1:] for line in lines if line[0] != "-")
        assert f"\n{source}".count(old) == 1, f"not there, or not once: {old}"
        source = f"\n{source}".replace(old, new)[1:]
    return source


def load(source):
    """Return the last class that some source defines."""
    space = dict(NAMES)
    linecache.cache["<answer>"] = (len(source), None, source.splitlines(True), "<answer>")
    exec(compile(source, "<answer>", "exec"), space)
    return space[re.findall(r"^class (\w+)", source, re.MULTILINE)[-1]]


def verdict(kind, cls):
    """Return what a check says of a class, or None if it has nothing to say."""
    try:
        getattr(checks, kind)(cls)
    except checks.CheckFailed as failed:
        return str(failed)
    return None
