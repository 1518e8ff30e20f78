import numpy as np
import pytest
from helpers import assert_module_contract, tables
from hypothesis import given
from hypothesis.strategies import integers

from nnlib import Linear
from nnlib.checks import gradient_check


def small_layer():
    layer = Linear(2, 3)
    layer.params["weight"][...] = [[1, 2, 3], [4, 5, 6]]
    layer.params["bias"][...] = [10, 20, 30]
    return layer


def test_forward_by_hand():
    y = small_layer().forward([[1, 0], [0, 1], [2, -1]])
    np.testing.assert_array_equal(y, [[11, 22, 33], [14, 25, 36], [8, 19, 30]])


def test_backward_by_hand():
    layer = small_layer()
    layer.forward([[1, 0], [2, -1]])
    grad_input = layer.backward([[1, 0, 2], [0, 3, 1]])
    np.testing.assert_array_equal(grad_input, [[7, 16], [9, 21]])
    np.testing.assert_array_equal(layer.grads["weight"], [[1, 6, 4], [0, -3, -1]])
    np.testing.assert_array_equal(layer.grads["bias"], [1, 3, 3])


@pytest.mark.parametrize(("n_in", "n_out"), [(3, 5), (5, 3), (1, 4), (4, 1)])
def test_the_gradients_are_right(rng, n_in, n_out):
    layer = Linear(n_in, n_out, rng=0, dtype=np.float64)
    assert gradient_check(layer, rng.normal(size=(6, n_in))) < 1e-7


@given(tables(), integers(1, 5))
def test_it_keeps_the_contract_of_modules(x, n_out):
    assert_module_contract(Linear(x.shape[1], n_out, rng=0, dtype=np.float64), x)


@given(tables(dtype=np.float32))
def test_rows_do_not_see_each_other(x):
    layer = Linear(x.shape[1], 2, rng=0)
    together = layer.forward(x)
    alone = np.concatenate([layer.forward(row[None, :]) for row in x])
    np.testing.assert_allclose(together, alone, rtol=1e-4, atol=1e-4)


def test_no_rows_in_no_rows_out():
    layer = Linear(3, 2)
    assert layer.forward(np.zeros((0, 3))).shape == (0, 2)
    assert layer.backward(np.zeros((0, 2))).shape == (0, 3)


def test_params_and_grads_are_twins():
    layer = Linear(3, 2)
    assert {name: value.shape for name, value in layer.params.items()} == {
        "weight": (3, 2),
        "bias": (2,),
    }
    for name, value in layer.params.items():
        assert layer.grads[name].shape == value.shape
        assert layer.grads[name].dtype == value.dtype
        assert (layer.grads[name] == 0).all()


def test_the_same_seed_gives_the_same_weights():
    for seed in (0, 7):
        weight = Linear(4, 3, rng=seed).params["weight"]
        np.testing.assert_array_equal(weight, Linear(4, 3, rng=seed).params["weight"])
    assert (Linear(4, 3, rng=0).params["weight"] != Linear(4, 3, rng=1).params["weight"]).any()


def test_a_generator_goes_on_so_that_two_layers_differ(rng):
    first, second = Linear(4, 3, rng=rng), Linear(4, 3, rng=rng)
    assert (first.params["weight"] != second.params["weight"]).any()


def test_without_a_seed_every_layer_is_new():
    assert (Linear(4, 3).params["weight"] != Linear(4, 3).params["weight"]).any()


@pytest.mark.parametrize(
    ("init", "std"),
    [
        ("tanh", 5 / 3 * np.sqrt(2 / 500)),
        ("xavier", np.sqrt(2 / 500)),
        ("lecun", np.sqrt(1 / 200)),
        ("zeros", 0),
    ],
)
def test_weights_start_as_large_as_init_says_and_biases_at_zero(init, std):
    layer = Linear(200, 300, init=init, rng=0)
    assert layer.params["weight"].std() == pytest.approx(std, rel=0.01)
    assert layer.params["weight"].mean() == pytest.approx(0, abs=0.002)
    assert (layer.params["bias"] == 0).all()


def test_tanh_is_the_default_init():
    weight = Linear(4, 3, rng=0).params["weight"]
    np.testing.assert_array_equal(weight, Linear(4, 3, init="tanh", rng=0).params["weight"])


def test_it_computes_in_its_own_type():
    assert Linear(2, 3).forward(np.zeros((1, 2))).dtype == np.float32
    assert Linear(2, 3, dtype=np.float64).forward(np.zeros((1, 2), "f4")).dtype == np.float64
    layer = Linear(2, 3)
    layer.forward([[1, 2]])
    assert layer.backward(np.zeros((1, 3))).dtype == np.float32


@pytest.mark.parametrize("shape", [(2,), (4, 3), (1, 4, 2), ()])
def test_a_wrong_input_is_told_with_both_shapes_and_the_layer(shape):
    with pytest.raises(
        ValueError, match=r"Linear\(2, 3\) expects .*\(rows, 2\).*got shape"
    ) as told:
        Linear(2, 3).forward(np.zeros(shape))
    assert str(shape) in str(told.value)


@pytest.mark.parametrize("shape", [(4, 2), (3, 3), (4, 1), (3,), (1, 3)])
def test_a_gradient_of_another_shape_is_refused_and_nothing_is_added(shape):
    layer = Linear(2, 3)
    layer.forward(np.ones((4, 2)))
    with pytest.raises(ValueError, match=r"Linear\(2, 3\) gave .*\(4, 3\)"):
        layer.backward(np.ones(shape))
    assert (layer.grads["bias"] == 0).all()


@pytest.mark.parametrize(("sizes", "which"), [((0, 3), "in"), ((3, 0), "out"), ((-1, 3), "in")])
def test_sizes_start_at_one(sizes, which):
    with pytest.raises(ValueError, match=f"^{which}_features must be a whole number from 1 to"):
        Linear(*sizes)


def test_sizes_are_whole_numbers():
    with pytest.raises(TypeError, match=r"^in_features must be a whole number"):
        Linear(2.5, 3)
    with pytest.raises(TypeError, match=r"^out_features must be a whole number"):
        Linear(2, "3")
    assert Linear(np.int64(2), 3).in_features == 2


def test_an_unknown_init_is_answered_with_the_known_ones():
    with pytest.raises(
        ValueError, match=r"^init='glorot' is not known; choose from tanh, xavier, he, lecun"
    ):
        Linear(2, 3, init="glorot")


def test_whole_numbers_cannot_learn():
    with pytest.raises(
        TypeError, match=r"^Linear\(2, 3\) needs a floating-point dtype, but got int64"
    ):
        Linear(2, 3, dtype=np.int64)


def test_it_prints_as_it_is_written():
    assert repr(Linear(2, 3)) == "Linear(2, 3)"
