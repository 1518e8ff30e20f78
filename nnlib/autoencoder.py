"""A network that copies its input through a narrow place. Floor 3."""

from itertools import pairwise

import numpy as np

from nnlib.activations import Sigmoid, TanH
from nnlib.linear import Linear
from nnlib.sequential import Sequential
from nnlib.values import as_choice, as_generator, as_list, as_whole

SPACED = {"geometric": np.geomspace, "linear": np.linspace}


class AutoEncoder(Sequential):
    """An encoder that squeezes rows into short codes, and its mirror image that unpacks them.

    Every `Linear` layer is followed by `TanH`, the last one by `Sigmoid`: outputs lie in (0, 1).

    Args:
        input_dim: columns of the input and of the output.
        latent_dim: the code width, the number of columns in the narrowest place.
        steps: `Linear` layers in the encoder, and as many in the decoder.
        widths: how the columns shrink from input to code: "geometric" by the same factor each
            step, "linear" by the same number; or the list of all steps + 1 widths.
        code: "tanh" bends the code like all else, into (-1, 1); "linear" leaves it as `Linear`
            gives it, which suits codes of two or three numbers that one wants to look at.
        init, rng, dtype: as for `Linear`.

    Attributes:
        encoder, decoder: the two halves, each a `Sequential`.
        widths: the columns from the input to the code, for example [784, 112, 16].

    Raises:
        ValueError: not 1 <= latent_dim <= input_dim; not 1 to 1000 steps; unknown `widths` or
            `code`.
        TypeError: a size that is not a whole number.
    """

    def __init__(self, input_dim, latent_dim, steps, *, widths="geometric", code="tanh",
                 init="tanh", rng=None, dtype=np.float32):  # fmt: skip
        how, given = (widths, None) if isinstance(widths, str) else ("geometric", widths)
        self.widths = spread(input_dim, latent_dim, steps, how)  # and see that these are sizes
        self.input_dim, self.latent_dim, self.steps = int(input_dim), int(latent_dim), int(steps)
        if given is not None:
            given = as_list(given, f"widths must be {', '.join(SPACED)}, or a list of sizes")
            self.widths = [as_whole(width, "each of widths") for width in given]
        ends = (self.input_dim, self.latent_dim)
        if len(self.widths) != self.steps + 1 or (self.widths[0], self.widths[-1]) != ends:
            raise ValueError(f"widths={self.widths} does not lead to {self}.")

        self.code = as_choice(code, "code", ("tanh", "linear"))
        rng = as_generator(rng)  # one for all layers, or they would be alike

        def half(widths, end):
            linear = [Linear(*pair, init=init, rng=rng, dtype=dtype) for pair in pairwise(widths)]
            bent = [module for layer in linear for module in (layer, TanH())]
            return Sequential([*bent[:-1], *end])

        self.encoder = half(self.widths, end=[TanH()] if code == "tanh" else [])
        self.decoder = half(self.widths[::-1], end=[Sigmoid()])
        super().__init__([self.encoder, self.decoder])
        self._collect({"encoder": self.encoder, "decoder": self.decoder}.items())

    def encode(self, x):
        """Return the codes of `x`: (n, input_dim) to (n, latent_dim)."""
        return self.encoder.forward(x)

    def decode(self, code):
        """Return the rows that `code` stands for: (n, latent_dim) to (n, input_dim)."""
        return self.decoder.forward(code)

    def describe(self):
        return {
            "kind": "AutoEncoder",
            "input_dim": self.input_dim,
            "latent_dim": self.latent_dim,
            "steps": self.steps,
            "widths": self.widths,
            "code": self.code,
        }

    @classmethod
    def rebuild(cls, description, arrays):
        steps = description["steps"]
        weights = [arrays[f"encoder.{2 * step}.weight"] for step in range(steps)]
        widths = [weights[0].shape[0], *(weight.shape[1] for weight in weights)]
        if [weight.shape for weight in weights] != list(pairwise(widths)):
            raise ValueError("the weights of its encoder do not fit each other")
        dtype = weights[0].dtype
        settings = {"widths": widths, "code": description["code"], "dtype": dtype}
        return cls(widths[0], widths[-1], steps, init="zeros", **settings)

    def __repr__(self):
        return f"AutoEncoder({self.input_dim}, {self.latent_dim}, {self.steps})"


def spread(first: int, last: int, steps: int, how: str = "geometric") -> list[int]:
    """Return steps + 1 widths from `first` down to `last`.

    "geometric": each is the same fraction of the one before; "linear": the same number less.
    """
    first = as_whole(first, "input_dim")
    last = as_whole(last, "latent_dim", most=first)  # a code is no wider than what it stands for
    steps = as_whole(steps, "steps", most=1000)
    space = SPACED[as_choice(how, "widths", SPACED)]
    return [round(float(width)) for width in space(first, last, steps + 1)]
