"""Interactive figures, in a running notebook and on the published page."""

from nnlib.widgets.calibration import Calibration
from nnlib.widgets.code_explorer import CodeExplorer
from nnlib.widgets.descent import Descent
from nnlib.widgets.digit_reader import DigitReader
from nnlib.widgets.lab import Lab
from nnlib.widgets.landscape import Landscape
from nnlib.widgets.live_autoencoder import LiveAutoencoder
from nnlib.widgets.multiverse import Multiverse
from nnlib.widgets.playground import Playground
from nnlib.widgets.stepper import Stepper

__all__ = [
    "Calibration",
    "CodeExplorer",
    "Descent",
    "DigitReader",
    "Lab",
    "Landscape",
    "LiveAutoencoder",
    "Multiverse",
    "Playground",
    "Stepper",
]
