"""All verdicts under choices of the reader."""

from traitlets import Bool, CFloat, CInt, Dict, Enum, Int, List, TraitError, Unicode, validate

from nnlib.experiments import multiverse
from nnlib.widgets.base import Widget, script

#: The least and the most that can be chosen, and the steps between.
LIMITS = {
    "matters": (1.01, 1.15, 0.01),
    "slight": (1.2, 2, 0.05),
    "well": (1.1, 4, 0.1),
    "seeds": (3, multiverse.Choices.seeds, 1),
}
#: Of the choices, those that can be made here: whatever needs no other tables.
CHOICES = (*LIMITS, "column", "clipped", "half", "correction", "drop_unlearned")
NAMES = {"mse": "mean squared error (MSE)", "ssim": "1 − SSIM", "bce": "cross-entropy (BCE)"}


def columns() -> list:
    """Return the metrics to choose from, in groups: [group, [[column, text], …]]."""
    of_digits = [[column, f"MSE, digit {column[-1]}"] for column in multiverse.DIGITS]
    return [["all test images", list(map(list, NAMES.items()))], ["one digit", of_digits]]


class Multiverse(Widget):
    """Choose what a study chooses before it looks; all fifteen claims are judged by it at once.

    Attributes:
        matters: from which ratio of errors on a difference matters, 1.01 to 1.15.
        slight: up to which ratio a difference is slight, 1.2 to 2.
        well: by which factor the error is smaller where something is done "well", 1.1 to 4.
        column: the metric, one of `nnlib.experiments.multiverse.COLUMNS`.
        seeds: how many seeds count at most, 3 to 10.
        clipped: whether the noise is clipped to [0, 1].
        half: one of `nnlib.experiments.multiverse.HALVES`: which of these seeds count.
        correction: one of `nnlib.experiments.multiverse.CORRECTIONS`.
        drop_unlearned: whether networks that have not learned are left out, with their seeds.
    """

    _esm = script("multiverse")
    _min_heights = List(Int(), [1330, 2000]).tag(sync=True)
    _assets = List(Unicode(), ["claims"]).tag(sync=True)
    _limits = Dict(LIMITS).tag(sync=True)
    _columns = List(columns()).tag(sync=True)
    _book = Dict({name: getattr(multiverse.Choices, name) for name in CHOICES}).tag(sync=True)

    matters = CFloat(multiverse.Choices.matters).tag(sync=True)
    slight = CFloat(multiverse.Choices.slight).tag(sync=True)
    well = CFloat(multiverse.Choices.well).tag(sync=True)
    column = Enum(multiverse.COLUMNS, multiverse.Choices.column).tag(sync=True)
    seeds = CInt(multiverse.Choices.seeds).tag(sync=True)
    clipped = Bool(multiverse.Choices.clipped).tag(sync=True)
    half = Enum([*multiverse.HALVES], multiverse.Choices.half).tag(sync=True)
    correction = Enum([*multiverse.CORRECTIONS], multiverse.Choices.correction).tag(sync=True)
    drop_unlearned = Bool(multiverse.Choices.drop_unlearned).tag(sync=True)

    @validate(*LIMITS)
    def _within(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        least, most, _ = LIMITS[name]
        if not least <= value <= most:
            raise TraitError(f"{name} must lie from {least} to {most}, not at {value}.")
        return value
