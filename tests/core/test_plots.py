import re
from dataclasses import replace
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.markers import MarkerStyle

from nnlib import Linear, plots, widgets
from nnlib.experiments.statistics import Estimate


@pytest.fixture(autouse=True)
def backend():
    plt.switch_backend("Agg")
    yield
    plt.close("all")


def axes():
    return plt.gcf().axes


def shown():
    """Return the pictures by what stands above and, of the first of a row, to the left of them."""
    (ax,) = axes()
    found, names = [], {}
    for text in ax.texts:
        x, y = text.get_position()
        if x < 0:
            names[round(y)] = text.get_text()
    for row in ax.images:
        right, bottom, top = row.get_extent()[1:]
        assert bottom - top == pytest.approx(28)
        assert row.get_array().shape == (28, right)
        above = [text for text in ax.texts if text.get_position()[1] == top]
        titles = {text.get_position()[0]: text.get_text() for text in above}
        name = names.pop(round((top + bottom) / 2), "")
        for start in range(0, int(right), 30):
            picture = row.get_array()[:, start : start + 28]
            found.append((name, titles.pop(start + 14, ""), picture.ravel()))
            name = ""
        assert not titles
    return found + [(name, "", None) for name in names.values()]  # of rows without pictures


def test_images_stand_in_rows_with_names_and_titles(rng):
    one, two = rng.uniform(size=(3, 784)), rng.uniform(size=(2, 784))
    plots.images({"one": one, "two": two}, "abc")
    assert [name for name, _, _ in shown()] == ["one", "", "", "two", ""]
    assert [title for _, title, _ in shown()] == ["a", "b", "c", "", ""]
    np.testing.assert_array_equal([picture for _, _, picture in shown()], [*one, *two])
    first, second = (row.get_extent() for row in axes()[0].images)
    assert second[3] - first[2] == pytest.approx(plots.GAP)


def test_several_rows_may_have_titles(rng):
    rows = {"one": rng.uniform(size=(2, 784)), "two": rng.uniform(size=(2, 784))}
    plots.images(rows, {"two": ["c", "d"]})
    assert [title for _, title, _ in shown()] == ["", "", "c", "d"]


@pytest.mark.parametrize(
    ("number", "with_titles", "names"),
    [
        (10, True, ["quite a long name", "b", "c"]),
        (1, True, ["", "b"]),
        (2, False, [""]),
        (30, False, ["of many", "b"]),
        (64, False, [""]),
    ],
)
def test_nothing_of_the_pictures_and_their_words_overlaps_or_is_cut(number, with_titles, names):
    titles = {name: [f"{n}.123" for n in range(number)] for name in names if with_titles}
    plots.images({name: np.zeros((number, 784)) for name in names}, titles)
    figure, (ax,) = plt.gcf(), axes()
    figure.draw_without_rendering()
    boxes = [one.get_window_extent().padded(-1) for one in (*ax.texts, *ax.images)]
    for at, box in enumerate(boxes):
        assert min(box.x0, box.y0) >= 0
        assert box.x1 <= figure.bbox.width
        assert box.y1 <= figure.bbox.height
        assert not any(box.overlaps(other) for other in boxes[:at])
    assert len(ax.images) == len(names)
    assert ax.bbox.width <= 7.1 * figure.dpi


def test_rows_may_be_short_or_empty_and_pictures_of_any_shape(rng):
    pictures = rng.uniform(size=(3, 28, 28))
    plots.images({"one": [pictures[0], pictures[1].ravel()], "two": [], 3: pictures[2:]}, "abcd")
    words = [(name, title) for name, title, _ in shown()]
    assert words == [("one", "a"), ("", "b"), ("3", ""), ("two", "")]
    *drawn, nothing = (picture for _, _, picture in shown())
    np.testing.assert_array_equal(drawn, pictures.reshape(3, -1))
    assert nothing is None


def test_what_is_no_row_of_pictures_is_refused_in_one_sentence():
    for wrong in (np.zeros(784), np.zeros((2, 783))):
        with pytest.raises(ValueError, match=r"^Each picture needs 784 numbers, but got \d+: hand"):
            plots.images(wrong)


def test_copies_stand_below_their_originals_with_their_error_above():
    errors = plots.reconstructions(np.zeros((2, 784)), {"half": np.full((2, 784), 0.5)})
    assert errors["half"].tolist() == [0.25, 0.25]
    assert [name for name, _, _ in shown()] == ["original", "", "half", ""]
    assert [title for _, title, _ in shown()] == ["", "", "0.250", "0.250"]


def test_a_line_goes_around_masked_pixels(rng):
    mask = np.zeros((28, 28), bool)
    mask[10:16, 4:9] = mask[:3, :2] = True
    two = rng.uniform(size=(2, 784))
    plots.reconstructions(two, {"copy": two}, mask.ravel())
    for row, lines in zip(axes()[0].images, axes()[0].collections, strict=True):
        top = row.get_extent()[3]
        loops = [np.array(loop) for loop in lines.get_paths()[0].to_polygons()]
        corners = [(*loop.min(axis=0), *loop.max(axis=0)) for loop in loops]
        expected = [(0, 0, 2, 3), (4, 10, 9, 16), (30, 0, 32, 3), (34, 10, 39, 16)]
        assert sorted(corners) == [(x0, top + y0, x1, top + y1) for x0, y0, x1, y1 in expected]


def test_ink_is_dark_and_weights_have_two_colors_around_zero():
    plots.images(np.zeros((1, 784)))
    assert axes()[0].images[0].get_clim() == (0, 1)
    plots.images(np.zeros((1, 784)), vmax=0.5)
    assert axes()[0].images[0].get_clim() == (-0.5, 0.5)


def test_curves_count_from_one_and_differ_in_style_as_well_as_color():
    plots.curves({"a": [3, 2, 1], "b": [[3, 3, 3], [4, 4, 4]]})
    first, second, third = axes()[0].lines
    assert list(first.get_xdata()) == [1, 2, 3]
    assert first.get_linestyle() != second.get_linestyle() == third.get_linestyle()
    assert first.get_color() != second.get_color() == third.get_color()
    assert [text.get_text() for text in plt.gcf().legends[0].texts] == ["a", "b"]


def test_curves_may_have_places_of_their_own():
    plots.curves({"a": [3, 2], "b": [3, 2, 1]}, {"a": [10, 20], "b": [5, 10, 15]})
    assert [list(line.get_xdata()) for line in axes()[0].lines] == [[10, 20], [5, 10, 15]]


def test_a_surface_shows_the_path_over_it():
    grid = np.linspace(-1, 1, 5)
    plots.loss_contours(lambda x, y: 1 + x**2 + y**2, grid, grid, {"walk": [(1, 1), (0.5, 0.5)]})
    assert axes()[0].lines[0].get_xydata().tolist() == [[1, 1], [0.5, 0.5]]


def test_a_plane_has_a_panel_for_each_function_and_all_points(rng):
    X, Y = rng.normal(size=(6, 2)), np.array([0, 0, 1, 1, 1, 1])
    plots.decision_regions({"left": lambda x: x[:, 0], "right": lambda x: x[:, 1]}, X, Y)
    assert [ax.get_title() for ax in axes()] == ["left", "right"]
    scatters = [c for c in axes()[1].collections if len(c.get_offsets()) in (2, 4)]
    assert sum(len(c.get_offsets()) for c in scatters) == len(X)


def test_bars_stand_side_by_side_from_the_first_place_on():
    plots.bars({"a": [1, 2], "b": [3, 4]}, "digit", "", first=0)
    heights = [bar.get_height() for bar in axes()[0].patches]
    middles = [bar.get_x() + bar.get_width() / 2 for bar in axes()[0].patches]
    assert heights == [1, 2, 3, 4]
    assert middles == pytest.approx([-0.2, 0.8, 0.2, 1.2])


def test_bars_with_names_lie_from_top_to_bottom():
    plots.bars({"a": [1, 2], "b": [3, 4]}, "seconds", "", names=["one", "two"])
    assert [bar.get_width() for bar in axes()[0].patches] == [1, 2, 3, 4]
    assert [text.get_text() for text in axes()[0].get_yticklabels()] == ["one", "two"]
    assert axes()[0].yaxis_inverted()


def test_a_roof_rises_with_the_bandwidth_and_is_flat_at_the_peak():
    points = {"x W": {"small": (2, 5), "large": (16, 80)}, "G W": {"small": (2, 6)}}
    plots.roofline(100, {"memory": 10, "cache": 40}, points)
    memory, cache, *marks = axes()[0].lines
    assert memory.get_ydata()[[0, -1]] == pytest.approx([2.5, 100])
    assert cache.get_ydata()[[0, -1]] == pytest.approx([10, 100])
    assert [mark.get_xydata().tolist() for mark in marks] == [[[2, 5], [16, 80]], [[2, 6]]]
    assert [text.get_text() for text in axes()[0].texts] == ["small", "large"]


def test_a_confusion_table_writes_every_count_and_colors_mistakes_only():
    plots.confusion([[5, 1], [0, 7]])
    assert [text.get_text() for text in axes()[0].texts] == ["5", "1", "0", "7"]
    assert axes()[0].images[0].get_array().tolist() == [[0, 1], [0, 0]]


def test_heat_writes_every_number_in_its_place():
    plots.heatmap([[0.25, 0.5], [0.75, 1.0]], ["a", "b"], [1, 2], "letter", "number", digits=2)
    ax = axes()[0]
    assert [text.get_text() for text in ax.texts] == ["0.25", "0.50", "0.75", "1.00"]
    assert [text.get_color() for text in ax.texts] == ["black", "black", "white", "white"]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["a", "b"]


def test_codes_are_drawn_as_numerals_at_their_place_in_their_order():
    points = [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]
    plots.latent_scatter(np.array(points), np.array([7, 8, 7]))
    (drawn,) = axes()[0].collections
    assert drawn.get_offsets().tolist() == points
    for path, color, digit in zip(
        drawn.get_paths(), drawn.get_facecolors(), [7, 8, 7], strict=True
    ):
        numeral = MarkerStyle(f"${digit}$")
        expected = numeral.get_path().transformed(numeral.get_transform()).vertices
        np.testing.assert_array_equal(path.vertices, expected)
        assert to_hex(color).upper() == plots.DIGITS[digit]


def test_the_ten_digits_have_the_same_colors_in_all_figures():
    assert len({*plots.DIGITS}) == 10
    script = (Path(widgets.__file__).parent / "code_explorer.mjs").read_text(encoding="utf-8")
    colors = script.partition("const COLORS = [")[2].partition("]")[0]
    assert re.findall(r'"(#\w+)"', colors) == [color.lower() for color in plots.DIGITS]


def test_functions_are_drawn_over_the_range():
    plots.functions({"tanh": np.tanh}, -2, 2)
    assert axes()[0].lines[0].get_xdata()[[0, -1]].tolist() == [-2, 2]


def test_source_is_what_the_file_says():
    shown = plots.show_source(Linear.forward, Linear.backward).data
    assert "@" not in shown.replace(" @ ", "")  # what changes no result is left out
    assert shown.startswith("```python\ndef forward(self, x):\n")
    assert "\n\ndef backward(self, grad_output):\n" in shown
    assert shown.endswith("\n```")


def test_intervals_stand_one_below_the_other_with_what_is_claimed_shaded():
    one = Estimate(1.2, 1.1, 1.3, 5, 0.01, 1.0)
    plots.intervals({"a": one, "b": replace(one, ratio=0.9, low=0.8)}, bounds=(1.05, np.inf))
    ax = axes()[0]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["a", "b"]
    assert ax.get_xscale() == "log"
    assert ax.yaxis_inverted()
    assert [list(line.get_xdata()) for line in ax.lines[:2]] == [[1.1, 1.3], [1.2]]
    shade = ax.patches[0].get_extents().transformed(ax.transData.inverted())
    assert shade.x0 == pytest.approx(1.05)
    assert shade.x1 == pytest.approx(ax.get_xlim()[1])


def test_intervals_that_are_compared_stand_close_in_one_row():
    one = Estimate(1.2, 1.1, 1.3, 5, 0.1, 0.1)
    plots.intervals({"a": {"here": one, "there": replace(one, ratio=1.0)}, "b": {"here": one}})
    (ax,) = plt.gcf().axes
    marks = [line for line in ax.lines if line.get_marker() != "None"]
    heights = [mark.get_ydata()[0] for mark in marks]
    assert heights[0] < heights[1] < 0.5 < heights[2]
    assert marks[0].get_color() == marks[2].get_color() != marks[1].get_color()
    assert marks[0].get_marker() != marks[1].get_marker()
    (legend,) = plt.gcf().legends
    assert [text.get_text() for text in legend.get_texts()] == ["here", "there"]


def test_curves_may_have_logarithmic_places():
    plots.curves({"a": [1.0, 2.0, 3.0]}, [0.01, 0.1, 1.0], log_x=True)
    (ax,) = plt.gcf().axes
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "linear")


def test_intervals_may_have_a_range_each():
    one = Estimate(1.2, 0.8, 1.6, 5, 0.01, 1.0)
    plots.intervals({"a": one, "b": one}, bounds={"a": (1.0, 1.25), "b": (0, 1.1)})
    ax = axes()[0]
    least = ax.get_xlim()[0]
    spans = [(patch.get_x(), patch.get_x() + patch.get_width()) for patch in ax.patches]
    assert spans == [pytest.approx((1.0, 1.25)), pytest.approx((least, 1.1))]
    assert [patch.get_y() + patch.get_height() / 2 for patch in ax.patches] == [0, 1]
