import math

import numpy as np
import pytest
from helpers import assert_module_contract, tables
from hypothesis import given

from nnlib import TanH
from nnlib.checks import gradient_check

pytestmark = pytest.mark.filterwarnings("error")


def test_forward_and_backward_by_hand():
    tanh = TanH()
    y = tanh.forward([[0.0, math.atanh(0.5), -math.atanh(0.5)]])
    np.testing.assert_allclose(y, [[0, 0.5, -0.5]], rtol=1e-12)
    np.testing.assert_allclose(tanh.backward([[1, 1, 2]]), [[1, 0.75, 1.5]], rtol=1e-12)


def test_the_gradient_is_right(rng):
    assert gradient_check(TanH(), rng.normal(size=(6, 4))) < 1e-7


@given(tables())
def test_it_keeps_the_contract_of_modules(x):
    assert_module_contract(TanH(), x)


@given(tables())
def test_it_is_odd_and_lies_between_minus_one_and_one(x):
    y = TanH().forward(x)
    assert (abs(y) <= 1).all()
    np.testing.assert_array_equal(TanH().forward(-x), -y)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_far_out_it_is_exactly_one_and_flat(dtype):
    tanh = TanH()
    y = tanh.forward(np.array([[1000, -1000]], dtype))
    assert y.dtype == dtype
    np.testing.assert_array_equal(y, [[1, -1]])
    np.testing.assert_array_equal(tanh.backward(np.ones((1, 2))), [[0, 0]])


def test_it_takes_any_width_and_has_nothing_to_learn():
    tanh = TanH()
    assert tanh.params == {}
    assert tanh.in_features is None
    assert tanh.forward(np.zeros((2, 7))).shape == (2, 7)
    assert repr(tanh) == "TanH()"
