import math

import numpy as np
import pytest
from helpers import assert_module_contract, tables
from hypothesis import given
from hypothesis.strategies import floats

from nnlib import Sigmoid, Softmax
from nnlib.checks import gradient_check

pytestmark = pytest.mark.filterwarnings("error")


def test_forward_and_backward_by_hand():
    softmax = Softmax()
    p = softmax.forward([[0.0, math.log(3)], [math.log(4), 0.0]])
    np.testing.assert_allclose(p, [[1 / 4, 3 / 4], [4 / 5, 1 / 5]], rtol=1e-12)
    # dL/dx_k = p_k (g_k - sum_j g_j p_j), the mean gradient being 1/4 and 2/5.
    grad = softmax.backward([[1, 0], [0, 2]])
    np.testing.assert_allclose(grad, [[3 / 16, -3 / 16], [-8 / 25, 8 / 25]], rtol=1e-12)


def test_the_gradient_is_right(rng):
    assert gradient_check(Softmax(), rng.normal(size=(6, 4))) < 1e-7


@given(tables())
def test_it_keeps_the_contract_of_modules(x):
    assert_module_contract(Softmax(), x)


@given(tables())
def test_every_row_is_a_distribution(x):
    p = Softmax().forward(x)
    assert (p >= 0).all()
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-14)


@given(tables(), floats(-1000, 1000))
def test_the_same_number_on_all_scores_of_a_row_changes_nothing(x, shift):
    np.testing.assert_allclose(Softmax().forward(x + shift), Softmax().forward(x), rtol=1e-10)


@given(tables())
def test_the_gradient_of_a_row_sums_to_zero(x):
    softmax = Softmax()
    softmax.forward(x)
    grad = softmax.backward(np.sin(x))  # because no step can change the sum of probabilities
    np.testing.assert_allclose(grad.sum(axis=1), 0, atol=1e-14)


@given(tables(-30, 30))
def test_of_two_scores_it_is_the_sigmoid_of_their_difference(x):
    x = x[:, :1] * [1, 0]
    np.testing.assert_allclose(Softmax().forward(x)[:, :1], Sigmoid().forward(x[:, :1]), 1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extreme_scores_give_exact_probabilities_and_a_flat_gradient(dtype):
    softmax = Softmax()
    x = np.array([[1000, -1000, 0], [-1000, -1000, -3000], [1000, 1000, 0]], dtype)
    p = softmax.forward(x)
    assert p.dtype == dtype
    np.testing.assert_array_equal(p, [[1, 0, 0], [0.5, 0.5, 0], [0.5, 0.5, 0]])
    grad = softmax.backward([[1, 2, 3], [1, 2, 3], [1, 2, 3]])
    expected = [[0, 0, 0], [-0.25, 0.25, 0], [-0.25, 0.25, 0]]
    np.testing.assert_array_equal(grad, expected)


def test_scores_as_far_apart_as_can_be_are_no_reason_for_a_warning():
    largest = np.finfo(np.float32).max  # less minus itself, it is infinity
    np.testing.assert_array_equal(Softmax().forward(np.float32([[largest, -largest]])), [[1, 0]])
