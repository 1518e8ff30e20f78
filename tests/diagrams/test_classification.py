"""Bent planes and probabilities of classes: what is drawn is what the network computes."""

import numpy as np
import pytest
from reading import elements, numbers, texts

from nnlib import CrossEntropyWithLogSoftmax, Linear, Sequential, TanH, diagrams
from nnlib.diagrams.classification import _boundary


@pytest.fixture
def network():
    hidden, output = Linear(2, 2, rng=47, dtype=float), Linear(2, 1, rng=147, dtype=float)
    output.params["bias"][:] = 0.1
    return Sequential([hidden, TanH(), output])


def test_the_line_is_where_the_output_is_the_threshold(network):
    places = _boundary(network, 0.5)
    assert len(places) > 100
    assert network.forward(places) == pytest.approx(0.5)


def test_points_are_drawn_where_the_network_maps_them(network):
    X = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    picture = diagrams.bending(network, X, np.array([[0], [1], [1], [0]]))
    ranges = [numbers(text.split(" ", 1)[1]) for text in texts(picture) if "…" in text]
    frames = [one for one in elements(picture, "rect") if one.get("class") == "nn-faint"]
    shown = [one for one in elements(picture, "circle") if one.get("class") == "nn-positive"]
    z = network[0].forward(X)
    for panel, values in enumerate((X, z, np.tanh(z))):
        size = float(frames[panel].get("width"))
        # The circles of each panel are the points (0, 1) and (1, 0), whose target is 1.
        for circle, value in zip(shown[2 * panel : 2 * panel + 2], values[1:3], strict=True):
            right = (float(circle.get("cx")) - float(frames[panel].get("x"))) / size
            up = 1 - (float(circle.get("cy")) - float(frames[panel].get("y"))) / size
            for axis, share in enumerate((right, up)):
                start, end = ranges[2 * panel + axis]
                assert start + share * (end - start) == pytest.approx(value[axis], abs=0.02)
    outputs = [numbers(one)[0] for one in picture.title.split("its output is")[1:]]
    assert outputs == pytest.approx(network.forward(X)[:, 0], abs=0.006)


def test_probabilities_and_gradients_are_the_library_s():
    network = Sequential(
        [Linear(16, 8, rng=0, dtype=float), TanH(), Linear(8, 5, rng=1, dtype=float)]
    )
    image = np.random.default_rng(2).uniform(size=16)
    shown = texts(diagrams.class_probabilities(network, image, 3))
    z = network.forward(image[None])[0]
    p = np.exp(z) / np.exp(z).sum()
    start = shown.index("gradient p − y") + 1
    table = np.reshape([numbers(text) for text in shown[start : start + 20]], (5, 4))
    wanted = np.stack([np.arange(5), z, p, p - np.eye(5)[3]], axis=1)
    assert table == pytest.approx(wanted, abs=0.006)
    loss = CrossEntropyWithLogSoftmax().forward(z[None], np.array([3]))
    assert loss == pytest.approx(-np.log(p[3]))
    assert f"= {loss:.2f}" in shown
    assert f"L = −log {p[3]:.2f}" in shown
    assert shown[:3] == ["16", "8", "5"]
