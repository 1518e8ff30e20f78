"""The data: 70,000 handwritten digits, read from the book's own copy.

The four files of MNIST (LeCun, Cortes and Burges 1998) lie in `data/mnist`; their origin, license
and checksums are told in `data/README.md`.
"""

import numpy as np

from nnlib._advice import refuser
from nnlib._validation import check_2d, check_array
from nnlib.datasets.split import SIDE, TRAIN_SIZE, Split, load_split  # noqa: F401

#: SHA-256 of each file's content, unpacked.
CHECKSUMS = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}


def load() -> Split:
    """Return all 70,000 images in a fixed split: the first 56,000 train, the last 14,000 test.

    These are four arrays: `X_train, Y_train, X_test, Y_test = mnist.load()`. Images are rows,
    (n, 784) float32 in [0, 1]; their digits are integers, (n,).

    The order is that of the files: 60,000 images published for training, then 10,000 for testing.
    So the test set holds the published one whole, and 4,000 images more.

    Raises:
        FileNotFoundError: the files are not in `data_dir()`.
        ValueError: a file's content is not MNIST's.
    """
    return load_split("MNIST", "mnist", CHECKSUMS)


def first_of_each_digit(X, Y) -> np.ndarray:
    """Return the first image of each digit, (10, 784), of images `X` with digits `Y`.

    Raises:
        ValueError: there is a digit without an image, or an image without a digit.
    """
    X, Y = check_2d(X, "first_of_each_digit"), check_array(Y, "first_of_each_digit")
    if Y.shape != X.shape[:1]:
        raise ValueError(
            "first_of_each_digit needs a digit for each row, "
            f"but got shapes {X.shape} and {Y.shape}."
        )
    if missing := set(range(10)) - set(Y.tolist()):
        raise ValueError(
            f"first_of_each_digit needs images of all digits, but has none of {missing}."
        )
    return X[[int(np.argmax(Y == digit)) for digit in range(10)]]


__getattr__ = refuser(__name__)  # which answers the names of other libraries
