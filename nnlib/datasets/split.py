"""Four IDX files of 28 × 28 images and their labels, as MNIST has them, and the book's split."""

import hashlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from nnlib.datasets.idx import parse_idx, unpack
from nnlib.datasets.paths import data_dir

TRAIN_SIZE = 56_000
SIDE = 28  # pixels; an image is a row of SIDE * SIDE numbers


class Split(NamedTuple):
    """Images, (n, 784) float32 in [0, 1], and their classes, (n,) integers 0 to 9."""

    X_train: np.ndarray
    Y_train: np.ndarray
    X_test: np.ndarray
    Y_test: np.ndarray


def load_split(name: str, folder: str, checksums: dict[str, str]) -> Split:
    """Return the 70,000 images of four files: the first 56,000 train, the last 14,000 test.

    Args:
        name: of the data set, for messages.
        folder: within `data_dir()`.
        checksums: the SHA-256 of each file's content, unpacked, by its name without ".gz".

    Raises:
        FileNotFoundError: the files are not there.
        ValueError: a file has another content.
    """

    def read(file: str) -> np.ndarray:
        path = find(name, folder, f"{file}.gz")
        content = unpack(path)
        if hashlib.sha256(content).hexdigest() != checksums[file]:
            raise ValueError(f"{path} is not {name}'s file of that name: restore it from the book.")
        return parse_idx(content, path)

    images, labels = [
        [read(f"{part}-{kind}") for part in ("train", "t10k")]
        for kind in ("images-idx3-ubyte", "labels-idx1-ubyte")
    ]
    # As float32 at once, and divided in place: memory is short where a browser runs Python.
    X = np.concatenate([part.reshape(len(part), -1) for part in images], dtype=np.float32)
    X /= 255
    Y = np.concatenate(labels, dtype=np.int64)
    return divide(X, Y, TRAIN_SIZE)


def find(name: str, *parts: str) -> Path:
    """Return the path of a file of a data set in `data_dir()`.

    Raises:
        FileNotFoundError: it is not there.
    """
    path = data_dir().joinpath(*parts)
    if not path.is_file():
        raise FileNotFoundError(
            f"{name} is not at {path}: set NNLIB_DATA to the `data` folder of a clone of the book."
        )
    return path


def divide(X, Y, count: int) -> Split:
    """Return images, the first `count` to train with, the others to test with."""
    return Split(X[:count], Y[:count], X[count:], Y[count:])


def split_anew(data: Split, seed: int) -> Split:
    """Return the same images, of which as many others are drawn to train with."""
    X, Y = (np.concatenate(parts) for parts in (data[::2], data[1::2]))
    order = np.random.default_rng(seed).permutation(len(X))
    return divide(X[order], Y[order], len(data.X_train))
