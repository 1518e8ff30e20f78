"""Draw a digit and see what a network takes it for."""

from traitlets import Bytes, CInt, Int, List, Unicode

from nnlib.widgets.assets import CLASSIFIER
from nnlib.widgets.base import Widget, script


class DigitReader(Widget):
    """A page to draw on, and the ten probabilities of the network of the lesson.

    Attributes:
        drawing: 784 bytes from 0 (background) to 255 (foreground), as drawn; or nothing.
        label: the true digit, whose probability and loss are told; -1 if it is not known.
    """

    _esm = script("digit_reader")
    _min_heights = List(Int(), [372, 685]).tag(sync=True)
    _assets = List(Unicode(), [f"networks/{CLASSIFIER}", "ten"]).tag(sync=True)

    drawing = Bytes(b"").tag(sync=True)
    label = CInt(-1, min=-1, max=9).tag(sync=True)
