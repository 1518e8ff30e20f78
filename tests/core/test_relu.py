import numpy as np
import pytest
from helpers import assert_module_contract, tables
from hypothesis import given

from nnlib import Linear, ReLU, Sequential, gradient_check
from nnlib.gradient_check import CheckFailed

pytestmark = pytest.mark.filterwarnings("error")


def test_forward_and_backward_by_hand():
    relu = ReLU()
    np.testing.assert_array_equal(relu.forward([[-2.0, 0.0, 3.0]]), [[0, 0, 3]])
    np.testing.assert_array_equal(relu.backward([[5, 5, 5]]), [[0, 0, 5]])


@given(tables())
def test_it_keeps_the_contract_of_modules(x):
    assert_module_contract(ReLU(), x)


def test_the_gradient_is_right(rng):
    assert gradient_check(ReLU(), rng.normal(size=(6, 4))) < 1e-7


def test_a_check_at_the_corner_says_that_there_is_one():
    with pytest.raises(
        CheckFailed, match=r"\[0, 1\].* corner there, with the slope -?0 to the left"
    ):
        gradient_check(ReLU(), np.array([[1.0, 0.0]]))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_it_stays_in_its_type(dtype):
    relu = ReLU()
    y = relu.forward(np.array([[1, -1]], dtype))
    assert y.dtype == relu.backward(np.ones((1, 2))).dtype == dtype


def test_he_weights_keep_the_size_of_signals(rng):
    """He et al. (2015), equation 10: with the variance 2 / n, the mean square stays."""
    layers = [
        part for seed in range(20) for part in (Linear(500, 500, init="he", rng=seed), ReLU())
    ]
    x = rng.normal(size=(100, 500))
    y = Sequential(layers[:-1]).forward(x)  # before the last ReLU, which takes half of it
    assert 0.3 < (y**2).mean() / 2 < 3
