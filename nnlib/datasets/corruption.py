"""Ways to corrupt an image: noise on every pixel, or a masked square."""

import numpy as np

from nnlib._advice import warn_of_pixels
from nnlib._validation import check_2d, check_array, check_int, check_rng, check_scalar
from nnlib.module import underflow_is_zero


@underflow_is_zero
def add_noise(X, amplitude: float, *, rng=None, clip: bool = True) -> np.ndarray:
    """Return a copy of `X` with noise added to every value, uniform in [-amplitude, amplitude].

    Args:
        X: (n, d), values in [0, 1].
        amplitude: at least 0; half of the range from 0 to 1 is 0.5.
        rng: a `numpy.random.Generator`, or a seed. A seed gives the same noise at every
            amplitude, scaled.
        clip: True cuts the result off at 0 and 1, as a scanner would: zeros then only rise, and
            ones only fall. So the noise has a mean. With an amplitude a of at most 1, a pixel x has
            x + max(0, a - x)² / 4a - max(0, a - 1 + x)² / 4a on average: a/4 for 0, 1/2 for 1/2,
            1 - a/4 for 1. Contrast is lost. False leaves values outside [0, 1].

    Raises:
        ValueError: an amplitude that is negative or not finite.
    """
    amplitude = check_scalar(
        amplitude, "amplitude", "a number from 0 up", lambda a: 0 <= a < np.inf
    )
    X = check_2d(X, "add_noise")
    warn_of_pixels(X=X)
    noise = check_rng(rng).uniform(-1, 1, X.shape).astype(X.dtype)
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
    side = check_int(side, "side")
    size = check_int(size, "size", 0, side)
    row = check_int(row, "row", 0, side - size)
    column = check_int(column, "column", 0, side - size)
    mask = np.zeros((side, side), bool)
    mask[row : row + size, column : column + size] = True
    return mask.ravel()


def random_masks(n: int, size: int, *, side: int = 28, rng=None) -> np.ndarray:
    """Return `n` square masks, (n, side * side), each at a random place within the image."""
    n, side = check_int(n, "n", 0), check_int(side, "side")
    size = check_int(size, "size", 0, side)
    corners = check_rng(rng).integers(0, side - size, (n, 2), endpoint=True)
    from_corner = np.arange(side) - corners[:, :, np.newaxis]  # of rows and columns, (n, 2, side)
    rows, columns = ((from_corner >= 0) & (from_corner < size)).transpose(1, 0, 2)
    return (rows[:, :, np.newaxis] & columns[:, np.newaxis, :]).reshape(n, side * side)


def apply_mask(X, mask, fill: float = 0.0) -> np.ndarray:
    """Return a copy of `X`, (n, d), with `fill` wherever `mask`, (d,) or (n, d), is True.

    Raises:
        ValueError: the mask fits neither one image nor all of them, or holds other than booleans.
    """
    X, mask = check_2d(X, "apply_mask"), check_array(mask, "apply_mask")
    if mask.dtype != bool or mask.shape not in (X.shape, X.shape[1:]):
        raise ValueError(
            f"apply_mask expects booleans as a mask of shape {X.shape[1:]} or {X.shape}, but got "
            f"{mask.dtype} of shape {mask.shape}."
        )
    fill = check_scalar(fill, "fill", "a number", lambda _: True)
    return np.where(mask, X.dtype.type(fill), X)
