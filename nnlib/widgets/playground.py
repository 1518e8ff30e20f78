"""A small network that is trained in the page."""

from typing import ClassVar

from traitlets import CFloat, CInt, Enum, Int, List

from nnlib.widgets.base import Widget, script


class Playground(Widget):
    """Two classes of points in the plane, and a network that learns to tell them apart.

    Attributes:
        data: "moons", "xor" or "spirals".
        layers: hidden layers, 0 to 2.
        units: in each of them, 1 to 16.
        activation: "tanh", "relu", "sigmoid" or "none".
        rate: the learning rate; batches have 10 of the 200 points.
        seed: of the initial weights, and of the order of the points.
    """

    _esm = script("playground")
    _min_heights = List(Int(), [760, 1180]).tag(sync=True)
    STILL: ClassVar = {"epochs": 40}

    data = Enum(["moons", "xor", "spirals"], "moons").tag(sync=True)
    layers = CInt(1, min=0, max=2).tag(sync=True)
    units = CInt(2, min=1, max=16).tag(sync=True)
    activation = Enum(["tanh", "relu", "sigmoid", "none"], "tanh").tag(sync=True)
    rate = CFloat(0.5, min=0, max=2).tag(sync=True)
    seed = CInt(0, min=0).tag(sync=True)
