"""`python -m nnlib`: what is here, and what can be done with it."""

import contextlib
import sys

import nnlib
from nnlib.datasets.paths import data_dir

MODULES = {
    "nnlib.mnist": "load(): 70,000 handwritten digits",
    "nnlib.fashion_mnist": "load(): 70,000 images of clothes, in the form of MNIST",
    "nnlib.corruption": "noise and masks for images",
    "nnlib.checks": "is a gradient right, or a class of your own?",
    "nnlib.zoo": "load(): the 84 autoencoders of the report, trained",
    "nnlib.plots": "the figures of the book (needs matplotlib)",
    "nnlib.widgets": "the interactive figures (needs anywidget)",
}
COMMANDS = {
    "python -m nnlib": "this page",
    "python -m nnlib.checks": "will a notebook of an exercise be graded, and how?",
    "python -m nnlib.experiments": "train, measure and judge the 84 autoencoders (see --help)",
}


def main() -> None:
    """Print the library's names, modules, commands and the place of its data."""
    with contextlib.suppress(AttributeError):  # a window that knows not all letters shows "?"
        sys.stdout.reconfigure(errors="replace")
    print(f"nnlib {nnlib.__version__}: neural networks to read\n\nfrom nnlib import …")
    for name in nnlib.__all__:
        if getattr(nnlib, name).__name__ == name:  # not the other names for the same
            print(f"  {name:28}{getattr(nnlib, name).__doc__.splitlines()[0]}")
    for title, entries in (("Modules", MODULES), ("Commands", COMMANDS)):
        print(f"\n{title}")
        for name, what in entries.items():
            print(f"  {name:28}{what}")
    data = data_dir()
    print(f"\nData: {data}" + ("" if data.is_dir() else " (not there: set NNLIB_DATA)"))


if __name__ == "__main__":
    main()
