"""Figures that move, in a running notebook and on the published page. Floor 6."""

from nnlib.widgets.classifier import DigitReader
from nnlib.widgets.descent import Descent
from nnlib.widgets.explorer import CodeExplorer
from nnlib.widgets.lab import Lab
from nnlib.widgets.landscape import Landscape
from nnlib.widgets.playground import Playground
from nnlib.widgets.stepper import Stepper

__all__ = [
    "CodeExplorer",
    "Descent",
    "DigitReader",
    "Lab",
    "Landscape",
    "Playground",
    "Stepper",
]
