"""What may be handed in: each kind of value is checked in one place, and refused in one sentence.

Numbers that are not finite are let through, as in all of NumPy: NaN in gives NaN out, and an
overflow gives infinity and NumPy's warning. `Optim.SGD` stops at a loss that is not finite.
Floor 0.
"""

from numbers import Real
from operator import index

import numpy as np

LARGEST = 10**9  # no size is larger: a row of so many numbers would take four gigabytes


def brief(value) -> str:
    """Return `value` in one short line, for an error."""
    if isinstance(value, type):
        return f"the class {value.__name__} (did you mean {value.__name__}(…)?)"
    text = " ".join(repr(value).split())
    return text if len(text) <= 80 else text[:79] + "…"


def as_whole(value, name: str, least: int = 1, most: int = LARGEST) -> int:
    """Return a size, or a number of things, as an int."""
    try:
        number = None if isinstance(value, bool) else index(value)
    except TypeError:
        number = None
    if number is None or not least <= number <= most:
        raise (TypeError if number is None else ValueError)(
            f"{name} must be a whole number from {least} to {most:,}, but got {brief(value)}."
        )
    return number


def as_number(value, name: str, wanted: str, fits) -> float:
    """Return a real number for which `fits` is true; `wanted` says in words when it is."""
    real = isinstance(value, Real) and not isinstance(value, bool)
    if not real or not fits(value):
        raise (ValueError if real else TypeError)(
            f"{name} must be {wanted}, but got {brief(value)}."
        )
    return float(value)


def as_choice(value, name: str, choices) -> str:
    """Return a word that is one of `choices`."""
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name}={value!r} is not known; choose from {', '.join(choices)}.")
    return value


def as_list(values, wanted: str) -> list:
    """Return what can be gone through one by one as a list."""
    try:
        return list(values)
    except TypeError:
        raise TypeError(f"{wanted}, but got {brief(values)}.") from None


def as_floating(dtype, owner) -> np.dtype:
    """Return a type of floating-point numbers. Errors name `owner`."""
    try:
        known = np.dtype(dtype) if dtype is not None else None  # which NumPy takes for float64
    except TypeError:
        known = None
    if known is None or known.kind != "f":
        got = brief(dtype) if known is None else known
        raise TypeError(f"{owner} needs a floating-point dtype, but got {got}.")
    return known


def as_generator(rng):
    """Return the `numpy.random.Generator`, or a new one for the seed."""
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError) as error:
        raise type(error)(
            f"rng must be a numpy.random.Generator or a seed, a whole number from 0 up, "
            f"but got {brief(rng)}."
        ) from None


def as_array(x, owner) -> np.ndarray:
    """Return `x` as an array of real numbers of any shape. Errors name `owner`."""
    if isinstance(x, np.ma.MaskedArray):
        raise TypeError(f"{owner} got a masked array: put numbers in the gaps with filled().")
    try:
        array = np.asarray(x)
    except ValueError:
        raise ValueError(
            f"{owner} expects a table of numbers, but got lists of different lengths."
        ) from None
    if array.dtype.kind not in "biuf":
        got = f"an array of dtype {array.dtype}" if array.ndim else brief(x)
        raise TypeError(f"{owner} expects real numbers, but got {got}.")
    return array
