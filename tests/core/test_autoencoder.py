import json

import numpy as np
import pytest
from helpers import assert_module_contract
from hypothesis import given
from hypothesis.strategies import integers, sampled_from

from nnlib import AutoEncoder, Linear, Sequential, Sigmoid, TanH
from nnlib.autoencoder import layer_widths
from nnlib.checks import gradient_check


def test_it_is_a_mirror():
    network = AutoEncoder(9, 2, 2, widths=[9, 4, 2])
    assert repr(network.encoder) == "Sequential([Linear(9, 4), TanH(), Linear(4, 2), TanH()])"
    assert repr(network.decoder) == "Sequential([Linear(2, 4), TanH(), Linear(4, 9), Sigmoid()])"
    assert isinstance(network, Sequential)
    assert repr(network) == "AutoEncoder(9, 2, 2)"


def test_it_codes_and_decodes_as_it_copies(rng):
    network, x = AutoEncoder(9, 2, 3, rng=0), rng.uniform(size=(5, 9))
    code = network.encode(x)
    assert code.shape == (5, 2)
    copy = network.decode(code)
    assert copy.shape == x.shape
    assert ((copy > 0) & (copy < 1)).all()
    np.testing.assert_array_equal(network.forward(x), copy)


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_the_gradients_are_right(rng, steps):
    network = AutoEncoder(6, 2, steps, rng=0, dtype=np.float64)
    assert gradient_check(network, rng.uniform(size=(4, 6))) < 1e-7


@given(integers(2, 6), integers(1, 3))
def test_it_keeps_the_contract_of_modules(input_dim, steps):
    x = np.linspace(0, 1, 3 * input_dim).reshape(3, input_dim)
    assert_module_contract(AutoEncoder(input_dim, 1, steps, rng=0, dtype=np.float64), x)


def test_it_lists_all_parameters_and_they_are_the_layers_own():
    network = AutoEncoder(9, 2, 2)
    assert list(network.params) == list(network.grads)
    assert list(network.params) == [
        f"{half}.{position}.{name}"
        for half in ("encoder", "decoder")
        for position in (0, 2)
        for name in ("weight", "bias")
    ]
    last = network.decoder.layers[2]
    assert network.params["decoder.2.weight"] is last.params["weight"]
    assert network.grads["decoder.2.bias"] is last.grads["bias"]


def test_the_same_seed_gives_the_same_network_and_its_layers_differ():
    one, same, other = (AutoEncoder(4, 4, 2, rng=seed).params for seed in (3, 3, 4))
    for name, value in one.items():
        np.testing.assert_array_equal(value, same[name])
    weights = [value for name, value in one.items() if "weight" in name]
    weights.append(other["encoder.0.weight"])
    # All are 4 × 4 here, and yet no two are alike.
    for position, weight in enumerate(weights):
        assert all((weight != earlier).any() for earlier in weights[:position])


def test_init_and_dtype_are_those_of_its_layers():
    network = AutoEncoder(9, 2, 2, init="zeros", dtype=np.float64)
    assert all((value == 0).all() for value in network.params.values())
    assert {value.dtype for value in network.params.values()} == {np.dtype(np.float64)}
    tanh, xavier = (AutoEncoder(9, 2, 1, init=init, rng=0) for init in ("tanh", "xavier"))
    ratio = tanh.params["decoder.0.weight"] / xavier.params["decoder.0.weight"]
    np.testing.assert_allclose(ratio, 5 / 3, rtol=1e-5)


def test_float32_is_the_default(rng):
    network = AutoEncoder(9, 2, 2)
    assert network.forward(rng.uniform(size=(3, 9))).dtype == np.float32
    assert network.backward(np.ones((3, 9))).dtype == np.float32


def test_widths_shrink_by_a_factor_or_by_a_number():
    assert AutoEncoder(64, 4, 2).widths == [64, 16, 4]
    assert AutoEncoder(64, 4, 2, widths="linear").widths == [64, 34, 4]
    assert AutoEncoder(64, 4, 2, widths=[64, 50, 4]).widths == [64, 50, 4]
    assert layer_widths(784, 16, 8) == [784, 482, 296, 182, 112, 69, 42, 26, 16]


@given(integers(1, 800), integers(1, 800), integers(1, 8), sampled_from(["geometric", "linear"]))
def test_widths_lead_from_the_input_to_the_code_and_never_grow(one, other, steps, how):
    first, last = max(one, other), min(one, other)
    widths = layer_widths(first, last, steps, how)
    assert len(widths) == steps + 1
    assert (widths[0], widths[-1]) == (first, last)
    assert widths == sorted(widths, reverse=True)
    assert all(type(width) is int for width in widths)


@pytest.mark.parametrize(
    ("sizes", "which"),
    [
        ((9, 2, 0), "steps"),
        ((9, 0, 1), "latent_dim"),
        ((2, 9, 1), "latent_dim"),
        ((0, 0, 1), "input_dim"),
        ((9, 2, -1), "steps"),
    ],
)
def test_sizes_that_are_no_autoencoder_are_refused(sizes, which):
    with pytest.raises(ValueError, match=f"^{which} must be a whole number from 1 to"):
        AutoEncoder(*sizes)


@pytest.mark.parametrize(
    ("sizes", "which"),
    [((9.0, 2, 1), "input_dim"), ((9, 2.5, 1), "latent_dim"), ((9, 2, "1"), "steps")],
)
def test_sizes_are_whole_numbers(sizes, which):
    with pytest.raises(TypeError, match=f"^{which} must be a whole number"):
        AutoEncoder(*sizes)


def test_given_widths_are_a_list_of_sizes():
    with pytest.raises(TypeError, match=r"^widths must be geometric, linear, or a list of sizes"):
        AutoEncoder(9, 2, 2, widths=7)
    with pytest.raises(TypeError, match=r"^each of widths must be a whole number"):
        AutoEncoder(9, 2, 2, widths=[9, 4.5, 2])


def test_a_thousand_steps_are_the_most():
    assert layer_widths(1, 1, 1000) == [1] * 1001
    with pytest.raises(ValueError, match=r"^steps must be a whole number from 1 to 1,000"):
        layer_widths(1, 1, 1001)


@pytest.mark.parametrize("widths", [[9, 2], [9, 4, 3, 2], [8, 4, 2], [9, 4, 3]])
def test_widths_that_lead_elsewhere_are_refused(widths):
    with pytest.raises(ValueError, match=r"does not lead to AutoEncoder\(9, 2, 2\)"):
        AutoEncoder(9, 2, 2, widths=widths)


def test_unknown_widths_are_answered_with_the_known_ones():
    with pytest.raises(
        ValueError, match=r"^widths='even' is not known; choose from geometric, linear"
    ):
        AutoEncoder(9, 2, 2, widths="even")


def test_every_hidden_layer_bends_and_the_last_gives_numbers_from_zero_to_one():
    network, bent = AutoEncoder(30, 3, 4), [Linear, TanH] * 4
    assert [type(layer) for layer in network.encoder.layers] == bent
    assert [type(layer) for layer in network.decoder.layers] == [*bent[:-1], Sigmoid]


def test_the_code_can_be_left_unbent(tmp_path):
    network = AutoEncoder(9, 2, 2, code="linear", rng=0)
    assert type(network.encoder.layers[-1]) is Linear
    network.save(tmp_path / "network.npz")
    loaded = AutoEncoder.load(tmp_path / "network.npz")
    assert loaded.code == "linear"
    x = np.eye(9)
    np.testing.assert_array_equal(loaded.encode(x), network.encode(x))
    with pytest.raises(ValueError, match=r"^code='bent' is not known; choose from tanh, linear"):
        AutoEncoder(9, 2, 2, code="bent")


def test_a_file_tells_its_sizes_by_the_names_of_the_arguments(tmp_path):
    AutoEncoder(9, 2, 2, widths="linear", code="linear").save(tmp_path / "network.json")
    assert json.loads((tmp_path / "network.json").read_text())["network"] == {
        "kind": "AutoEncoder",
        "input_dim": 9,
        "latent_dim": 2,
        "steps": 2,
        "widths": [9, 6, 2],
        "code": "linear",
    }


def test_a_network_of_a_single_step_comes_back(tmp_path):
    network = AutoEncoder(4, 2, 1, rng=0, dtype=np.float64)
    network.save(tmp_path / "network.npz")
    loaded = AutoEncoder.load(tmp_path / "network.npz")
    np.testing.assert_array_equal(loaded.encode(np.eye(4)), network.encode(np.eye(4)))


def test_a_file_whose_weights_do_not_fit_each_other_is_refused(tmp_path):
    path = tmp_path / "network.json"
    AutoEncoder(4, 2, 2, widths=[4, 3, 2]).save(path)
    content = json.loads(path.read_text())
    content["parameters"]["encoder.2.weight"].pop()
    path.write_text(json.dumps(content))
    with pytest.raises(
        ValueError, match=r"\(the weights of its encoder do not fit each other\)\.$"
    ):
        AutoEncoder.load(path)


def test_a_code_wider_than_the_image_is_refused_with_widths_as_well():
    with pytest.raises(ValueError, match="latent_dim must be a whole number from 1 to 2"):
        AutoEncoder(2, 9, 1, widths=[2, 9])
