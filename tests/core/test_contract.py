"""What every public Module and Loss keeps: right gradients, the contract of its kind, its type.

A new class is tested here without a line. If it is not made without arguments, it needs an example.
"""

import numpy as np
import pytest
from helpers import assert_loss_contract, assert_module_contract

import nnlib
from nnlib import AutoEncoder, Linear, Loss, Module, Sequential, TanH, gradient_check
from nnlib.activations import Activation
from nnlib.gradient_check import CheckFailed

pytestmark = pytest.mark.filterwarnings("error")

#: How to make a module that takes 4 columns, of the given type, where `Name()` will not do.
EXAMPLES = {
    "Linear": lambda dtype: Linear(4, 3, rng=0, dtype=dtype),
    "Sequential": lambda dtype: Sequential([Linear(4, 3, rng=0, dtype=dtype), TanH()]),
    "AutoEncoder": lambda dtype: AutoEncoder(4, 2, 2, rng=0, dtype=dtype),
}


def public(base):
    """Return the names of the public classes of a kind; second names of one class only once."""
    classes = {getattr(nnlib, name) for name in nnlib.__all__}
    kinds = [cls for cls in classes if isinstance(cls, type) and issubclass(cls, base)]
    return sorted(cls.__name__ for cls in kinds if cls not in (Module, Loss))


def make(name, dtype=np.float64):
    if name in EXAMPLES:
        return EXAMPLES[name](dtype)
    try:
        return getattr(nnlib, name)()
    except TypeError as error:
        pytest.fail(f"add an example of {name} to EXAMPLES in test_contract.py ({error})")


def prediction_and_target(rng, dtype=np.float64):
    """Return rows that any loss takes: numbers between 0 and 1; those of a target sum to one."""
    prediction, target = rng.uniform(0.1, 0.9, (2, 6, 3))
    return prediction.astype(dtype), target / target.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("name", public(Module))
def test_every_module_has_the_gradients_that_are_measured(rng, name):
    for size in (1, 3):  # near 0 and farther out
        assert gradient_check(make(name), size * rng.normal(size=(6, 4))) < 1e-6


@pytest.mark.parametrize("name", public(Module))
def test_every_module_keeps_the_contract(rng, name):
    assert_module_contract(make(name), rng.normal(size=(5, 4)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", public(Module))
def test_every_module_stays_in_its_type(rng, name, dtype):
    module = make(name, dtype)
    y = module.forward(rng.normal(size=(5, 4)).astype(dtype))
    assert y.dtype == module.backward(np.ones_like(y)).dtype == dtype, (
        f"{name} turns {np.dtype(dtype)} into another type: a Python number keeps it, as in 0.5 * x"
    )


@pytest.mark.parametrize("name", public(Activation))
def test_every_activation_is_saved_and_loaded(tmp_path, name):
    network = Sequential([Linear(4, 3), make(name)])
    network.save(tmp_path / "network.json")
    assert repr(Sequential.load(tmp_path / "network.json")) == repr(network)


@pytest.mark.parametrize("reduction", ["mean", "batchmean", "sum"])
@pytest.mark.parametrize("name", public(Loss))
def test_every_loss_has_the_gradient_that_is_measured(rng, name, reduction):
    loss = getattr(nnlib, name)(reduction)
    prediction, target = prediction_and_target(rng)
    assert gradient_check(loss, prediction, target) < 1e-6
    far = 3 * rng.normal(size=prediction.shape)
    try:
        loss.forward(far, target)
    except ValueError:  # it takes probabilities only
        return
    assert gradient_check(loss, far, target) < 1e-6


@pytest.mark.parametrize("name", public(Loss))
def test_every_loss_keeps_the_contract(rng, name):
    assert_loss_contract(getattr(nnlib, name)(), *prediction_and_target(rng))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", public(Loss))
def test_the_gradient_of_every_loss_has_the_type_of_its_prediction(rng, name, dtype):
    loss = getattr(nnlib, name)()
    loss.forward(*prediction_and_target(rng, dtype))
    assert loss.backward().dtype == dtype


# What an activation may lack or mistake


def test_an_activation_without_its_formulas_says_which():
    class Bare(Activation):
        pass

    class OneWay(TanH):
        derivative = Activation.derivative

    with pytest.raises(NotImplementedError, match="Bare has no function"):
        Bare().forward(np.ones((1, 1)))
    one_way = OneWay()
    one_way.forward(np.ones((1, 1)))
    with pytest.raises(NotImplementedError, match="OneWay has no derivative"):
        one_way.backward(np.ones((1, 1)))


def test_a_derivative_that_is_written_with_x_is_named_as_the_cause(rng):
    class Bent(Activation):
        def function(self, x):
            return np.log1p(np.exp(x))

        def derivative(self, y):
            return 1 / (1 + np.exp(-y))

    with pytest.raises(CheckFailed, match=r"handed the output y = function.*written with x"):
        gradient_check(Bent(), rng.normal(size=(6, 4)))
