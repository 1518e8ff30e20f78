"""Gradient descent on a surface that can be seen: one weight, one bias."""

import numpy as np
from traitlets import CFloat, CInt, Dict, Int, List

from nnlib.widgets.base import Widget, script


class Descent(Widget):
    """The loss surface of y = w x + b, and the path of gradient descent over it.

    Args:
        x, t: inputs and targets, as many numbers of each.

    Attributes:
        rate: the learning rate, 0 to 2.
        momentum: the share of the last step's velocity that is kept, 0 to 0.95.
        steps: how many, 0 to 100.
        start: where the path begins, [w, b].
        kept: a second path to compare with, a dict of these four; {} for none.
    """

    _esm = script("descent")
    _min_heights = List(Int(), [670, 790]).tag(sync=True)

    means = Dict().tag(sync=True)
    w_range = List(CFloat(), [-0.6, 2.4]).tag(sync=True)
    b_range = List(CFloat(), [-0.6, 1.4]).tag(sync=True)
    rate = CFloat(0.4, min=0, max=2).tag(sync=True)
    momentum = CFloat(0.0, min=0, max=0.95).tag(sync=True)
    steps = CInt(30, min=0, max=100).tag(sync=True)
    start = List(CFloat(), [0.0, 0.0], minlen=2, maxlen=2).tag(sync=True)
    kept = Dict().tag(sync=True)

    def __init__(self, x, t, **traits):
        x, t = (np.asarray(values, float).ravel() for values in (x, t))
        if x.shape != t.shape or not len(x):
            raise ValueError(
                f"Descent needs as many targets as inputs, but got {len(x)}, {len(t)}."
            )
        means = {"xx": x * x, "x": x, "xt": x * t, "t": t, "tt": t * t}
        super().__init__(means={name: float(v.mean()) for name, v in means.items()}, **traits)
