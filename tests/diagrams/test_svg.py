"""The writer of drawings, and what a page takes of them."""

import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from nnlib import Linear, diagrams
from nnlib.diagrams.svg import Diagram, number, runs

sys.path.insert(0, str(Path(__file__).parents[2] / "book" / "_ext"))

SVG = "{http://www.w3.org/2000/svg}"


def texts(picture):
    """Return what can be read in a drawing."""
    return [element.text for element in ElementTree.fromstring(picture.svg()).iter(f"{SVG}text")]


def test_numbers_are_shown_with_two_decimals_and_a_minus():
    assert [number(value) for value in (0.125, -1.5, -0.001)] == ["0.12", "−1.50", "0.00"]


def test_an_image_is_drawn_from_runs_of_equal_pixels():
    assert list(runs(np.array([True, True, False, True]))) == [[0, 2], [3, 4]]
    picture = Diagram(20, 20, "two pixels")
    picture.image(0, 0, 20, [0, 1, 1, 0])
    paths = ElementTree.fromstring(picture.svg()).iter(f"{SVG}path")
    assert [path.get("d") for path in paths] == ["M1 0h1v1h-1zM0 1h1v1h-1z"]


def test_what_is_written_is_escaped():
    picture = Diagram(20, 20, "a < b & c")
    picture.text(0, 0, "<script>")
    root = ElementTree.fromstring(picture.svg())
    assert root.find(f"{SVG}title").text == "a < b & c"
    assert texts(picture) == ["<script>"]


def test_what_differs_by_a_rounding_error_is_drawn_alike():
    pictures = [Diagram(20, 20, "a line") for _ in range(2)]
    for picture, error in zip(pictures, (-1e-7, 1e-7), strict=True):
        picture.line((error, 1 + error), (2, 3 + error), width=np.float32(1.5 + error))
        picture.box(4 + error, error, 1, 1)
    assert pictures[0].svg() == pictures[1].svg()


def test_bars_grow_from_their_zero():
    picture = Diagram(20, 20, "bars")
    for length in (3, -2):
        picture.bar(1, 10, length, 4)
        picture.row(10, 5, length, 4)
    boxes = ElementTree.fromstring(picture.svg()).iter(f"{SVG}rect")
    assert [[box.get(key) for key in ("x", "y", "width", "height")] for box in boxes] == [
        ["1", "7", "4", "3"], ["10", "3", "3", "4"],
        ["1", "10", "4", "2"], ["8", "3", "2", "4"],
    ]  # fmt: skip


def test_a_page_takes_our_drawings_and_reads_them_alike():
    checked = pytest.importorskip("diagrams", reason="it needs Sphinx").checked
    svg = diagrams.layer_shapes(Linear(784, 10)).svg()
    assert ElementTree.canonicalize(checked(svg)) == ElementTree.canonicalize(svg)


@pytest.mark.parametrize(
    "inside",
    [
        "<script>1</script>",
        "<path onclick='1'/>",
        "<path style='fill: red'/>",
        "<path fill='url(#a)'/>",
        "<a href='x'><text>x</text></a>",
        "<image href='x.png'/>",
        "<foreignObject/>",
        "<g xmlns='http://www.w3.org/1999/xhtml'/>",
        "<path",
    ],
)
def test_a_page_takes_nothing_else(inside):
    checked = pytest.importorskip("diagrams", reason="it needs Sphinx").checked
    with pytest.raises(ValueError, match=r"holds|no SVG"):
        checked(f"<svg xmlns='http://www.w3.org/2000/svg'>{inside}</svg>")
