"""The graph of a network, and the rules of operations, against differences of the loss."""

import numpy as np
import pytest
from reading import below, elements, numbers, texts

from nnlib import Linear, MSELoss, Sequential, TanH, diagrams

TINY = 1e-6


@pytest.fixture
def network():
    layers = [Linear(2, 2, rng=5, dtype=float), TanH(), Linear(2, 1, rng=6, dtype=float)]
    layers[0].params["bias"][:] = 0.3, -0.7
    layers[2].params["bias"][:] = 0.2
    return Sequential(layers)


def slope(function, x, at):
    """Return the derivative of a function with respect to one entry of an array."""
    step = np.zeros_like(x)
    step[at] = TINY
    return (function(x + step) - function(x - step)) / (2 * TINY)


def test_a_graph_shows_each_value_and_below_it_its_gradient(network):
    x, target = np.array([[1.0, -0.5]]), np.array([[1.0]])
    picture = diagrams.graph(network, x, target)
    first, _, second = network.layers
    z = first.forward(x)
    a = np.tanh(z)
    y = second.forward(a)

    def loss(y):
        return ((y - target) ** 2).sum()

    # From each place, what is still to be computed.
    values = {
        "x": (x, lambda x: loss(network.forward(x))),
        "z": (z, lambda z: loss(second.forward(np.tanh(z)))),
        "a": (a, lambda a: loss(second.forward(a))),
    }
    for name, (row, rest) in values.items():
        for at, one in enumerate("₁₂"):
            (text,) = [text for text in texts(picture) if text.startswith(f"{name}{one} =")]
            assert numbers(text.split("=")[1]) == pytest.approx([row[0, at]], abs=0.006)
            assert below(picture, text) == pytest.approx(slope(rest, row, (0, at)), abs=0.006)
    assert below(picture, "y =") == pytest.approx(slope(loss, y, (0, 0)), abs=0.006)
    assert f"L = {loss(y):.2f}" in texts(picture)


def test_a_graph_shows_weights_biases_and_their_gradients(network):
    x, target = np.array([[1.0, -0.5]]), np.array([[1.0]])
    shown = texts(diagrams.graph(network, x, target))
    loss = MSELoss()
    network.zero_grad()
    loss.forward(network.forward(x), target)
    network.backward(loss.backward())
    for name, values in network.params.items():
        for value, grad in zip(values.ravel(), network.grads[name].ravel(), strict=True):
            sign = "+ " if name.endswith("bias") else ""
            written = f"{sign}{value:.2f}".replace("-", "−")
            following = [shown[at + 1] for at, text in enumerate(shown) if text == written]
            assert f"{grad:.2f}".replace("-", "−") in following
    slopes = [text for text in shown if text.startswith("× ")]
    dy = 2 * (network.forward(x) - target)[0, 0]
    tanh_slopes = 1 - np.tanh(network[0].forward(x)[0]) ** 2
    assert [numbers(text)[0] for text in slopes] == pytest.approx([*tanh_slopes, dy], abs=0.006)


@pytest.mark.parametrize(("a", "b"), [(2.0, -1.0), (-0.5, 0.75)])
def test_gates_hand_back_what_differences_say(a, b):
    picture = diagrams.gates(a, b, 3.0)
    operations = {"add": np.sum, "multiply": np.prod, "maximum": np.max}
    found = {}
    for text in elements(picture):
        if text.get("font-weight"):
            found[text.text] = here = []
        elif "." in text.text:
            here += numbers(text.text)
    for name, operation in operations.items():
        x = np.array([a, b])
        grads = [3 * slope(operation, x, at) for at in (0, 1)]
        assert found[name] == pytest.approx(
            [a, grads[0], b, grads[1], operation(x), 3.0], abs=0.006
        )
    grad = 3 * slope(lambda x: np.tanh(x)[0], np.array([b]), 0)
    assert found["tanh"] == pytest.approx([b, grad, np.tanh(b), 3.0], abs=0.006)
