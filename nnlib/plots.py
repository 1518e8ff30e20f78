"""The figures of the book, and the library's source as the book shows it.

Colors are those of Okabe and Ito, which color-blind readers can tell apart; lines differ in
style as well. Needs matplotlib; `show_source` needs IPython.
"""

import inspect
import re
import textwrap
from itertools import cycle

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.markers import MarkerStyle
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from nnlib.datasets.mnist import SIDE
from nnlib.module import underflow_is_zero

BLUE, ORANGE, GREEN, PINK, SKY, YELLOW = (
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00",
)  # fmt: skip
# Of the ten digits, in code_explorer.mjs, too: those, black, and three that differ from them.
DIGITS = [BLUE, ORANGE, GREEN, PINK, SKY, YELLOW, "#000000", "#8A6D00", "#7F7F7F", "#5B3A8C"]
LINES = [(BLUE, "-"), (ORANGE, "--"), (GREEN, "-."), (PINK, ":"), (SKY, "-"), (YELLOW, "--")]
INTERVAL_MARKS = [(BLUE, "o"), (ORANGE, "s"), (GREEN, "^")]
DPI = 140
GAP = 2  # between images, in their pixels


def _axes(figsize=(5.6, 3.2), columns=1, **kwargs):
    look = {"figsize": figsize, "dpi": DPI, "layout": "constrained"}
    figure, axes = plt.subplots(1, columns, **look, **kwargs)
    for ax in np.ravel(axes):
        ax.spines[["top", "right"]].set_visible(False)
    return figure, axes


def show_source(*things):
    """Return the source of classes or functions, from their files, for a notebook to show.

    Left out are the decorators that change no result: `advised` and `underflow_is_zero`.
    """
    from IPython.display import Markdown

    texts = [textwrap.dedent(inspect.getsource(thing)).rstrip() for thing in things]
    text = re.sub(r"^ *@(advised|underflow_is_zero)\n", "", "\n\n".join(texts), flags=re.MULTILINE)
    return Markdown(f"```python\n{text}\n```")


def images(rows, titles=None, vmax=None, mask=None) -> None:
    """Draw images in rows, the foreground black on a white background.

    Args:
        rows: images as rows of numbers, (n, 784), drawn side by side; or a dict of such arrays,
            each a row of pictures with its name beside it.
        titles: a text above each image of the first row; or a dict of such texts for several
            rows, by their names.
        vmax: None draws intensities from 0 (white) to 1 (black). A number draws from -vmax (blue)
            over 0 (white) to vmax (red), as for weights.
        mask: pixels to draw a line around, (784,).
    """
    rows = rows if isinstance(rows, dict) else {"": rows}
    if not isinstance(titles, dict):
        titles = {} if titles is None else {next(iter(rows)): titles}
    columns = max(map(len, rows.values()))
    inches = min(6.0 / columns, 1.6 if columns < 3 else 0.85)  # one or two may be looked into
    step = SIDE + GAP  # in pixels of the pictures, as all places and lengths that follow
    dots = inches * DPI / step
    per_inch = DPI / (round(dots) if dots > 2 else dots)  # where whole dots will do, all are alike
    room_for_title = np.ceil(0.22 * per_inch)
    width = columns * step - GAP
    height = len(rows) * step - GAP + len(titles) * room_for_title
    # An Axes for each picture, and a layout of them, would take ten times as long.
    figure = plt.figure(dpi=DPI)
    ax = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0), autoscale_on=False)
    ax.set_axis_off()
    look = {"cmap": "Greys", "vmin": 0, "vmax": 1, "interpolation": "nearest", "aspect": "auto"}
    if vmax is not None:
        look |= {"cmap": "RdBu_r", "vmin": -vmax, "vmax": vmax}
    top = room_for_names = 0
    for name, pictures in rows.items():
        top += room_for_title if name in titles else 0
        if name != "":
            drawn = ax.text(-GAP, top + SIDE / 2, name, ha="right", va="center")
            length = drawn.get_window_extent().width / figure.dpi * per_inch
            room_for_names = max(room_for_names, np.ceil(length) + GAP)
        for column, text in zip(range(len(pictures)), titles.get(name, ()), strict=False):
            ax.text(column * step + SIDE / 2, top, text, ha="center", va="bottom", fontsize=10)
        if len(pictures) > 0:
            row = _side_by_side(pictures)
            ax.imshow(row, extent=(0, row.shape[1], top + SIDE, top), **look)
            if mask is not None:  # with nothing around, so that the line also runs along a border
                masks = np.pad(np.nan_to_num(_side_by_side([mask] * len(pictures))), 1)
                across, down = (np.arange(length) - 0.5 for length in masks.T.shape)
                ax.contour(across, top + down, masks, [0.5], colors=ORANGE, linewidths=0.8)
        top += step
    whole = room_for_names + width
    figure.set_size_inches(whole / per_inch, height / per_inch)
    ax.set_position((room_for_names / whole, 0, width / whole, 1))


def _side_by_side(pictures):
    """Return n pictures as one, with gaps between them: (28, n * (28 + GAP) - GAP)."""
    sizes = {np.size(picture) for picture in pictures}
    if sizes != {SIDE * SIDE}:
        raise ValueError(
            f"Each picture needs {SIDE * SIDE} numbers, but got {', '.join(map(str, sizes))}: hand "
            f"over rows, (n, {SIDE * SIDE}), such as X[:10], or a list of them, such as [x]."
        )
    gap = np.full((SIDE, GAP), np.nan)
    squares = [np.reshape(picture, (SIDE, SIDE)) for picture in pictures]
    return np.hstack([part for square in squares for part in (gap, square)][1:]).astype(float)


@underflow_is_zero
def reconstructions(originals, outputs, mask=None) -> dict[str, np.ndarray]:
    """Draw images and, below, what networks made of them, with the MSE above each; return all MSEs.

    Args:
        originals: (n, 784).
        outputs: by the networks' names, (n, 784).
        mask: pixels to draw a line around, (784,).

    Returns:
        By name, the mean squared error per pixel of each image, (n,).
    """
    errors = {name: np.mean((output - originals) ** 2, axis=1) for name, output in outputs.items()}
    titles = {name: [f"{error:.3f}" for error in row] for name, row in errors.items()}
    images({"original": originals} | outputs, titles, mask=mask)
    return errors


def curves(series, x=None, xlabel="epoch", ylabel="loss", log=False, log_x=False) -> None:
    """Draw the entries of the dict `series`, each in a color and style of its own.

    Args:
        series: lines by name, (k,); or several of one kind, (lines, k), drawn thinner.
        x: the places, (k,), or a dict of them by name; they count from 1 unless given.
        log, log_x: True for a logarithmic vertical, or horizontal, axis.
    """
    figure, ax = _axes((5.6, 3.5))
    for (name, values), (color, style) in zip(series.items(), cycle(LINES), strict=False):
        lines = np.atleast_2d(values).T
        places = x[name] if isinstance(x, dict) else x
        places = np.arange(1, len(lines) + 1) if places is None else places
        width = 2 if lines.shape[1] == 1 else 1.2
        drawn = ax.plot(places, lines, style, color=color, linewidth=width)
        drawn[0].set_label(name)
    ax.set(xlabel=xlabel, ylabel=ylabel, yscale="log" if log else "linear")
    if log_x:
        ax.set(xscale="log")
    if np.asarray(places).dtype.kind == "i":
        ax.xaxis.get_major_locator().set_params(integer=True)
    if len(series) > 1:
        figure.legend(loc="outside lower center", ncols=2, frameon=False)


def loss_contours(loss, xs, ys, paths=None, labels=("w", "b")) -> None:
    """Draw the height `loss(x, y)` over a rectangle as contours, with `paths` of points across it.

    Args:
        loss: a function of two numbers.
        xs, ys: the values of each to try, (k,).
        paths: a dict of lists of points (x, y), walked in order.
    """
    _, ax = _axes((5.6, 3.8))
    heights = np.array([[loss(x, y) for x in xs] for y in ys])
    contours = ax.contourf(xs, ys, np.log10(heights), levels=20, cmap="Greys")
    plt.colorbar(contours, label="loss, as a power of ten")
    for (name, path), (color, style) in zip((paths or {}).items(), cycle(LINES), strict=False):
        ax.plot(*np.transpose(path), style, color=color, marker="o", markersize=4, label=name)
    ax.set(xlabel=labels[0], ylabel=labels[1], xlim=xs[[0, -1]], ylim=ys[[0, -1]])
    if paths:
        ax.legend(framealpha=0.9, frameon=True)


def decision_regions(predict, X, Y, names=("class 0", "class 1")) -> None:
    """Draw points of two classes in the plane and what `predict` says everywhere around them.

    Args:
        predict: a function from (n, 2) to (n,) numbers, where above 0.5 means class 1; or a dict
            of such functions, which get a panel each, under their names.
        X, Y: points, (n, 2), and their classes, (n,) of 0 and 1.
    """
    panels = predict if isinstance(predict, dict) else {"": predict}
    figure, axes = _axes((max(3.7, 2.4 * len(panels)), 2.8), len(panels), squeeze=False)
    low, high = X.min(axis=0) - 0.4, X.max(axis=0) + 0.4
    grid = np.meshgrid(np.linspace(low[0], high[0], 120), np.linspace(low[1], high[1], 120))
    points = np.stack([g.ravel() for g in grid], axis=1)
    for ax, (name, function) in zip(axes[0], panels.items(), strict=True):
        values = np.reshape(function(points), grid[0].shape)
        levels = [-np.inf, 0.5, np.inf]
        ax.contourf(*grid, values, levels=levels, colors=[BLUE, ORANGE], alpha=0.15)
        ax.contour(*grid, values, levels=[0.5], colors="black", linewidths=1.2)
        for label, (color, marker) in enumerate(((BLUE, "o"), (ORANGE, "^"))):
            ax.scatter(*X[Y == label].T, s=26, c=color, marker=marker, label=names[label])
        ax.set(title=name, xlabel="$x_1$", ylabel="$x_2$")
    handles = axes[0][0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside lower center", ncols=2, frameon=False)


def functions(named, low=-6.0, high=6.0, xlabel="x") -> None:
    """Draw functions of one number, given as a dict, from `low` to `high`."""
    x = np.linspace(low, high, 400)
    curves({name: f(x) for name, f in named.items()}, x, xlabel, "")


def bars(heights, xlabel, ylabel, first=1, names=None) -> None:
    """Draw groups of bars: a dict of equally long lists, one bar of each from `first` on.

    Args:
        heights: the lists by name, (k,).
        first: the number of the first group.
        names: k names for the groups instead of numbers; the bars then lie, and names have room.
    """
    height = 0.9 + len(names) * (0.2 + 0.12 * len(heights)) if names else 3.2
    figure, ax = _axes((5.6, height))
    width = 0.8 / len(heights)
    for group, (name, values) in enumerate(heights.items()):
        places = first + np.arange(len(values)) + (group - (len(heights) - 1) / 2) * width
        color, hatch = LINES[group][0], ("", "//", "..", "xx")[group]
        draw = ax.barh if names else ax.bar
        draw(places, values, width, color=color, hatch=hatch, edgecolor="white", label=name)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    if names:
        ax.set_yticks(range(first, first + len(names)), names)
        ax.invert_yaxis()
    else:
        ax.xaxis.get_major_locator().set_params(integer=True)
    if len(heights) > 1:
        figure.legend(loc="outside lower center", ncols=3, frameon=False)


def roofline(peak, bandwidths, points) -> None:
    """Draw the most that a processor can do, and points for what it did.

    Args:
        peak: GFLOP/s when nothing has to be fetched.
        bandwidths: by name, how fast numbers come, in 10⁹ bytes per second: a roof for each.
        points: kinds by name, each a dict of points (FLOPs per byte, GFLOP/s) by name. Names
            stand once, below the points of the first kind.
    """
    figure, ax = _axes((5.6, 4.4))
    x = np.geomspace(0.25, 64, 200)
    for (name, bandwidth), (color, style) in zip(bandwidths.items(), LINES, strict=False):
        ax.plot(x, np.minimum(peak, bandwidth * x), style, color=color, linewidth=2, label=name)
    marks = zip("o^s", LINES[len(bandwidths) :], strict=False)
    for (name, named), (marker, (color, _)) in zip(points.items(), marks, strict=False):
        ax.plot(*np.transpose([*named.values()]), marker, color=color, label=name)
    for name, (intensity, _) in next(iter(points.values())).items():
        place = {"ha": "center", "va": "bottom", "transform": ax.get_xaxis_transform()}
        ax.text(intensity, 0.02, name, rotation=90, fontsize=8, **place)
    slowest = min(speed for named in points.values() for _, speed in named.values())
    ax.set(xlabel="FLOPs per byte", ylabel="GFLOP/s", xscale="log", yscale="log",
           ylim=(slowest / 4, 2 * peak))  # fmt: skip
    ticks = np.outer([0.1, 1, 10, 100, 1000], [1, 2, 5]).ravel()
    for axis, places in ((ax.xaxis, 2.0 ** np.arange(-2, 7)), (ax.yaxis, ticks)):
        low, high = axis.get_view_interval()
        places = places[(places >= low) & (places <= high)]
        axis.set_ticks(places, [f"{place:g}" for place in places])
    ax.minorticks_off()
    figure.legend(loc="outside lower center", ncols=2, frameon=False)


def confusion(counts) -> None:
    """Draw a table of counts: true classes as rows, predicted ones as columns."""
    _, ax = _axes((5.0, 4.4))
    counts = np.asarray(counts)
    mistakes = np.where(np.eye(len(counts), dtype=bool), 0, counts)
    ax.imshow(mistakes, cmap="Oranges")
    for (row, column), count in np.ndenumerate(counts):
        dark = mistakes[row, column] > mistakes.max() * 0.6
        ax.text(column, row, count, ha="center", va="center", fontsize=9,
                color="white" if dark else "black")  # fmt: skip
    ticks = range(len(counts))
    ax.set(xlabel="predicted digit", ylabel="true digit", xticks=ticks, yticks=ticks)


def heatmap(values, rows, columns, ylabel, xlabel, digits=3) -> None:
    """Draw a table of numbers as colors, light for small and dark for large, with the numbers.

    Args:
        values: (r, c).
        rows, columns: what each row and each column stands for, r and c names.
        digits: after the point.
    """
    values = np.asarray(values)
    height, width = values.shape
    _, ax = _axes((min(5.6, 1 + 0.8 * width), 0.9 + 0.55 * height))
    ax.imshow(values, cmap="Oranges", aspect="auto")
    middle = (values.min() + values.max()) / 2
    for (row, column), value in np.ndenumerate(values):
        color = "white" if value > middle else "black"
        ax.text(column, row, f"{value:.{digits}f}", ha="center", va="center", color=color)
    ax.set_xticks(np.arange(width), columns)
    ax.set_yticks(np.arange(height), rows)
    ax.set(xlabel=xlabel, ylabel=ylabel)


def latent_scatter(points, labels) -> None:
    """Draw latent codes of two values, (n, 2), each as its digit's numeral, in its color."""
    _, ax = _axes((5.6, 5.0))
    # As markers of one collection, they take a tenth of the time of as many texts.
    colors = [DIGITS[label] for label in labels]
    drawn = ax.scatter(*np.transpose(points), s=36, c=colors, linewidths=0, clip_on=False)
    marks = [MarkerStyle(f"${digit}$") for digit in range(len(DIGITS))]
    numerals = [mark.get_path().transformed(mark.get_transform()) for mark in marks]
    drawn.set_paths([numerals[label] for label in labels])
    low, high = np.min(points, axis=0) - 0.3, np.max(points, axis=0) + 0.3
    limits = {"xlim": (low[0], high[0]), "ylim": (low[1], high[1])}
    ax.set(xlabel="first latent value", ylabel="second latent value", **limits)


def intervals(estimates, bounds=None, xlabel="ratio of the two errors") -> None:
    """Draw ratios with their 95 % intervals, one below the other, on a logarithmic scale.

    Args:
        estimates: by name, each a `nnlib.experiments.statistics.Estimate`; or a dict of such, by
            what is compared, which come in one row, each in a color and shape of its own.
        bounds: the least and the most that a claim says, shaded; or a dict of such, by name.
    """
    rows = [one if isinstance(one, dict) else {None: one} for one in estimates.values()]
    compared = max(map(len, rows))
    figure, ax = _axes((5.6, 0.9 + (0.34 if compared == 1 else 0.46) * len(estimates)))
    for place, row in enumerate(rows):
        shifts = np.linspace(-0.2, 0.2, len(row)) if compared > 1 else [0]
        kinds = zip(row.items(), shifts, INTERVAL_MARKS, strict=False)
        for (name, one), shift, (color, mark) in kinds:
            y = place + shift
            ax.plot([one.low, one.high], [y, y], color=color, linewidth=2)
            (drawn,) = ax.plot(one.ratio, y, mark, color=color)
            if place == 0 and name is not None:
                drawn.set_label(name)
    if compared > 1:
        figure.legend(loc="outside lower center", ncols=2, frameon=False)
    ax.axvline(1, color="black", linewidth=1)
    ax.set(xscale="log", xlabel=xlabel, ylim=(len(estimates) - 0.5, -0.5))
    ax.set_yticks(np.arange(len(estimates)), estimates)
    low, high = ax.get_xlim()
    by_name = bounds if isinstance(bounds, dict) else dict.fromkeys(estimates, bounds)
    for place, name in enumerate(estimates):
        if by_name.get(name) is not None:
            least, most = np.clip(by_name[name], low, high)
            height = 0.8 if isinstance(bounds, dict) else 1.0
            ax.barh(place, most - least, height, least, color=GREEN, alpha=0.2, linewidth=0)
    # So few that their labels stand apart; a logarithmic axis finds too few in a narrow range.
    wide = high > 3 * low
    ticks = LogLocator(subs=(1, 1.5, 2, 3, 5, 7)) if wide else MaxNLocator(6, steps=[1, 2, 5, 10])
    ax.set(xlim=(low, high))
    ax.xaxis.set_major_locator(ticks)
    ax.xaxis.set_major_formatter("{x:g}")
    ax.xaxis.set_minor_locator(NullLocator())
