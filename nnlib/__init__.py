"""Neural networks to read: layers, losses, training and autoencoders on NumPy alone.

`python -m nnlib` lists what is here.
"""

import importlib
import pkgutil

from nnlib import _advice
from nnlib._storage import StorageError
from nnlib.activations import ReLU, Sigmoid, Sigmoide, Softmax, TanH, Tanh
from nnlib.autoencoder import AutoEncoder
from nnlib.gradient_check import gradient_check
from nnlib.linear import Linear
from nnlib.losses import (
    BCELoss,
    BinaryCrossEntropy,
    CrossEntropyLoss,
    CrossEntropyWithLogSoftmax,
    MSELoss,
)
from nnlib.module import Loss, Module
from nnlib.optim import SGD, Adam, Optim
from nnlib.sequential import Sequential, Sequentiel

__version__ = "0.1.0"
__all__ = [
    "SGD",
    "Adam",
    "AutoEncoder",
    "BCELoss",
    "BinaryCrossEntropy",
    "CrossEntropyLoss",
    "CrossEntropyWithLogSoftmax",
    "Linear",
    "Loss",
    "MSELoss",
    "Module",
    "Optim",
    "ReLU",
    "Sequential",
    "Sequentiel",
    "Sigmoid",
    "Sigmoide",
    "Softmax",
    "StorageError",
    "TanH",
    "Tanh",
    "gradient_check",
]


#: The modules in the folder datasets, which need no longer name than nnlib.mnist.
DATASETS = {one.name for one in pkgutil.iter_modules([f"{__path__[0]}/datasets"])}


def __dir__():
    return sorted({*globals(), *DATASETS, *(one.name for one in pkgutil.iter_modules(__path__))})


def __getattr__(name):
    """Import a module where it is first used: `nnlib.mnist` costs nothing until then."""
    if name in DATASETS:
        return importlib.import_module(f"nnlib.datasets.{name}")
    if name in __dir__():
        return importlib.import_module(f"nnlib.{name}")
    return _advice.refuser(__name__)(name)
