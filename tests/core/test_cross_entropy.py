import math

import numpy as np
import pytest
from helpers import assert_loss_contract, tables
from hypothesis import given
from hypothesis.strategies import floats, sampled_from

from nnlib import CrossEntropyWithLogSoftmax, Softmax
from nnlib.checks import gradient_check

pytestmark = pytest.mark.filterwarnings("error")
REDUCTIONS = ["mean", "batchmean", "sum"]


@pytest.mark.parametrize(("reduction", "divisor"), [("mean", 2), ("batchmean", 2), ("sum", 1)])
def test_value_and_gradient_by_hand(reduction, divisor):
    loss = CrossEntropyWithLogSoftmax(reduction)
    scores = np.log([[1, 2, 5], [3, 6, 1]])  # probabilities in eighths, and in tenths
    value = loss.forward(scores, np.array([1, 0]))
    assert value == pytest.approx((math.log(8 / 2) + math.log(10 / 3)) / divisor, rel=1e-12)
    grad = np.array([[0.125, 0.25 - 1, 0.625], [0.3 - 1, 0.6, 0.1]]) / divisor
    np.testing.assert_allclose(loss.backward(), grad, rtol=1e-12)


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_the_gradient_is_right(rng, reduction):
    scores, labels = rng.normal(size=(6, 4)), rng.integers(0, 4, 6)
    assert gradient_check(CrossEntropyWithLogSoftmax(reduction), scores, labels) < 1e-7
    soft = Softmax().forward(rng.normal(size=(6, 4)))  # rows of probabilities are targets too
    assert gradient_check(CrossEntropyWithLogSoftmax(reduction), scores, soft) < 1e-7


@given(tables(), sampled_from(REDUCTIONS))
def test_it_keeps_the_contract_of_losses(scores, reduction):
    labels = np.arange(len(scores)) % scores.shape[1]
    for target in (labels, np.eye(scores.shape[1])[labels]):
        assert_loss_contract(CrossEntropyWithLogSoftmax(reduction), scores, target)


@given(tables(), sampled_from(REDUCTIONS))
def test_labels_and_one_hot_rows_are_the_same(scores, reduction):
    labels = np.arange(len(scores)) % scores.shape[1]
    loss, one_hot = CrossEntropyWithLogSoftmax(reduction), CrossEntropyWithLogSoftmax(reduction)
    rows = np.eye(scores.shape[1])[labels]
    assert loss.forward(scores, labels) == one_hot.forward(scores, rows)
    np.testing.assert_array_equal(loss.backward(), one_hot.backward())


@given(tables(dtype=np.float32))
def test_labels_do_not_change_the_precision(scores):
    labels = np.arange(len(scores)) % scores.shape[1]
    rows = np.eye(scores.shape[1], dtype=np.float32)[labels]
    loss = CrossEntropyWithLogSoftmax()
    assert loss.forward(scores, labels) == CrossEntropyWithLogSoftmax().forward(scores, rows)
    assert loss.backward().dtype == np.float32


@given(tables(), floats(-1000, 1000))
def test_the_same_number_on_all_scores_of_a_row_changes_nothing(scores, shift):
    labels = np.zeros(len(scores), int)
    loss, shifted = CrossEntropyWithLogSoftmax("sum"), CrossEntropyWithLogSoftmax("sum")
    value = loss.forward(scores, labels)
    assert shifted.forward(scores + shift, labels) == pytest.approx(value, rel=1e-9, abs=1e-9)
    np.testing.assert_allclose(shifted.backward(), loss.backward(), atol=1e-9)


@given(tables())
def test_it_is_minus_the_logarithm_of_the_softmax(scores):
    p = Softmax().forward(scores)[:, 0]
    value = CrossEntropyWithLogSoftmax().forward(scores, np.zeros(len(scores), int))
    assert value == pytest.approx(-np.log(p).mean(), rel=1e-9, abs=1e-9)


def test_scores_all_alike_cost_the_logarithm_of_the_number_of_classes():
    value = CrossEntropyWithLogSoftmax().forward(np.zeros((5, 10)), np.arange(5))
    assert value == pytest.approx(math.log(10))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("scores", "label", "cost", "gradient"),
    [
        ([1000, -1000], 1, 2000, [1, -1]),
        ([1000, -1000], 0, 0, [0, 0]),
        ([-1000, 1000], 0, 2000, [-1, 1]),
        ([1000, 1000], 0, math.log(2), [-0.5, 0.5]),
        ([-1000, -1000], 1, math.log(2), [0.5, -0.5]),
    ],
)
def test_scores_of_a_thousand_are_exact(dtype, scores, label, cost, gradient):
    loss = CrossEntropyWithLogSoftmax()
    assert loss.forward(np.array([scores], dtype), np.array([label])) == dtype(cost)
    grad = loss.backward()
    assert grad.dtype == dtype
    np.testing.assert_array_equal(grad, [gradient])


def test_rows_of_very_different_scores_do_not_disturb_each_other():
    value = CrossEntropyWithLogSoftmax("sum").forward([[1000.0, 999], [-1000, -1001]], [0, 0])
    assert value == pytest.approx(2 * math.log(1 + math.exp(-1)), rel=1e-12)


@pytest.mark.parametrize("label_type", [np.uint8, np.int32, np.int64])
def test_labels_of_any_whole_type(label_type):
    labels = np.array([0, 2], label_type)
    value = CrossEntropyWithLogSoftmax().forward(np.zeros((2, 3)), labels)
    assert value == pytest.approx(math.log(3))


@pytest.mark.parametrize(
    "labels", [np.array([0, 3]), np.array([-1, 0]), np.array([0.0, 1.0]), np.array([True, False])]
)
def test_what_is_no_class_is_refused(labels):
    with pytest.raises(ValueError, match="labels must be integers from 0 to 2"):
        CrossEntropyWithLogSoftmax().forward(np.zeros((2, 3)), labels)


@pytest.mark.parametrize("row", [[0.5, 0.4, 0], [1, 1, 0], [2, -1, 0], [0, 0, 0]])
def test_rows_that_do_not_sum_to_one_are_refused(row):
    with pytest.raises(ValueError, match="one-hot"):
        CrossEntropyWithLogSoftmax().forward(np.zeros((2, 3)), [[1, 0, 0], row])


@pytest.mark.parametrize(
    ("prediction", "target"), [((4, 3), (4, 1)), ((4, 3), (3,)), ((4, 3), (1, 3)), ((4, 1), (4,))]
)
def test_shapes_that_numpy_would_stretch_are_refused(prediction, target):
    with pytest.raises(ValueError, match="CrossEntropyWithLogSoftmax"):
        CrossEntropyWithLogSoftmax().forward(np.zeros(prediction), np.ones(target))


def test_labels_that_are_no_numbers_are_told_with_the_loss():
    with pytest.raises(TypeError, match=r"CrossEntropyWithLogSoftmax.* expects real numbers"):
        CrossEntropyWithLogSoftmax().forward([[1.0, 2.0]], ["one"])


def test_an_unknown_reduction_is_refused():
    with pytest.raises(ValueError, match="choose from mean, batchmean, sum"):
        CrossEntropyWithLogSoftmax("none")


def test_it_prints_as_it_is_written():
    assert repr(CrossEntropyWithLogSoftmax()) == "CrossEntropyWithLogSoftmax(reduction='mean')"
