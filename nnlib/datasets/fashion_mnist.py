"""Fashion-MNIST: 70,000 images of clothes in the form of MNIST, from the book's own copy.

Researchers of Zalando made it to take the place of MNIST without a change to any program (Xiao,
Rasul and Vollgraf 2017). The files lie in `data/fashion_mnist`; `data/README.md` tells their
origin, license and checksums.
"""

import numpy as np

from nnlib._advice import refuser
from nnlib.datasets.idx import parse_idx, unpack
from nnlib.datasets.split import Split, find, load_split

#: What the labels 0 to 9 stand for.
CLASSES = ("T-shirt", "trousers", "pullover", "dress", "coat",
           "sandal", "shirt", "sneaker", "bag", "ankle boot")  # fmt: skip

#: SHA-256 of each file's content, unpacked.
CHECKSUMS = {
    "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
}


def load() -> Split:
    """Return all 70,000 images, split like those of MNIST: 56,000 train, 14,000 test.

    These are four arrays: `X_train, Y_train, X_test, Y_test = fashion_mnist.load()`. Images are
    rows, (n, 784) float32 in [0, 1]; their labels are integers, (n,), places in `CLASSES`.

    Raises:
        FileNotFoundError: the files are not in `data_dir()`.
        ValueError: a file's content is not Fashion-MNIST's.
    """
    return load_split("Fashion-MNIST", "fashion_mnist", CHECKSUMS)


def examples() -> np.ndarray:
    """Return the first test image of each class, (10, 784) float32 in [0, 1].

    They come from a small file of their own, and so without the 30 MB of the others.

    Raises:
        FileNotFoundError: it is not in `data_dir()`.
    """
    path = find("Fashion-MNIST", "examples", "fashion_mnist-idx3-ubyte.gz")
    images = parse_idx(unpack(path), path)
    return images.reshape(len(CLASSES), -1).astype(np.float32) / 255


__getattr__ = refuser(__name__)  # which answers the names of other libraries
