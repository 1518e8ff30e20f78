"""Moving in the latent space of an autoencoder."""

from traitlets import CFloat, Int, List, TraitError, Unicode, validate

from nnlib.widgets.base import Widget, script


class CodeExplorer(Widget):
    """A latent space of two dimensions; the decoder draws the digit at the chosen point.

    A click upon one of the test digits goes to its latent code, and so does Enter.

    Attributes:
        x, y: the latent code, from -9 to 9.
        reach: how far the plane goes.
    """

    _esm = script("code_explorer")
    _min_heights = List(Int(), [590, 880]).tag(sync=True)
    _assets = List(Unicode(), ["networks/lesson-code-2", "codes", "coded-digits"]).tag(sync=True)

    reach = CFloat(9.0, read_only=True).tag(sync=True)
    x = CFloat(0.0).tag(sync=True)
    y = CFloat(0.0).tag(sync=True)

    @validate("x", "y")
    def _within(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        if not abs(value) <= self.reach:
            raise TraitError(f"{name} must lie from {-self.reach} to {self.reach}, not at {value}.")
        return value
