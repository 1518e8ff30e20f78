"""An autoencoder that is trained in the page."""

from typing import ClassVar

from traitlets import CInt, Dict, Enum, Int, List, Unicode

from nnlib.widgets.assets import SMALL_DIGITS
from nnlib.widgets.base import Widget, script

LATENT_DIMS = (2, 4, 8, 16)


class LiveAutoencoder(Widget):
    """An autoencoder of four layers that learns small digits while you watch.

    The network is `AutoEncoder(196, latent_dim, 2, widths=[196, 32, latent_dim])`. It is trained
    with the mean squared error at a learning rate of 20 on 2,000 digits of 14 by 14 pixels, in
    batches of ten.

    Attributes:
        latent_dim: 2, 4, 8 or 16.
        seed: of the initial weights and of the order of the images.
        epochs: how many it has been trained for when it is first shown, 0 to 20.
    """

    _esm = script("live_autoencoder")
    _min_heights = List(Int(), [780, 1200]).tag(sync=True)
    _assets = List(Unicode(), ["small-digits"]).tag(sync=True)
    _counts = Dict(SMALL_DIGITS).tag(sync=True)
    _latent_dims = List(list(LATENT_DIMS)).tag(sync=True)
    STILL: ClassVar = {"epochs": 3}

    latent_dim = Enum(LATENT_DIMS, 8).tag(sync=True)
    seed = CInt(0, min=0).tag(sync=True)
    epochs = CInt(0, min=0, max=20).tag(sync=True)
