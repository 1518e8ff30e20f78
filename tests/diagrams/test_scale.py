"""Sizes to scale and the map of the library, against the objects and the files."""

import importlib
import re

import numpy as np
import pytest
from helpers import TO_READ
from reading import elements, texts

from nnlib import AutoEncoder, diagrams
from nnlib.diagrams import maps, scale


def test_funnels_show_widths_to_scale_and_count_the_parameters():
    networks = {
        how: [AutoEncoder(784, 16, steps, widths=how, init="zeros") for steps in (2, 4)]
        for how in ("geometric", "linear")
    }
    picture = diagrams.funnels(networks)
    assert "180,224 parameters" in texts(picture)  # as in the chapter on depth
    for of_name in networks.values():
        for network in of_name:
            pairs = zip(network.widths, network.widths[1:], strict=False)
            weights = 2 * sum(a * b for a, b in pairs)
            count = weights + 2 * sum(network.widths) - network.widths[0] - network.widths[-1]
            assert f"{count:,} parameters" in texts(picture)
            assert "-".join(map(str, network.widths)) in picture.title
    heights = [float(one.get("height")) for one in elements(picture, "rect")[:5]]
    first = networks["geometric"][0].widths
    wanted = np.array(first + first[-2::-1]) / 784
    assert np.divide(heights, heights[0]) == pytest.approx(wanted, abs=1e-3)


def test_squares_hold_their_bytes_to_scale():
    arrays = {"small": np.zeros((100, 25), np.float32), "large": [np.zeros((100, 100))] * 2}
    picture = diagrams.memory(arrays)
    assert {"10 KB", "160 KB"} < set(texts(picture))
    small, large = (float(one.get("width")) for one in elements(picture, "rect", "gradient-area"))
    assert (large / small) ** 2 == pytest.approx(16, rel=1e-3)


@pytest.mark.parametrize(("size", "text"), [(4, "4 bytes"), (928_256, "928 KB"), (10**7, "10 MB")])
def test_bytes_are_told_in_a_unit_that_fits(size, text):
    assert scale._in_units(size) == text


def test_the_map_has_every_module_and_its_summary():
    shown = texts(maps.library())
    files = {path.stem for path in maps.PACKAGE.glob("*.py")}
    files |= {path.parent.name for path in maps.PACKAGE.glob("*/__init__.py")}
    assert files - {"__init__", "__main__"} <= set(shown)
    for module in ("linear", "widgets", "_fused"):
        text = importlib.import_module(f"nnlib.{module}").__doc__.splitlines()[0]
        assert maps._summary(module) == text.strip('"')
        assert re.sub(r"\s+", " ", maps._summary(module)) in " ".join(shown)
    assert set(TO_READ) == maps.TO_READ
