"""A network that reconstructs its input from a latent code, the output of its bottleneck."""

from itertools import pairwise

import numpy as np

from nnlib import _storage
from nnlib._advice import advised
from nnlib._validation import check_int, check_iterable, check_option, check_rng
from nnlib.activations import Sigmoid, TanH
from nnlib.linear import Linear
from nnlib.sequential import Sequential

SPACINGS = {"geometric": np.geomspace, "linear": np.linspace}


class AutoEncoder(Sequential):
    """An encoder that maps rows to latent codes, and a decoder that reconstructs the rows.

    Every `Linear` layer is followed by `TanH`, the last one by `Sigmoid`: outputs lie in (0, 1).

    Args:
        input_dim: columns of the input and of the output.
        latent_dim: the latent dimension, the number of values in a latent code.
        steps: `Linear` layers in the encoder, and as many in the decoder.
        widths: how the layers narrow from input to bottleneck: "geometric" by the same factor
            each step, "linear" by the same number; or the list of all steps + 1 widths.
        code: "tanh" applies `TanH` to the latent code, too, so it lies in (-1, 1); "linear" leaves
            it as `Linear` gives it, which suits two or three latent values to be drawn.
        init, rng, dtype: as for `Linear`.

    Attributes:
        encoder, decoder: the two halves, each a `Sequential`.
        widths: the columns from the input to the latent code, for example [784, 112, 16].

    Raises:
        ValueError: not 1 <= latent_dim <= input_dim, or 1 to 1000 steps; unknown `widths`, `code`.
        TypeError: a size that is not a whole number.
    """

    @advised
    def __init__(self, input_dim, latent_dim, steps, *, widths="geometric", code="tanh",
                 init="tanh", rng=None, dtype=np.float32):  # fmt: skip
        how, given = (widths, None) if isinstance(widths, str) else ("geometric", widths)
        self.widths = layer_widths(input_dim, latent_dim, steps, how)  # which checks the sizes
        self.input_dim, self.latent_dim, self.steps = int(input_dim), int(latent_dim), int(steps)
        if given is not None:
            wanted = f"widths must be {', '.join(SPACINGS)}, or a list of sizes"
            given = check_iterable(given, wanted)
            self.widths = [check_int(width, "each of widths") for width in given]
        ends = (self.input_dim, self.latent_dim)
        if len(self.widths) != self.steps + 1 or (self.widths[0], self.widths[-1]) != ends:
            raise ValueError(f"widths={self.widths} does not lead to {self}.")

        self.code = check_option(code, "code", ("tanh", "linear"))
        # One generator for all layers, or they would be alike.
        how = {"init": init, "rng": check_rng(rng), "dtype": dtype}
        self.encoder = make_half(self.widths, [TanH()] if code == "tanh" else [], **how)
        self.decoder = make_half(self.widths[::-1], [Sigmoid()], **how)
        super().__init__([self.encoder, self.decoder])
        self._collect({"encoder": self.encoder, "decoder": self.decoder}.items())

    def encode(self, x):
        """Return the latent codes of `x`: (n, input_dim) to (n, latent_dim)."""
        return self.encoder.forward(x)

    def decode(self, code):
        """Return the reconstructions from latent codes: (n, latent_dim) to (n, input_dim)."""
        return self.decoder.forward(code)

    def __repr__(self):
        return f"AutoEncoder({self.input_dim}, {self.latent_dim}, {self.steps})"


def make_half(widths, end, **how):
    """Return `Linear` layers of these widths with `TanH` between them, and `end` after the last."""
    linear = [Linear(*pair, **how) for pair in pairwise(widths)]
    with_activations = [module for layer in linear for module in (layer, TanH())]
    return Sequential([*with_activations[:-1], *end])


def layer_widths(first: int, last: int, steps: int, how: str = "geometric") -> list[int]:
    """Return steps + 1 widths from `first` down to `last`.

    "geometric": each is the same fraction of the one before; "linear": the same number less.
    """
    first = check_int(first, "input_dim")
    last = check_int(last, "latent_dim", most=first)  # a bottleneck is no wider than the input
    steps = check_int(steps, "steps", most=1000)
    space = SPACINGS[check_option(how, "widths", SPACINGS)]
    return [round(float(width)) for width in space(first, last, steps + 1)]


_storage.KINDS["AutoEncoder"] = AutoEncoder
