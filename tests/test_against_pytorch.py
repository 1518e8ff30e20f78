"""PyTorch's own numbers, kept in reference/pytorch.json by reference/make_reference.py."""

import json
from pathlib import Path

import numpy as np
import pytest

import nnlib
from nnlib import AutoEncoder, CrossEntropyWithLogSoftmax, Linear, MSELoss, Optim, Sequential, TanH

REFERENCE = json.loads((Path(__file__).parent / "reference" / "pytorch.json").read_text())

both_types = pytest.mark.parametrize(
    ("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 1e-5)]
)


def linear_layers(network):
    if isinstance(network, Sequential):
        return [found for layer in network.layers for found in linear_layers(layer)]
    return [network] if isinstance(network, Linear) else []


def put(parameters, network):
    """Give the linear layers of `network` the weights and biases of PyTorch's."""
    for values, layer in zip(parameters, linear_layers(network), strict=True):
        for name, value in values.items():
            layer.params[name][...] = value


def assert_close(ours, theirs, tolerance):
    theirs = np.asarray(theirs)
    assert np.shape(ours) == theirs.shape
    np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)


@both_types
@pytest.mark.parametrize("name", REFERENCE["modules"])
def test_modules(name, dtype, tolerance):
    case = REFERENCE["modules"][name]
    module = Linear(3, 5, dtype=dtype) if name == "Linear" else getattr(nnlib, name)()
    put(case.get("parameters", []), module)
    output = module.forward(np.array(case["x"], dtype))
    assert output.dtype == dtype
    assert_close(output, case["output"], tolerance)
    assert_close(module.backward(case["grad_output"]), case["grad_input"], tolerance)
    for key, grad in module.grads.items():
        assert_close(grad, case["gradients"][0][key], tolerance)


@both_types
@pytest.mark.parametrize("name", REFERENCE["losses"])
def test_losses(name, dtype, tolerance):
    case, (kind, *options, reduction) = REFERENCE["losses"][name], name.split()
    settings = {"from_logits": True} if "from_logits" in options else {}
    loss = getattr(nnlib, kind)(reduction, **settings)
    value = loss.forward(np.array(case["prediction"], dtype), np.array(case["target"]))
    assert value == pytest.approx(case["value"], rel=tolerance)
    # p near 0 or 1 has lost digits in float32 before the loss sees it, and the slope there is
    # steep: so compare with the largest slope.
    scale = np.abs(case["gradient"]).max()
    assert_close(loss.backward() / scale, np.array(case["gradient"]) / scale, tolerance)


@both_types
@pytest.mark.parametrize("name", REFERENCE["trainings"])
def test_twenty_steps_of_gradient_descent(name, dtype, tolerance):
    case = REFERENCE["trainings"][name]
    if name == "AutoEncoder":
        network, loss = AutoEncoder(6, 2, 2, widths=[6, 4, 2], dtype=dtype), MSELoss("batchmean")
    else:
        network = Sequential([Linear(3, 5, dtype=dtype), TanH(), Linear(5, 4, dtype=dtype)])
        loss = CrossEntropyWithLogSoftmax()
    put(case["before"], network)
    X, Y = np.array(case["x"]), np.array(case["target"])
    optim = Optim(network, loss, case["learning_rate"])
    losses = [optim.step(X, Y) for _ in case["losses"]]

    assert losses == pytest.approx(case["losses"], rel=tolerance)
    for ours, theirs in zip(linear_layers(network), case["after"], strict=True):
        for key, value in ours.params.items():
            assert_close(value, theirs[key], tolerance)
    assert_close(network.forward(X), case["output"], tolerance)


def test_the_reference_tells_what_made_it():
    assert REFERENCE["torch"].startswith("2.13.0")
    assert len(REFERENCE["losses"]) == 10
    assert len(REFERENCE["modules"]) == 4
    assert len(REFERENCE["trainings"]) == 2
