import numpy as np
import pytest
from helpers import assert_module_contract, tables
from hypothesis import given

from nnlib import Linear, Module, Sequential, Sigmoid, Softmax, TanH
from nnlib.checks import gradient_check


def network(dtype=np.float32, seed=0):
    settings = {"rng": np.random.default_rng(seed), "dtype": dtype}
    return Sequential([Linear(3, 5, **settings), TanH(), Linear(5, 2, **settings)])


def test_the_output_of_each_layer_is_the_input_of_the_next(rng):
    first, tanh, last = Linear(3, 5), TanH(), Linear(5, 2)
    x = rng.normal(size=(4, 3))
    by_hand = last.forward(tanh.forward(first.forward(x)))
    np.testing.assert_array_equal(Sequential([first, tanh, last]).forward(x), by_hand)


@pytest.mark.parametrize("last", [TanH, Sigmoid, Softmax])
def test_the_gradients_are_right(rng, last):
    deep = Sequential([network(np.float64), TanH(), Linear(2, 4, rng=1, dtype=np.float64), last()])
    assert gradient_check(deep, rng.normal(size=(6, 3))) < 1e-7


@given(tables())
def test_it_keeps_the_contract_of_modules(x):
    layers = [Linear(x.shape[1], 3, rng=0, dtype=np.float64), TanH(), Sequential([Softmax()])]
    assert_module_contract(Sequential(layers), x)


def test_it_lists_every_parameter_under_a_dotted_name():
    nested = Sequential([network(), TanH(), Sequential([Linear(2, 4)])])
    names = ["0.0.weight", "0.0.bias", "0.2.weight", "0.2.bias", "2.0.weight", "2.0.bias"]
    assert list(nested.params) == list(nested.grads) == names


def test_the_arrays_are_the_layers_own():
    layers = [Linear(3, 5), TanH(), Linear(5, 2)]
    chain = Sequential(layers)
    for position in (0, 2):
        for name in ("weight", "bias"):
            assert chain.params[f"{position}.{name}"] is layers[position].params[name]
            assert chain.grads[f"{position}.{name}"] is layers[position].grads[name]


def test_it_knows_how_many_columns_go_in_and_come_out():
    chain = Sequential([TanH(), Linear(3, 5), Sigmoid(), Linear(5, 2), Softmax()])
    assert (chain.in_features, chain.out_features) == (3, 2)
    assert Sequential([TanH()]).in_features is None


def test_widths_that_do_not_fit_are_told_with_both_layers():
    with pytest.raises(ValueError, match=r"layer 0, Linear\(3, 5\), gives 5 .*layer 2, Linear\(4"):
        Sequential([Linear(3, 5), TanH(), Linear(4, 2)])
    with pytest.raises(ValueError, match="Widths do not fit"):
        Sequential([network(), network()])


def test_a_network_has_layers():
    with pytest.raises(ValueError, match=r"^Sequential needs at least one layer, but got none\.$"):
        Sequential([])


def test_the_same_object_twice_is_refused():
    tanh = TanH()
    with pytest.raises(ValueError, match=r"same object twice: layer 2, TanH\(\); make a new one"):
        Sequential([tanh, Linear(3, 3), tanh])


def test_what_is_no_module_is_refused():
    with pytest.raises(TypeError, match=r"^Sequential takes a list of Modules, but got 3"):
        Sequential(3)
    with pytest.raises(TypeError, match=r"takes Modules, but layer 1 is <ufunc 'tanh'>"):
        Sequential([Linear(3, 5), np.tanh])
    with pytest.raises(TypeError, match="takes Modules"):
        Sequential([TanH])  # the class, without its brackets


def test_layers_of_two_types_are_refused():
    with pytest.raises(TypeError, match=r"share one dtype, but .*float32.*float64"):
        Sequential([Linear(3, 5), Linear(5, 2, dtype=np.float64)])


def test_a_wrong_input_is_told_with_the_layer_it_does_not_fit():
    with pytest.raises(
        ValueError, match=r"Linear\(3, 5\) expects .*\(rows, 3\).*got shape \(4, 7\)"
    ):
        network().forward(np.zeros((4, 7)))


def test_the_list_of_layers_is_its_own():
    layers = [Linear(3, 5), TanH()]
    chain = Sequential(layers)
    layers.append(Linear(9, 9))
    assert len(chain.layers) == 2
    assert len(Sequential(iter(layers[:2])).layers) == 2  # any iterable will do


def test_it_keeps_float32(rng):
    chain = Sequential([network(), Softmax()])
    assert chain.forward(rng.normal(size=(4, 3))).dtype == np.float32
    assert chain.backward(np.ones((4, 2))).dtype == np.float32


def test_it_is_a_module_and_prints_as_it_is_written():
    chain = Sequential([Linear(3, 5), Sequential([TanH()])])
    assert isinstance(chain, Module)
    assert repr(chain) == "Sequential([Linear(3, 5), Sequential([TanH()])])"
