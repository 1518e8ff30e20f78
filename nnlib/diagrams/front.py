"""The drawing on the first page of the book, which needs no argument."""

from nnlib.datasets import mnist
from nnlib.diagrams.networks import hourglass
from nnlib.diagrams.svg import Diagram
from nnlib.experiments import grid

DIGIT = 3


def autoencoder() -> Diagram:
    """Draw one of the book's autoencoders with the first test image of a three."""
    data = mnist.load()
    network = grid.load(loss="mse", epochs=20, batch_size=32, latent_dim=16, steps=4)
    return hourglass(network, data.X_test[data.Y_test == DIGIT][0])
