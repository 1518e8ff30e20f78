"""Ways to spoil an image: noise on every pixel, or a square cut out. Floor 4."""

import numpy as np

from nnlib.module import as_rows
from nnlib.values import as_array, as_generator, as_number, as_whole


def add_noise(X, amplitude: float, *, rng=None, clip: bool = True) -> np.ndarray:
    """Return a copy of `X` with noise added to every value, uniform in [-amplitude, amplitude].

    Args:
        X: (n, d), values in [0, 1].
        amplitude: at least 0; half of the white-to-black range is 0.5.
        rng: a `numpy.random.Generator`, or a seed. A seed gives the same noise at every
            amplitude, scaled.
        clip: True cuts the result off at 0 and 1, as a scanner would: black pixels then only get
            lighter, and white ones only darker. False leaves values outside [0, 1].

    Raises:
        ValueError: an amplitude that is negative or not finite.
    """
    amplitude = as_number(amplitude, "amplitude", "a number from 0 up", lambda a: 0 <= a < np.inf)
    X = as_rows(X, "add_noise")
    noise = as_generator(rng).uniform(-1, 1, X.shape).astype(X.dtype)
    noisy = X + X.dtype.type(amplitude) * noise
    return noisy.clip(0, 1) if clip else noisy


def square_mask(size: int, row: int, column: int, side: int = 28) -> np.ndarray:
    """Return a mask for images as rows, (side * side,): True inside the square, else False.

    Args:
        size: pixels along an edge of the square, 0 to `side`.
        row, column: its upper left pixel, counted from 0; the square must lie within the image.

    Raises:
        ValueError: the square does not lie within the image.
    """
    side = as_whole(side, "side")
    size = as_whole(size, "size", 0, side)
    row = as_whole(row, "row", 0, side - size)
    column = as_whole(column, "column", 0, side - size)
    mask = np.zeros((side, side), bool)
    mask[row : row + size, column : column + size] = True
    return mask.ravel()


def random_masks(n: int, size: int, *, side: int = 28, rng=None) -> np.ndarray:
    """Return `n` square masks, (n, side * side), each at a random place within the image."""
    n, side = as_whole(n, "n", 0), as_whole(side, "side")
    size = as_whole(size, "size", 0, side)
    corners = as_generator(rng).integers(0, side - size, (n, 2), endpoint=True)
    masks = [square_mask(size, row, column, side) for row, column in corners]
    return np.array(masks, bool).reshape(n, side * side)


def cut_out(X, mask, fill: float = 0.0) -> np.ndarray:
    """Return a copy of `X`, (n, d), with `fill` wherever `mask`, (d,) or (n, d), is True.

    Raises:
        ValueError: the mask fits neither one image nor all of them, or holds other than booleans.
    """
    X, mask = as_rows(X, "cut_out"), as_array(mask, "cut_out")
    if mask.dtype != bool or mask.shape not in (X.shape, X.shape[1:]):
        raise ValueError(
            f"cut_out expects booleans as a mask of shape {X.shape[1:]} or {X.shape}, but got "
            f"{mask.dtype} of shape {mask.shape}."
        )
    fill = as_number(fill, "fill", "a number", lambda _: True)
    return np.where(mask, X.dtype.type(fill), X)
