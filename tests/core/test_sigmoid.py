import math

import numpy as np
import pytest
from helpers import assert_module_contract, tables
from hypothesis import given

from nnlib import Sigmoid
from nnlib.checks import gradient_check

pytestmark = pytest.mark.filterwarnings("error")


def test_forward_and_backward_by_hand():
    sigmoid = Sigmoid()
    y = sigmoid.forward([[0.0, math.log(3), -math.log(3)]])
    np.testing.assert_allclose(y, [[0.5, 0.75, 0.25]], rtol=1e-12)
    np.testing.assert_allclose(sigmoid.backward([[4, 16, 32]]), [[1, 3, 6]], rtol=1e-12)


def test_the_gradient_is_right(rng):
    assert gradient_check(Sigmoid(), rng.normal(size=(6, 4))) < 1e-7


@given(tables())
def test_it_keeps_the_contract_of_modules(x):
    assert_module_contract(Sigmoid(), x)


@given(tables(-700, 700))
def test_the_other_side_is_what_is_left_of_one(x):
    y = Sigmoid().forward(x)
    assert ((y >= 0) & (y <= 1)).all()
    np.testing.assert_allclose(Sigmoid().forward(-x), 1 - y, rtol=0, atol=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_far_out_it_is_exactly_zero_or_one_and_flat(dtype):
    sigmoid = Sigmoid()
    y = sigmoid.forward(np.array([[1000, -1000]], dtype))
    assert y.dtype == dtype
    np.testing.assert_array_equal(y, [[1, 0]])
    np.testing.assert_array_equal(sigmoid.backward(np.ones((1, 2))), [[0, 0]])


@pytest.mark.parametrize(("dtype", "rtol"), [(np.float32, 1e-5), (np.float64, 1e-14)])
def test_small_probabilities_keep_their_digits(dtype, rtol):
    # 1 - sigmoid(40) would be 0: what is left after subtracting has no digits.
    y = Sigmoid().forward(np.array([[-40, -80]], dtype))
    np.testing.assert_allclose(y, [[math.exp(-40), math.exp(-80)]], rtol=rtol)
