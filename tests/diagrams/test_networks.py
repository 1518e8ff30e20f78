"""Units, layers and networks: what is drawn is what the library computes."""

import numpy as np
import pytest
from reading import after, elements, numbers, texts

from nnlib import AutoEncoder, Linear, TanH, diagrams


def test_a_unit_shows_its_inputs_weights_bias_sum_and_output():
    layer = Linear(3, 1, rng=0, dtype=float)
    layer.params["bias"][:] = 0.25
    x = np.array([[0.5, -1.25, 2.0]])
    w = layer.params["weight"][:, 0]
    z = sum(x[0] * w) + 0.25
    picture = diagrams.unit(layer, x, TanH())
    shown = [number for text in texts(picture) for number in numbers(text) if "." in text]
    wanted = [*np.stack([x[0], w], axis=1).ravel(), 0.25, z, np.tanh(z)]
    assert shown == pytest.approx(wanted, abs=0.006)
    assert numbers(picture.title)[-2:] == pytest.approx([z, np.tanh(z)], abs=0.006)


def test_a_unit_of_pixels_adds_up_what_it_shows():
    layer = Linear(16, 1, rng=0, dtype=float)
    layer.params["bias"][:] = 0.5
    image = np.random.default_rng(1).uniform(size=16)
    picture = diagrams.pixel_unit(layer, image, count=6)
    terms = np.sort(layer.params["weight"][:, 0] * image)
    strongest = terms[:3].sum() + terms[-3:].sum()
    assert after(picture, "6 pixels") == pytest.approx([strongest], abs=0.006)
    assert after(picture, "all others") == pytest.approx([terms[3:-3].sum()], abs=0.006)
    assert after(picture, "bias b") == [0.5]
    assert after(picture, "Σ + b") == pytest.approx([terms.sum() + 0.5], abs=0.006)
    lines = [one.get("class") for one in elements(picture, "path")]
    assert lines.count("nn-positive-line") == lines.count("nn-negative-line") == 3


def test_a_layer_shows_its_shapes():
    shown = texts(diagrams.layer_shapes(Linear(784, 10)))
    assert [text for text in shown if "×" in text] == ["n × 784", "784 × 10", "1 × 10", "n × 10"]


def test_a_layer_shows_the_shapes_of_its_gradients():
    layer = Linear(6, 4)
    shown = texts(diagrams.layer_shapes(layer, rows=3, backward=True))
    dx = layer.backward(np.ones_like(layer.forward(np.ones((3, 6)))))
    shapes = {shown[at]: shown[at + 1] for at in range(len(shown) - 1)}
    for name, array in {"∂L/∂W": layer.grads["weight"], "∂L/∂X": dx}.items():
        assert shapes[name] == " × ".join(map(str, array.shape))


def test_a_network_shows_its_widths_to_scale():
    network = AutoEncoder(784, 16, 3)
    picture = diagrams.widths(network)
    sizes = network.widths + network.widths[-2::-1]
    assert texts(picture) == [str(one) for one in sizes]
    heights = [float(box.get("height")) for box in elements(picture, "rect")]
    assert np.divide(heights, sizes) == pytest.approx(heights[0] / 784, rel=0.05)


def test_an_hourglass_shows_widths_latent_code_and_error():
    network = AutoEncoder(16, 3, 2, rng=0, dtype=float)
    image = np.random.default_rng(1).uniform(size=16)
    picture = diagrams.hourglass(network, image)
    code, output = network.encode(image[None]), network.forward(image[None])
    error = np.mean((output - image) ** 2)
    assert numbers(texts(picture)[-1]) == pytest.approx([error], abs=0.0006)
    widths = network.widths + network.widths[-2::-1]
    assert [int(text) for text in texts(picture) if text.isdigit()] == widths
    bars = [one for one in elements(picture, "rect") if one.get("class") == "nn-value"]
    zero = max(float(one.get("y")) for one in bars)
    lengths = [float(one.get("height")) for one in bars]
    assert np.array(lengths) / max(lengths) == pytest.approx(
        abs(code[0]) / abs(code).max(), abs=0.01
    )
    for one, value in zip(bars, code[0], strict=True):
        assert (float(one.get("y")) == zero) == (value < 0)
    assert numbers(picture.title.split("values are")[1]) == pytest.approx(
        [*code[0], error], abs=0.006
    )
