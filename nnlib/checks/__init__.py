"""Is it right? Checks of gradients and of whole classes, nnlib's or your own.

`gradient_check` compares a gradient with measured slopes. The others take a class that keeps
nnlib's contract, such as `checks.linear(Linear)`, or a function that an exercise asks for, such as
`checks.confusion(confusion)`, and either return quietly or raise CheckFailed.
"""

from nnlib.checks.activations import sigmoid, softmax, tanh
from nnlib.checks.exercises import (
    add_noise,
    best_constant,
    confusion,
    count_parameters,
    error_per_image,
    geometric,
    gradients,
    inpaint,
    keep_known,
    mean_filter,
    square_mask,
    steepest,
    weighted_sum,
)
from nnlib.checks.functions import limit, same_result
from nnlib.checks.layers import linear
from nnlib.checks.losses import binary_cross_entropy, cross_entropy, mse_loss
from nnlib.checks.networks import autoencoder, sequential
from nnlib.checks.studies import has_learned, interval, log_ratios, share_within, verdict
from nnlib.checks.training import optim
from nnlib.gradient_check import CheckFailed, gradient_check

__all__ = [
    "CheckFailed",
    "add_noise",
    "autoencoder",
    "best_constant",
    "binary_cross_entropy",
    "confusion",
    "count_parameters",
    "cross_entropy",
    "error_per_image",
    "geometric",
    "gradient_check",
    "gradients",
    "has_learned",
    "inpaint",
    "interval",
    "keep_known",
    "limit",
    "linear",
    "log_ratios",
    "mean_filter",
    "mse_loss",
    "optim",
    "same_result",
    "sequential",
    "share_within",
    "sigmoid",
    "softmax",
    "square_mask",
    "steepest",
    "tanh",
    "verdict",
    "weighted_sum",
]
