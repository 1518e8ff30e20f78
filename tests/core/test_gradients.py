"""Gradients of modules, losses and whole networks at shapes and sizes drawn at random."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis.strategies import booleans, composite, floats, integers, lists, sampled_from

from nnlib import (
    AutoEncoder,
    BinaryCrossEntropy,
    CrossEntropyWithLogSoftmax,
    Linear,
    Loss,
    MSELoss,
    Sequential,
    Sigmoid,
    Softmax,
    TanH,
)
from nnlib.checks import CheckFailed, gradient_check
from nnlib.linear import INITIAL_STD

ROWS = integers(1, 5)
WIDTHS = integers(1, 6)
SEEDS = integers(0, 2**32 - 1)
REDUCTIONS = sampled_from(["mean", "batchmean", "sum"])


@composite
def layers(draw, n_in, depth):
    """A layer for `n_in` columns; `depth` more may be nested within."""
    kind = draw(sampled_from(["linear", "linear", "activation", "autoencoder", "nested"]))
    if kind == "activation":
        return draw(sampled_from([TanH, Sigmoid, Softmax]))()
    if kind == "autoencoder":
        return draw(autoencoders(n_in))
    if kind == "nested" and depth:
        return draw(networks(n_in, depth - 1))
    init = draw(sampled_from([name for name in INITIAL_STD if name != "zeros"]))
    return Linear(n_in, draw(WIDTHS), init=init, rng=draw(SEEDS), dtype=np.float64)


@composite
def networks(draw, n_in, depth=2):
    """A Sequential of one to four layers, for `n_in` columns."""
    chain, width = [], n_in
    for _ in range(draw(integers(1, 4))):
        chain.append(draw(layers(width, depth)))
        width = chain[-1].out_features or width
    return Sequential(chain)


@composite
def autoencoders(draw, input_dim):
    """An AutoEncoder of any shape for `input_dim` columns, widths and codes of every kind."""
    widths = draw(lists(WIDTHS, max_size=3))
    latent_dim = draw(integers(1, input_dim))
    how = draw(sampled_from(["geometric", "linear", [input_dim, *widths, latent_dim]]))
    return AutoEncoder(
        input_dim,
        latent_dim,
        len(widths) + 1,
        widths=how,
        code=draw(sampled_from(["tanh", "linear"])),
        rng=draw(SEEDS),
        dtype=np.float64,
    )


# Moving a number by 1e-6 measures a slope to about 1e-10 of the value. Where a deep or saturated
# network makes slopes ten thousand times smaller than its output, that leaves four digits.
FOUR_DIGITS = {"tolerance": 1e-4}


def table(seed, rows, columns, size=1.0):
    return size * np.random.default_rng(seed).standard_normal((rows, columns))


@given(ROWS, WIDTHS, WIDTHS, SEEDS)
def test_of_a_linear_layer(rows, n_in, n_out, seed):
    layer = Linear(n_in, n_out, rng=seed, dtype=np.float64)
    assert gradient_check(layer, table(seed + 1, rows, n_in)) < 1e-7


@pytest.mark.parametrize("kind", [TanH, Sigmoid, Softmax])
@given(rows=ROWS, columns=WIDTHS, seed=SEEDS, size=floats(0.01, 3))
def test_of_an_activation(kind, rows, columns, seed, size):
    assert gradient_check(kind(), table(seed, rows, columns, size)) < 1e-6


@given(ROWS, WIDTHS, SEEDS, sampled_from([0.01, 1, 100]), REDUCTIONS)
def test_of_the_squared_error(rows, columns, seed, size, reduction):
    prediction, target = (table(seed + i, rows, columns, size) for i in range(2))
    assert gradient_check(MSELoss(reduction), prediction, target) < 1e-6


@given(ROWS, WIDTHS, SEEDS, REDUCTIONS, booleans())
def test_of_binary_cross_entropy(rows, columns, seed, reduction, from_logits):
    rng = np.random.default_rng(seed)
    logits, target = rng.uniform(-3, 3, (rows, columns)), rng.uniform(size=(rows, columns))
    prediction = logits if from_logits else Sigmoid().forward(logits)
    assert gradient_check(BinaryCrossEntropy(reduction, from_logits), prediction, target) < 1e-6


@given(ROWS, WIDTHS, SEEDS, REDUCTIONS, sampled_from(["labels", "one-hot", "soft"]))
def test_of_cross_entropy(rows, classes, seed, reduction, form):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, rows)
    soft = Softmax().forward(rng.standard_normal((rows, classes)))
    target = {"labels": labels, "one-hot": np.eye(classes)[labels], "soft": soft}[form]
    scores = 3 * rng.standard_normal((rows, classes))
    assert gradient_check(CrossEntropyWithLogSoftmax(reduction), scores, target) < 1e-6


@composite
def networks_and_inputs(draw, of):
    n_in = draw(WIDTHS)
    return draw(of(n_in)), table(draw(SEEDS), draw(ROWS), n_in)


@given(networks_and_inputs(networks))
def test_of_networks_within_networks(network_and_x):
    gradient_check(*network_and_x, **FOUR_DIGITS)


@given(networks_and_inputs(autoencoders))
def test_of_an_autoencoder(network_and_x):
    gradient_check(*network_and_x, **FOUR_DIGITS)


class Through(Loss):
    """The loss of a network's output, as a function of its input."""

    def __init__(self, network, loss):
        self.network, self.loss = network, loss

    def forward(self, prediction, target):
        return self.loss.forward(self.network.forward(prediction), target)

    def backward(self):
        return self.network.backward(self.loss.backward())


@given(networks_and_inputs(autoencoders), REDUCTIONS, sampled_from([MSELoss, BinaryCrossEntropy]))
def test_of_a_loss_through_a_whole_network(network_and_x, reduction, kind):
    network, x = network_and_x
    loss = Through(network, kind(reduction))
    gradient_check(loss, x, Sigmoid().forward(x), **FOUR_DIGITS)


def test_a_mistake_in_one_layer_of_a_drawn_network_is_found():
    class Wrong(TanH):
        def derivative(self, y):
            return super().derivative(y) * 1.001

    @given(networks_and_inputs(networks))
    def passes(network_and_x):
        network, x = network_and_x
        gradient_check(Sequential([Wrong(), network]), x)

    with pytest.raises(CheckFailed):
        passes()
