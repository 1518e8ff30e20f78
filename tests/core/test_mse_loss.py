import numpy as np
import pytest
from helpers import assert_loss_contract, tables
from hypothesis import given
from hypothesis.strategies import sampled_from

from nnlib import MSELoss
from nnlib.checks import gradient_check
from nnlib.losses import ReducedLoss

pytestmark = pytest.mark.filterwarnings("error")

PREDICTION, TARGET = [[1, 2, 3], [4, 5, 6]], [[1, 0, 0], [4, 4, 4]]  # squares: 0 4 9 0 1 4


@pytest.mark.parametrize(("reduction", "divisor"), [("mean", 6), ("batchmean", 2), ("sum", 1)])
def test_value_and_gradient_by_hand(reduction, divisor):
    loss = MSELoss(reduction)
    assert loss.forward(PREDICTION, TARGET) == 18 / divisor
    expected = np.array([[0, 4, 6], [0, 2, 4]]) / divisor
    np.testing.assert_allclose(loss.backward(), expected, rtol=1e-6)


@pytest.mark.parametrize("reduction", ["mean", "batchmean", "sum"])
def test_the_gradient_is_right(rng, reduction):
    prediction, target = rng.normal(size=(2, 6, 3))
    assert gradient_check(MSELoss(reduction), prediction, target) < 1e-7


@given(tables(), sampled_from(["mean", "batchmean", "sum"]))
def test_it_keeps_the_contract_of_losses(prediction, reduction):
    assert_loss_contract(MSELoss(reduction), prediction, target=np.cos(prediction))


@given(tables())
def test_no_miss_costs_nothing_and_a_constant_miss_its_square(x):
    assert MSELoss().forward(x, x) == 0
    assert MSELoss().forward(x + 3, x) == pytest.approx(9)


def test_mean_is_the_default():
    assert MSELoss().reduction == "mean"


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_large_misses_are_exact(dtype):
    loss = MSELoss("sum")
    assert loss.forward(np.array([[1000, -1000]], dtype), [[-1000, -1000]]) == 4_000_000
    grad = loss.backward()
    assert grad.dtype == dtype
    np.testing.assert_array_equal(grad, [[4000, 0]])


@pytest.mark.parametrize(
    ("prediction", "target"),
    [((4, 1), (4,)), ((4, 3), (3,)), ((4, 3), (4, 1)), ((4, 3), (1, 3)), ((4, 3), ())],
)
def test_shapes_that_numpy_would_stretch_are_refused(prediction, target):
    with pytest.raises(ValueError, match=r"MSELoss.* expects a target of .* shape") as told:
        MSELoss().forward(np.zeros(prediction), np.zeros(target))
    assert str(prediction) in str(told.value)
    assert str(target) in str(told.value)


@pytest.mark.parametrize("shape", [(0, 3), (3, 0)])
def test_an_empty_prediction_has_no_loss(shape):
    with pytest.raises(ValueError, match=rf"MSELoss.* \({shape[0]}, {shape[1]}\)"):
        MSELoss().forward(np.zeros(shape), np.zeros(shape))


def test_a_refused_target_leaves_nothing_to_go_back_through():
    loss = MSELoss()
    loss.forward(np.zeros((2, 2)), np.ones((2, 2)))
    with pytest.raises(ValueError, match="expects a target"):
        loss.forward(np.zeros((2, 2)), np.ones((2, 1)))
    with pytest.raises(RuntimeError, match="call forward before backward"):
        loss.backward()


def test_a_single_row_must_be_written_as_a_table():
    with pytest.raises(ValueError, match=r"use x\[None, :\]"):
        MSELoss().forward(np.zeros(3), np.zeros(3))


def test_a_target_that_is_no_number_is_told_with_the_loss():
    with pytest.raises(TypeError, match=r"MSELoss\(reduction='mean'\) expects real numbers"):
        MSELoss().forward([[1.0]], [["one"]])


def test_an_unknown_reduction_is_answered_with_the_known_ones():
    with pytest.raises(
        ValueError, match=r"^reduction='none' is not known; choose from mean, batchmean, sum"
    ):
        MSELoss("none")


def test_it_prints_as_it_is_written():
    assert repr(MSELoss("sum")) == "MSELoss(reduction='sum')"


def test_a_loss_without_costs_says_what_it_lacks():
    class Bare(ReducedLoss):
        pass

    with pytest.raises(NotImplementedError, match=r"^Bare has no elementwise\.$"):
        Bare().forward(np.zeros((1, 1)), np.zeros((1, 1)))
    with pytest.raises(NotImplementedError, match=r"^Bare has no elementwise_grad\.$"):
        Bare().elementwise_grad(np.zeros((1, 1)), np.zeros((1, 1)))


def test_a_prediction_and_a_target_that_are_swapped_are_asked_about():
    with pytest.raises(ValueError, match=r"got shapes \(3,\) and \(3, 2\)\. Are the two swapped\?"):
        MSELoss().forward(np.zeros(3), np.zeros((3, 2)))


def test_a_target_takes_the_type_of_the_prediction():
    loss = MSELoss()
    loss.forward(np.zeros((2, 2), np.float32), np.ones((2, 2), int))
    assert loss.target.dtype == np.float32
