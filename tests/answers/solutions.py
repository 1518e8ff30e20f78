"""One right answer of each kind: the solutions of the exercises. `wrong.py` changes some lines."""

import re
from pathlib import Path

import nbformat

EXERCISES = Path(__file__).parents[2] / "book" / "exercises"
MARKER = re.compile(r"^ *# (BEGIN|END) SOLUTION\n?", re.MULTILINE)

#: The exercise and the class of each kind.
PLACES = {
    "linear": ("linear", "Linear"),
    "tanh": ("activations", "TanH"),
    "sigmoid": ("activations", "Sigmoid"),
    "softmax": ("softmax", "Softmax"),
    "mse_loss": ("losses", "MSELoss"),
    "binary_cross_entropy": ("losses", "BinaryCrossEntropy"),
    "cross_entropy": ("softmax", "CrossEntropyWithLogSoftmax"),
    "sequential": ("sequential", "Sequential"),
    "optim": ("sequential", "Optim"),
    "autoencoder": ("autoencoder", "AutoEncoder"),
}


def solution(exercise, cls):
    """Return the cell of an exercise that defines a class, without the markers of its solution."""
    cells = nbformat.read(EXERCISES / f"{exercise}.ipynb", as_version=4).cells
    (source,) = (cell.source for cell in cells if re.match(rf"class {cls}\b", cell.source))
    return MARKER.sub("", source) + "\n"


SOLUTIONS = {kind: solution(*place) for kind, place in PLACES.items()}
