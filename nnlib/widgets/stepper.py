"""Backpropagation, one number at a time."""

from typing import ClassVar

import numpy as np
from traitlets import CFloat, CInt, Dict, Int, List

from nnlib.widgets.base import Widget, script


class Stepper(Widget):
    """A network of two inputs, two TanH units and one output: every number of one step.

    They are written into its computational graph, one after the other, and listed beside it.

    Every number, weights included, is rounded to three decimals before the next is computed from
    it, so that each can be computed from those that are shown. The chain thus differs a little
    from that of `network`.

    Args:
        network: a `Sequential` of Linear(2, 2), TanH and Linear(2, 1).

    Attributes:
        x1, x2: the inputs.
        target: what the output should be; the loss is the squared error.
        done: how many numbers are shown.
    """

    _esm = script("stepper")
    _min_heights = List(Int(), [700, 1090]).tag(sync=True)

    STILL: ClassVar = {"done": 22}

    weights = Dict().tag(sync=True)
    x1 = CFloat(1.0).tag(sync=True)
    x2 = CFloat(-0.5).tag(sync=True)
    target = CFloat(1.0).tag(sync=True)
    done = CInt(0, min=0).tag(sync=True)

    def __init__(self, network, **traits):
        shapes = [np.shape(value) for value in network.params.values()]
        if shapes != [(2, 2), (2,), (2, 1), (1,)]:
            raise ValueError(
                f"Stepper shows a network of Linear(2, 2), TanH and Linear(2, 1), not {network}."
            )
        W1, b1, W2, b2 = (value.astype(float) for value in network.params.values())
        weights = {
            "W1": W1.tolist(),
            "b1": b1.tolist(),
            "W2": W2[:, 0].tolist(),
            "b2": float(b2[0]),
        }
        super().__init__(weights=weights, **traits)
