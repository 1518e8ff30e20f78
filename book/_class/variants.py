"""Other numbers in the questions in words: `make class VARIANT=7`, into `_build/class-7`.

The solutions are public. So a course may have numbers of its own, drawn from the variant's name:
these stand in place of the book's in the texts and cells of an exercise, and the answer is worked
out from them, for the teacher's version. Each function here knows one exercise. It is given a
generator and returns the changes, {cell: [(old, new)]}, and the answers, {cell: text}.
"""

import random
import re
import subprocess
import sys
from fractions import Fraction
from functools import cache

import nbformat
import numpy as np
from exercise import BOOK, ROOT, SOURCES, VARIANT

from nnlib import mnist

load = cache(mnist.load)
WORDS = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve"),
]


def linear(draw):
    """Two other digits are told from each other."""
    zero, one = draw.choice([(a, b) for a in range(10) for b in range(10) if a != b])
    return _linear(zero, one)


def _linear(zero, one):
    def article(text):
        return f"an {text}" if text in ("eight", "8") else f"a {text}"

    def plural(digit):
        return "sixes" if digit == 6 else f"{WORDS[digit]}s"

    names = [("fours", plural(zero)), ("nines", plural(one))]
    names += [("a four", article(WORDS[zero])), ("a nine", article(WORDS[one]))]
    code = [("digit in (4, 9)", f"digit in {zero, one}"), ("== 9", f"== {one}")]
    code += [("data.Y_test, (4, 9)", f"data.Y_test, {zero, one}")]
    code += [("is_nine", f"is_{WORDS[one]}"), ("with nine", f"with {WORDS[one]}")]
    asked = [("a 4 and a 9", f"{article(str(zero))} and {article(str(one))}"), names[-1]]
    data = load()
    picked = [data.X_train[data.Y_train == digit][:1000] for digit in (zero, one)]
    total = float((np.concatenate(picked) ** 2).sum(axis=1).mean())
    changes = {"linear-02": names[:2], "linear-34": names, "linear-35": code, "linear-37": asked}
    return changes, {
        "linear-39": f"In the picture above, red pixels are evidence for {names[3][1]}, and blue "
        f"ones for {names[2][1]}. Where all images are background, nothing is learned.",
        "linear-45": f"Training diverges: a step with the learning rate $\\eta$ changes the output "
        f"by $-2 \\eta (y - t) \\sum_j x_j^2$, and the sum over all pixels is about {total:.0f} "
        f"here. So with a learning rate of 1 the step is about {2 * total:.0f} times too long.",
    }


def activations(draw):
    """The gradient goes through another number of layers."""
    return _activations(draw.choice([3, 4, 5, 6, 7, 9, 10, 11, 12]))


def _activations(layers):
    new = [("eight sigmoids", f"{WORDS[layers]} sigmoids"), ("eight tanh", f"{WORDS[layers]} tanh")]
    return {"activations-37": new}, {
        "activations-39": f"At best, $0.25^{{{layers}}} = 1 / {4**layers:,}$ is left after the "
        "sigmoids, and all of it after the tanh functions, whose slope is at most 1."
    }


def sequential(draw):
    """Other numbers of rows, of which the last batch has fewer."""
    batch, batches, last = draw.randint(5, 9), draw.randint(2, 4), draw.randint(2, 4)
    return _sequential(batch, batches, last)


def _sequential(batch, batches, last):
    rows, count = batches * batch + last, batches + 1
    new = [("10 rows", f"{rows} rows"), ("batch size is 4", f"batch size is {batch}")]
    new += [("three batch losses", f"{WORDS[count]} batch losses")]
    return {"sequential-37": new}, {
        "sequential-39": f"There are {batches} batches of {batch} rows and one of {last}. In the "
        f"plain mean, each row of the last batch counts 1/{count * last}, and each other row "
        f"1/{count * batch}: {Fraction(batch, last)} times as much. With many batches the short "
        "one is only a small share of the mean."
    }


def losses(draw):
    """Another prediction is confident and wrong."""
    return _losses(draw.choice([0.002, 0.004, 0.005, 0.02, 0.03, 0.04, 0.05]))


def _losses(p):
    squared, entropy = 2 * (p - 1) * p * (1 - p), p - 1
    new = [("p = 0.01<!-- squared error: 0.98 at p = # -->", f"p = {p}")]
    return {"losses-37": new}, {
        "losses-39": f"With respect to the logit, the gradient of the squared error is "
        f"$2 (p - 1)\\, p (1 - p)$ = {squared:.4f}, and that of the cross-entropy $p - 1$ = "
        f"{entropy:.3f}. With cross-entropy, the network learns {entropy / squared:.0f} times as "
        "fast from this mistake: the derivative of the sigmoid cancels there."
    }


def luck(draw):
    """The networks are trained with other images, so that ratios and shares are others."""
    start = 1000 * draw.randint(2, 40)  # at 55,000 networks hardly learn enough
    new = [("data.X_train[:2000]", f"data.X_train[{start}:{start + 2000}]")]
    asked = [("about the question that is undecided", "if a question is undecided")]
    return {"luck-05": new, "luck-79": asked}, {
        "luck-81": "The outputs above tell the ratios, their intervals, the verdicts and the "
        "shares. What they mean is said in the book's solution, with its own numbers."
    }


KINDS = {one.__name__: one for one in (linear, activations, sequential, losses, luck)}


def varied(notebook, changes, answers, variant):
    """Change a notebook of the book; a text that is to be changed and is not there is a fault."""
    cells = {cell.id: cell for cell in notebook.cells}
    for at, pairs in changes.items():
        new, found = dict(pairs), set(re.findall(_any(pairs), cells[at].source))
        if gone := new.keys() - found:
            raise ValueError(f"{at} does not have {', '.join(gone)}: mend book/_class/variants.py")
        # At once: what is put in is not changed again.
        cells[at].source = re.sub(_any(pairs), lambda one, new=new: new[one[0]], cells[at].source)
    for at, text in answers.items():
        cells[at].source = f"**Variant {variant}.** {text}"


def _any(pairs):
    """Return a pattern for what is to be changed."""
    return "|".join(re.escape(old) for old, _ in pairs)


def write():
    """Write all exercises of this variant, and run those whose cells have changed."""
    SOURCES.mkdir(parents=True)
    for path in sorted(BOOK.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        title = next(cell for cell in notebook.cells if cell.cell_type == "markdown")
        title.source += f"\n\n*Variant {VARIANT}.*"
        code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
        if path.stem in KINDS:
            changes, answers = KINDS[path.stem](random.Random(f"{VARIANT} {path.stem}"))
            varied(notebook, changes, answers, VARIANT)
        nbformat.write(notebook, SOURCES / path.name)
        if code != [cell.source for cell in notebook.cells if cell.cell_type == "code"]:
            command = [sys.executable, ROOT / "book" / "refresh.py", SOURCES / path.name]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
