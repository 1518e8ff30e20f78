"""Classes: the plane that a hidden layer bends, and the way from a digit to its loss."""

import numpy as np

from nnlib.activations import Softmax
from nnlib.diagrams.networks import columns
from nnlib.diagrams.svg import Diagram, index, number, runs
from nnlib.losses import CrossEntropyWithLogSoftmax

# What the drawings say, in one place.
PANELS = (("x", "inputs"), ("z", "after the linear map"), ("a", "after tanh"))
ABOVE, BELOW = "target 1", "target 0"
CLASS, COLUMNS = "class", ("logit z", "probability p", "gradient p − y")
TRUE = "shaded: the true class, y = 1"


def bending(network, X, Y, threshold=0.5) -> Diagram:
    """Draw what a hidden layer does to the plane of its inputs.

    Three panels show a grid and some points as inputs x, after the linear map, and after tanh. In
    the last, a straight line separates the classes: on it, the output is the threshold. The same
    line is drawn in the other panels, too, where it is curved.

    Args:
        network: a `Sequential` of `Linear(2, 2)`, `TanH()` and `Linear(2, 1)`.
        X: points, (n, 2).
        Y: their targets, (n, 1), each 0 or 1.
        threshold: the output at which one class ends.
    """
    first, tanh, _ = network.layers
    outputs = network.forward(X)[:, 0]
    margin = 0.25 * (X.max() - X.min())
    low, high = X.min() - margin, X.max() + margin
    ticks, fine = np.linspace(low, high, 9), np.linspace(low, high, 41)
    grid = [np.stack(pair, axis=1) for tick in ticks
            for pair in ((fine, tick + 0 * fine), (tick + 0 * fine, fine))]  # fmt: skip
    border = _boundary(network, threshold)
    maps = (lambda x: x), first.forward, lambda x: tanh.forward(first.forward(x))
    said = "; ".join(
        f"({number(x1)}, {number(x2)}) becomes ({number(a1)}, {number(a2)}), its output is "
        f"{number(out)}"
        for (x1, x2), (a1, a2), out in zip(X, maps[2](X), outputs, strict=True)
    )
    picture = Diagram(
        340,
        186,
        "How a hidden layer of two units bends the plane, so that a straight line separates the "
        f"classes. {said}. On the line, the output is {number(threshold)}.",
    )
    for at, ((name, what), to) in enumerate(zip(PANELS, maps, strict=True)):
        left = 2 + 115 * at
        lines = [to(line if at == 2 else line[[0, -1]]) for line in grid]  # others stay straight
        picture.text(left + 53, 10, what, size=11)
        ends = _panel(picture, left, 22, lines, to(border), to(X), Y[:, 0])
        for axis, (start, end) in enumerate(ends):
            text = f"{name}{index(axis + 1)}{'→↑'[axis]} {number(start)} … {number(end)}"
            picture.text(left + 53, 140 + 14 * axis, text, "quiet", size=11)
    picture.circle(78, 176, 4, "positive")
    picture.text(88, 176, ABOVE, anchor="start", size=11)
    picture.box(188, 172, 8, 8, "negative")
    picture.text(202, 176, BELOW, anchor="start", size=11)
    return picture


def _panel(picture, left, top, grid, border, points, targets, size=106):
    """Draw a grid, a border and points in a square; return where both axes start and end."""
    everything = np.concatenate(grid)
    middle = (everything.min(axis=0) + everything.max(axis=0)) / 2
    reach = np.ptp(everything, axis=0).max() / 2  # alike for both axes, so that shapes are true

    def at(places):
        return (left, top) + size * (1 + (places - middle) / reach * (1, -1)) / 2

    for line in grid:
        picture.line(*_thinned(at(line)), look="faint", width=0.7)
    for start, end in runs((abs(border - middle) <= reach).all(axis=1)):
        picture.line(*_thinned(at(border[start:end])), width=2)
    for point, target in zip(points, targets, strict=True):
        x, y = at(point)
        if target:
            picture.circle(x, y, 4, "positive")
        else:
            picture.box(x - 4, y - 4, 8, 8, "negative")
    picture.box(left, top, size, size, "faint")
    return np.stack([middle - reach, middle + reach], axis=1)


def _thinned(points, least=3):
    """Return points of a line, its ends and others that are some pixels apart."""
    kept = [points[0]]
    for point in points[1:-1]:
        if np.hypot(*(point - kept[-1])) >= least:
            kept.append(point)
    return [*kept, points[-1]]


def _boundary(network, threshold):
    """Return points of the inputs' plane, (n, 2), at which the output is the threshold."""
    first, _, second = network.layers
    (w1, w2), bias = second.params["weight"][:, 0], second.params["bias"][0]
    # The points of a straight line in the plane of h, from where it comes nearest to the middle.
    normal = np.array([w1, w2])
    foot = (threshold - bias) * normal / (normal @ normal)
    line = foot + np.linspace(-2, 2, 20_001)[:, None] * np.array([-w2, w1]) / np.hypot(w1, w2)
    line = line[(abs(line) < 1).all(axis=1)]  # beyond are no values of tanh
    return (np.arctanh(line) - first.params["bias"]) @ np.linalg.inv(first.params["weight"])


def class_probabilities(network, image, label) -> Diagram:
    """Draw the way from an image to its loss: logits, softmax, −log p, and the gradient p − y.

    Args:
        network: of square images; its outputs are the logits of ten classes or fewer.
        image: the pixels, from 0 to 1, (in_features,).
        label: the true class, from 0.
    """
    logits = network.forward(image[None])
    loss = CrossEntropyWithLogSoftmax()
    value = loss.forward(logits, np.array([label]))
    p, gradient = Softmax().forward(logits)[0], loss.backward()[0]
    truth = number(p[label])
    rows = list(zip(logits[0], p, gradient, strict=True))
    said = "; ".join(f"class {at}: {', '.join(map(number, row))}" for at, row in enumerate(rows))
    top, high = 128, 17
    picture = Diagram(
        340,
        top + 40 + high * len(p),
        f"From an image of the class {label} to its loss. Logit, probability and gradient of each "
        f"class are: {said}. The loss, minus the logarithm of {truth}, is {number(value)}.",
    )
    picture.image(4, 14, 84, image)
    picture.line((92, 56), (110, 56), arrow=True)
    picture.funnel(columns(network), (120, 188), 62, 84)
    _logarithm(picture, (228, 18), p[label], value)
    picture.box(0, top + 14 + high * label, 340, high, "claim-area", rx=3)
    picture.text(0, top, CLASS, anchor="start")
    for at, (name, look) in enumerate(zip(COLUMNS, ("value", "value", "gradient"), strict=True)):
        picture.text(112 * at + 68, top, name, look)
    for at, row in enumerate(rows):
        y = top + 22 + high * at
        weight = {"font_weight": "bold"} if at == label else {}
        picture.text(10, y, at, **weight)
        for column, one in enumerate(row):
            look = "gradient" if column == 2 else "value"
            largest = abs(logits).max() if column == 0 else 1
            zero, longest = (68, 56)[column == 1], (24, 46)[column == 1]  # no p is below 0
            picture.text(112 * column + 52, y, number(one), look, "end", size=11, **weight)
            picture.row(112 * column + zero + 14, y, longest * one / largest, 9, look)
    picture.text(4, top + 32 + high * len(p), TRUE, "quiet", "start", size=11)
    return picture


def _logarithm(picture, corner, p, value, size=(106, 66)):
    """Draw the curve of −log p, with the place of one probability."""
    (left, top), (wide, tall) = corner, size
    most = max(4.0, 1.1 * value)

    def at(share, cost):
        return left + wide * share, top + tall * (1 - cost / most)

    shares = np.linspace(np.exp(-most), 1, 60)
    picture.line((left, top), at(0, 0), at(1, 0), look="faint")
    picture.line(*(at(share, -np.log(share)) for share in shares), width=1.5)
    picture.line(at(p, 0), at(p, value), at(0, value), look="faint", stroke_dasharray="3 2")
    picture.circle(*at(p, value), 4, "value")
    picture.text(left + wide, top + 2, f"L = −log {number(p)}", "value", "end")
    picture.text(left + wide, top + 18, f"= {number(value)}", "value", "end", font_weight="bold")
    picture.text(left - 8, top + tall, "0", "quiet", size=11)
    picture.text(left + wide, top + tall + 13, "p = 1", "quiet", "end", size=11)
