"""All 84 networks as points, and what each reconstructs of ten digits."""

import numpy as np
from traitlets import Enum, Int, List, TraitError, Unicode, validate

from nnlib.experiments import results
from nnlib.experiments.grid import BATCH_SIZES, CHECKPOINTS, EPOCHS, LATENT_DIMS, STEPS
from nnlib.experiments.results import Measurement
from nnlib.widgets.base import Widget, script

NAMES = [checkpoint.name for checkpoint in CHECKPOINTS]


def points() -> list:
    """Return for each network: name, loss, epochs, layers, latent dimension, batch size, number of
    parameters, and test MSE, the mean over the seeds."""
    errors, rows = results.ErrorTable(), []
    sizes = results.by_seed(CHECKPOINTS, "parameters", "training")[0]
    for checkpoint, size in zip(CHECKPOINTS, sizes, strict=True):
        (loss, batch_size, latent_dim, steps), epochs = checkpoint
        error = float(f"{np.mean([*errors(Measurement(checkpoint), 'mse').values()]):.6g}")
        configuration = [loss, epochs, 2 * steps, latent_dim, batch_size]
        rows.append([checkpoint.name, *configuration, int(size), error])
    return rows


def _filter_by(values):
    """Return a trait that is one of these values, or None for all of them."""
    return Enum([None, *values], None, allow_none=True).tag(sync=True)


class Landscape(Widget):
    """The number of parameters against the error on the test set; points can be compared.

    Attributes:
        chosen: the name of a network, one of `NAMES`.
        compared: that of a second one; "" for none.
        loss, epochs, layers, latent_dim, batch_size: what networks must have to be shown; None for
            any. Layers are those of encoder and decoder together.
    """

    _esm = script("landscape")
    _min_heights = List(Int(), [890, 1470]).tag(sync=True)
    _assets = List(Unicode(), ["ten", *(f"copies/{name}" for name in NAMES)]).tag(sync=True)
    _points = List().tag(sync=True)

    loss = _filter_by(EPOCHS)
    epochs = _filter_by(EPOCHS["bce"])
    layers = _filter_by(2 * steps for steps in STEPS)
    latent_dim = _filter_by(LATENT_DIMS)
    batch_size = _filter_by(BATCH_SIZES)
    compared = Unicode().tag(sync=True)
    chosen = Unicode("mse-epochs-20-batch-32-code-16-steps-4").tag(sync=True)

    def __init__(self, **traits):
        super().__init__(_points=points(), **traits)

    @validate("chosen", "compared")
    def _known(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        if value not in NAMES and (name, value) != ("compared", ""):
            raise TraitError(f"{name} must be one of the 84, such as {NAMES[0]!r}, not {value!r}.")
        return value
