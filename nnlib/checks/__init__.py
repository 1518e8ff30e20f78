"""Is it right? Checks of gradients and of whole classes, nnlib's or your own. Floor 6.

`gradient_check` compares a gradient with measured slopes. The others take a class that keeps
nnlib's contract, such as `checks.linear(Linear)`, and either return quietly or raise CheckFailed.
"""

from nnlib.checks.functions import limit, same_result
from nnlib.checks.gradient import gradient_check
from nnlib.checks.losses import binary_cross_entropy, cross_entropy, mse_loss
from nnlib.checks.modules import linear, sigmoid, softmax, tanh
from nnlib.checks.networks import autoencoder, optim, sequential
from nnlib.checks.report import CheckFailed

__all__ = [
    "CheckFailed",
    "autoencoder",
    "binary_cross_entropy",
    "cross_entropy",
    "gradient_check",
    "limit",
    "linear",
    "mse_loss",
    "optim",
    "same_result",
    "sequential",
    "sigmoid",
    "softmax",
    "tanh",
]
