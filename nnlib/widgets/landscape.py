"""All 84 networks as points, and what each reconstructs of ten digits."""

import numpy as np
from traitlets import Int, List, TraitError, Unicode, validate

from nnlib.experiments import results
from nnlib.experiments.grid import CHECKPOINTS
from nnlib.experiments.results import Measurement
from nnlib.widgets.base import Widget, script

NAMES = [checkpoint.name for checkpoint in CHECKPOINTS]


def points() -> list:
    """Return for each network: [name, loss, parameters, mean error over the seeds, in words]."""
    errors, rows = results.ErrorTable(), []
    sizes = results.by_seed(CHECKPOINTS, "parameters", "training")[0]
    for checkpoint, size in zip(CHECKPOINTS, sizes, strict=True):
        (loss, batch_size, latent_dim, steps), epochs = checkpoint
        words = (
            f"{loss.upper()}, {epochs} epochs, {2 * steps} layers, latent {latent_dim}, "
            f"batch {batch_size}"
        )
        error = np.mean([*errors(Measurement(checkpoint), "mse").values()])
        rows.append([checkpoint.name, loss, int(size), float(f"{error:.6g}"), words])
    return rows


class Landscape(Widget):
    """The number of parameters against the error on the test set; a point can be picked.

    Attributes:
        chosen: the name of a network, one of `NAMES`.
    """

    _esm = script("landscape")
    _min_heights = List(Int(), [740, 1080]).tag(sync=True)
    _assets = List(Unicode(), ["ten", *(f"copies/{name}" for name in NAMES)]).tag(sync=True)
    _points = List().tag(sync=True)

    chosen = Unicode("mse-epochs-20-batch-32-code-16-steps-4").tag(sync=True)

    def __init__(self, **traits):
        super().__init__(_points=points(), **traits)

    @validate("chosen")
    def _known(self, proposal):
        if proposal["value"] not in NAMES:
            raise TraitError(
                f"chosen must be one of the 84, such as {NAMES[0]!r}, not {proposal['value']!r}."
            )
        return proposal["value"]
