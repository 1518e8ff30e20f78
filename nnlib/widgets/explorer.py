"""Moving in the code of an autoencoder. Floor 6."""

from traitlets import CFloat, Int, List, TraitError, Unicode, validate

from nnlib.widgets.base import Widget, script


class CodeExplorer(Widget):
    """A plane of codes of two numbers; the decoder draws the digit at the chosen point.

    Attributes:
        x, y: the code, from -9 to 9.
        reach: how far the plane goes.
    """

    _esm = script("explorer")
    _room = List(Int(), [510, 390]).tag(sync=True)
    _assets = List(Unicode(), ["networks/lesson-code-2", "codes"]).tag(sync=True)

    reach = CFloat(9.0, read_only=True).tag(sync=True)
    x = CFloat(0.0).tag(sync=True)
    y = CFloat(0.0).tag(sync=True)

    @validate("x", "y")
    def _within(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        if not abs(value) <= self.reach:
            raise TraitError(f"{name} must lie from {-self.reach} to {self.reach}, not at {value}.")
        return value
