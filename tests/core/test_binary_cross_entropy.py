import math
import re

import numpy as np
import pytest
from helpers import assert_loss_contract, tables
from hypothesis import given
from hypothesis.strategies import booleans, sampled_from

from nnlib import BinaryCrossEntropy, Sigmoid
from nnlib.checks import gradient_check

pytestmark = pytest.mark.filterwarnings("error")
REDUCTIONS = ["mean", "batchmean", "sum"]


@pytest.mark.parametrize(("reduction", "divisor"), [("mean", 6), ("batchmean", 2), ("sum", 1)])
def test_value_and_gradient_by_hand(reduction, divisor):
    loss = BinaryCrossEntropy(reduction)
    p, y = [[0.5, 0.25, 0.75], [0.5, 0.2, 0.8]], [[1, 0, 1], [0.5, 1, 0]]
    # The costs are -log of 1/2, 3/4, 3/4; of 1/2 on both sides, 1/5, 1/5.
    expected = -math.log((1 / 2) * (3 / 4) * (3 / 4) * (1 / 2) * (1 / 5) * (1 / 5)) / divisor
    assert loss.forward(p, y) == pytest.approx(expected, rel=1e-12)
    grad = np.array([[-2, 4 / 3, -4 / 3], [0, -5, 5]]) / divisor
    np.testing.assert_allclose(loss.backward(), grad, rtol=1e-12)


@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_the_gradient_is_right(rng, reduction, from_logits):
    p, y = rng.uniform(0.1, 0.9, size=(2, 6, 3))
    prediction = np.log(p / (1 - p)) if from_logits else p
    assert gradient_check(BinaryCrossEntropy(reduction, from_logits), prediction, y) < 1e-7


@given(tables(0, 1), sampled_from(REDUCTIONS), booleans())
def test_it_keeps_the_contract_of_losses(p, reduction, from_logits):
    target = (np.sin(9 * p) + 1) / 2
    assert_loss_contract(BinaryCrossEntropy(reduction, from_logits), p, target)


@given(tables(-30, 30), sampled_from(REDUCTIONS))
def test_from_logits_is_the_sigmoid_and_the_loss_in_one(logits, reduction):
    target = (np.sin(logits) + 1) / 2
    sigmoid, apart = Sigmoid(), BinaryCrossEntropy(reduction)
    together = BinaryCrossEntropy(reduction, from_logits=True)
    value = apart.forward(sigmoid.forward(logits), target)
    assert together.forward(logits, target) == pytest.approx(value, rel=1e-3, abs=1e-12)
    grad = sigmoid.backward(apart.backward())
    np.testing.assert_allclose(together.backward(), grad, rtol=1e-3, atol=1e-9)


@given(tables(0, 1))
def test_yes_and_no_are_alike(p):
    p, y = p * 0.875 + 0.0625, (np.cos(9 * p) + 1) / 2
    loss, mirrored = BinaryCrossEntropy(), BinaryCrossEntropy()
    assert loss.forward(p, y) == pytest.approx(mirrored.forward(1 - p, 1 - y))
    np.testing.assert_allclose(loss.backward(), -mirrored.backward(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("p", "y", "cost", "gradient"),
    [
        (0, 0, 0, 1),  # right and sure
        (1, 1, 0, -1),
        (0, 1, 100, -math.inf),  # wrong and sure: a logarithm counts as at least -100
        (1, 0, 100, math.inf),
        (0, 0.5, 50, -math.inf),
    ],
)
def test_probabilities_of_exactly_zero_and_one(dtype, p, y, cost, gradient):
    loss = BinaryCrossEntropy("sum")
    assert loss.forward(np.array([[p]], dtype), [[y]]) == cost
    grad = loss.backward()
    assert grad.dtype == dtype
    if math.isfinite(gradient):
        assert grad == gradient
    else:  # the true slope is infinite; the largest that can be worked with stands for it
        largest = (y if gradient < 0 else 1 - y) / np.finfo(dtype).tiny
        assert grad == math.copysign(largest, gradient)
        assert np.isfinite(grad)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("logit", "y", "cost", "gradient"),
    [
        (1000, 1, 0, 0),
        (-1000, 0, 0, 0),
        (1000, 0, 1000, 1),
        (-1000, 1, 1000, -1),
        (1000, 0.25, 750, 0.75),
        (0, 0.5, math.log(2), 0),
    ],
)
def test_logits_of_a_thousand_are_exact(dtype, logit, y, cost, gradient):
    loss = BinaryCrossEntropy(from_logits=True)
    assert loss.forward(np.array([[logit]], dtype), [[y]]) == dtype(cost)
    grad = loss.backward()
    assert grad.dtype == dtype
    assert grad == gradient


def test_small_costs_from_logits_keep_their_digits():
    loss = BinaryCrossEntropy(from_logits=True)
    # -log(sigmoid(40)) is about e^-40; as -log(1 - e^-40) it would be rounded to zero.
    expected = pytest.approx(math.exp(-40), rel=1e-12, abs=0)
    assert loss.forward([[40.0]], [[1.0]]) == expected
    assert loss.forward([[-40.0]], [[0.0]]) == expected
    assert loss.backward().item() == expected


def test_a_dead_certain_mistake_does_not_stop_the_sigmoid_with_a_nan():
    sigmoid, loss = Sigmoid(), BinaryCrossEntropy()
    loss.forward(sigmoid.forward(np.array([[-1000, 1000]], np.float32)), [[1, 0]])
    assert np.isfinite(sigmoid.backward(loss.backward())).all()


def test_mean_of_probabilities_is_the_default():
    loss = BinaryCrossEntropy()
    assert (loss.reduction, loss.from_logits) == ("mean", False)


@pytest.mark.parametrize("p", [-0.1, 1.1])
def test_what_is_no_probability_is_refused_with_a_hint(p):
    with pytest.raises(
        ValueError, match=r"between 0 and 1.*\. Is a Sigmoid missing, or from_logits=True\?$"
    ):
        BinaryCrossEntropy().forward([[p, 0.5]], [[1, 0]])


@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize("y", [-1, 2])
def test_a_target_that_is_no_probability_is_refused(y, from_logits):
    with pytest.raises(ValueError, match="between 0 and 1"):
        BinaryCrossEntropy(from_logits=from_logits).forward([[0.5, 0.5]], [[0, y]])


@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize(("prediction", "target"), [((4, 1), (4,)), ((4, 3), (4, 1))])
def test_shapes_that_numpy_would_stretch_are_refused(prediction, target, from_logits):
    with pytest.raises(ValueError, match=r"BinaryCrossEntropy.* expects a target of") as told:
        BinaryCrossEntropy(from_logits=from_logits).forward(np.zeros(prediction), np.zeros(target))
    assert str(prediction) in str(told.value)
    assert str(target) in str(told.value)


def test_an_unknown_reduction_is_refused():
    with pytest.raises(ValueError, match="choose from mean, batchmean, sum"):
        BinaryCrossEntropy("none")


def test_probabilities_and_logits_print_differently():
    # `trained_with` keeps what a loss prints; a file must tell the two apart.
    assert repr(BinaryCrossEntropy()) == "BinaryCrossEntropy(reduction='mean')"
    with_logits = "BinaryCrossEntropy(reduction='mean', from_logits=True)"
    assert repr(BinaryCrossEntropy(from_logits=True)) == with_logits


@pytest.mark.parametrize(
    ("role", "prediction", "target"), [("predictions", 1.5, 1), ("targets", 0.5, 2)]
)
def test_what_is_no_probability_is_told_with_its_role_and_the_loss(role, prediction, target):
    loss = BinaryCrossEntropy()
    told = rf"^{re.escape(repr(loss))} expects {role} between 0 and 1, but got some from"
    with pytest.raises(ValueError, match=told):
        loss.forward(np.array([[prediction]]), np.array([[target]]))
