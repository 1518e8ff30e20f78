"""The data: 70,000 handwritten digits, read from the book's own copy. Floor 4.

The four files of MNIST (LeCun, Cortes and Burges 1998) lie in `data/mnist`; their origin, licence
and checksums are told in `data/README.md`.
"""

import gzip
import hashlib
import os
import zlib
from math import prod
from pathlib import Path
from typing import NamedTuple

import numpy as np

from nnlib.module import as_rows
from nnlib.values import as_array

TRAIN_SIZE = 56_000
SIDE = 28  # pixels; an image is a row of SIDE * SIDE numbers

#: SHA-256 of each file's content, unpacked.
CHECKSUMS = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
LARGEST = 64 * 2**20  # bytes, unpacked; the largest of the four has 47 million


class MNIST(NamedTuple):
    """Images, (n, 784) float32 in [0, 1], and their digits, (n,) integers 0 to 9."""

    X_train: np.ndarray
    Y_train: np.ndarray
    X_test: np.ndarray
    Y_test: np.ndarray


def folder() -> Path:
    """Return where the data lies: NNLIB_DATA if that is set, else `data` beside the library."""
    beside = Path(__file__).resolve().parents[1] / "data"
    return Path(os.environ.get("NNLIB_DATA") or beside)


def load() -> MNIST:
    """Return all 70,000 images in a fixed split: the first 56,000 train, the last 14,000 test.

    The order is that of the files: 60,000 images published for training, then 10,000 for testing.
    So the test set holds the published one whole, and 4,000 images more.

    Raises:
        FileNotFoundError: the files are not where `folder` points.
        ValueError: a file's content is not MNIST's.
    """
    images, labels = [
        np.concatenate([_read(f"train-{kind}"), _read(f"t10k-{kind}")])
        for kind in ("images-idx3-ubyte", "labels-idx1-ubyte")
    ]
    X = images.reshape(len(images), -1) / np.float32(255)
    Y = labels.astype(np.int64)
    return MNIST(X[:TRAIN_SIZE], Y[:TRAIN_SIZE], X[TRAIN_SIZE:], Y[TRAIN_SIZE:])


def one_of_each(X, Y) -> np.ndarray:
    """Return the first image of each digit, (10, 784), of images `X` with digits `Y`.

    Raises:
        ValueError: there is a digit without an image, or an image without a digit.
    """
    X, Y = as_rows(X, "one_of_each"), as_array(Y, "one_of_each")
    if Y.shape != X.shape[:1]:
        raise ValueError(
            f"one_of_each needs a digit for each row, but got shapes {X.shape} and {Y.shape}."
        )
    if missing := set(range(10)) - set(Y.tolist()):
        raise ValueError(f"one_of_each needs images of all digits, but has none of {missing}.")
    return X[[int(np.argmax(Y == digit)) for digit in range(10)]]


def _read(name: str) -> np.ndarray:
    path = folder() / "mnist" / f"{name}.gz"
    if not path.is_file():
        raise FileNotFoundError(
            f"MNIST is not at {path}: set NNLIB_DATA to the `data` folder of a clone of the book."
        )
    content = unpack(path)
    if hashlib.sha256(content).hexdigest() != CHECKSUMS[name]:
        raise ValueError(f"{path} is not MNIST's file of that name: restore it from the book.")
    return parse_idx(content, path)


def unpack(path) -> bytes:
    """Return what a .gz file holds; refuse what is damaged or larger than any file of MNIST."""
    try:
        with gzip.open(path) as file:
            content = file.read(LARGEST + 1)
    except (EOFError, OSError, ValueError, zlib.error) as error:
        raise ValueError(
            f"{path} cannot be unpacked ({error}): restore it from the book."
        ) from error
    if len(content) > LARGEST:
        raise ValueError(f"{path} unpacks to more than {LARGEST} bytes.")
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
