"""All 84 networks as points, and what each makes of ten digits. Floor 6."""

import numpy as np
from traitlets import Int, List, TraitError, Unicode, validate

from nnlib.widgets.base import Widget, script
from nnlib.zoo import tables
from nnlib.zoo.claims import Error
from nnlib.zoo.grid import MEMBERS

NAMES = [member.name for member in MEMBERS]


def points() -> list:
    """Return for each network: [name, loss, parameters, mean error over the seeds, in words]."""
    errors, rows = tables.Errors(), []
    sizes = tables.by_seed(MEMBERS, "parameters", "training")[0]
    for member, size in zip(MEMBERS, sizes, strict=True):
        (loss, batch_size, latent_dim, steps), epochs = member
        words = (
            f"{loss.upper()}, {epochs} epochs, {2 * steps} layers, code {latent_dim}, "
            f"batch {batch_size}"
        )
        error = np.mean([*errors(Error(member), "mse").values()])
        rows.append([member.name, loss, int(size), float(f"{error:.4g}"), words])
    return rows


class Landscape(Widget):
    """The number of parameters against the error on the test set; a point can be picked.

    Attributes:
        chosen: the name of a network, one of `NAMES`.
    """

    _esm = script("landscape")
    _room = List(Int(), [735, 860]).tag(sync=True)
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
