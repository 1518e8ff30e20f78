"""Neural networks to read: layers, losses, training and autoencoders on NumPy alone.

`python -m nnlib` lists what is here.
"""

from nnlib.activations import Sigmoid, Sigmoide, Softmax, TanH
from nnlib.autoencoder import AutoEncoder
from nnlib.linear import Linear
from nnlib.losses import BinaryCrossEntropy, CrossEntropyWithLogSoftmax, MSELoss
from nnlib.module import Loss, Module
from nnlib.optim import Optim
from nnlib.sequential import Sequential, Sequentiel

__version__ = "0.1.0"
__all__ = [
    "AutoEncoder",
    "BinaryCrossEntropy",
    "CrossEntropyWithLogSoftmax",
    "Linear",
    "Loss",
    "MSELoss",
    "Module",
    "Optim",
    "Sequential",
    "Sequentiel",
    "Sigmoid",
    "Sigmoide",
    "Softmax",
    "TanH",
]
