"""IDX, the format of MNIST and of the data sets that were made like it, packed with gzip."""

import gzip
import zlib
from math import prod

import numpy as np

MAX_UNPACKED_BYTES = 64 * 2**20  # the largest file of MNIST has 47 million


def unpack(path) -> bytes:
    """Return what a .gz file holds; refuse what is damaged or larger than MAX_UNPACKED_BYTES."""
    try:
        with gzip.open(path) as file:
            content = file.read(MAX_UNPACKED_BYTES + 1)
    except (EOFError, OSError, ValueError, zlib.error) as error:
        raise ValueError(
            f"{path} cannot be unpacked ({error}): restore it from the book."
        ) from error
    if len(content) > MAX_UNPACKED_BYTES:
        raise ValueError(f"{path} unpacks to more than {MAX_UNPACKED_BYTES} bytes.")
    return content


def parse_idx(content: bytes, path="the file") -> np.ndarray:
    """Return the array of bytes in the IDX format.

    IDX is: two zero bytes; 8 for "unsigned bytes"; the number of dimensions; each dimension as
    four bytes, most significant first; the values, row by row.

    Raises:
        ValueError: the content is no IDX file of unsigned bytes, or not of the length it claims.
    """
    if len(content) < 4 or content[:3] != b"\0\0\x08":
        raise ValueError(f"{path} is no IDX file of unsigned bytes.")
    start = 4 + 4 * content[3]
    if len(content) < start:
        raise ValueError(f"{path} ends within its IDX header.")
    shape = tuple(np.frombuffer(content[4:start], ">u4").tolist())
    if len(content) - start != prod(shape):
        raise ValueError(
            f"{path} claims shape {shape!s:.100}, but brings {len(content) - start} bytes."
        )
    try:
        return np.frombuffer(content, np.uint8, offset=start).reshape(shape)
    except ValueError as error:  # one side is 0 and the others are huge, or there are too many
        raise ValueError(f"{path} claims shape {shape!s:.100}, which no array can have.") from error
