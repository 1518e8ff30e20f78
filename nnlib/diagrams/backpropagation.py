"""The two passes, value by value: the graph of a small network, and the rules of its parts."""

import numpy as np

from nnlib.activations import TanH
from nnlib.diagrams.svg import Diagram, index, number
from nnlib.losses import MSELoss

# What the drawings say, in one place.
ABOVE, BELOW = "above a line: its value", "below: the gradient of L"
WITHIN = "in a box, ×: the local derivative"
RULES = {
    "+": ("add", "passes it on to both"),
    "×": ("multiply", "times the other input"),
    "max": ("maximum", "to the larger input only"),
    "tanh": ("tanh", "times 1 − y²"),
}


def graph(network, x, target) -> Diagram:
    """Draw the computational graph of a small network, with the values and gradients of one row.

    Args:
        network: a `Sequential` of `Linear(2, 2)`, `TanH()` and `Linear(2, 1)`.
        x: the inputs, (1, 2).
        target: what the output should be, (1, 1); the loss is an `MSELoss`.

    The gradients of this row are left in the network.
    """
    first, tanh, second = network.layers
    loss = MSELoss()
    network.zero_grad()
    z = first.forward(x)
    a = tanh.forward(z)
    y = second.forward(a)
    value = loss.forward(y, target)
    dy = loss.backward()
    da = second.backward(dy)
    dz = tanh.backward(da)
    dx = first.backward(dz)
    slope = tanh.derivative(a)

    rows = {"x": (x, dx), "z": (z, dz), "a": (a, da)}
    said = "; ".join(
        f"{name}{at + 1} is {number(row[0, at])}, its gradient {number(grad[0, at])}"
        for name, (row, grad) in rows.items()
        for at in (0, 1)
    )
    weights = "; ".join(
        f"{name} {number(value)}, its gradient {number(grad)}"
        for name in network.params
        for value, grad in zip(network.params[name].flat, network.grads[name].flat, strict=True)
    )
    picture = Diagram(
        650,
        282,
        "The computational graph of a network of two inputs, two tanh units and one output. "
        f"{said}; the output y is {number(y[0, 0])}, its gradient {number(dy[0, 0])}; the target t "
        f"is {number(target[0, 0])} and the loss L {number(value)}. Parameters: {weights}.",
    )
    heights, middle = (52, 192), 122
    for at, height in enumerate(heights):
        named = {name: f"{name}{index(at + 1)} = {number(row[0, at])}" for name, (row, _) in
                 rows.items()}  # fmt: skip
        _edge(picture, (2, 68), height, named["x"], dx[0, at], arrow=False)
        for to, other in enumerate(heights):
            _weighted(picture, (68, height), (182, other), first, at, to)
        _total(picture, 182, height, first, at)
        _edge(picture, (197, 268), height, named["z"], dz[0, at])
        _operation(picture, 269, height, "tanh", slope[0, at])
        _edge(picture, (315, 391), height, named["a"], da[0, at], arrow=False)
        _weighted(picture, (391, height), (482, middle), second, at, 0)
    _total(picture, 482, middle, second, 0)
    _edge(picture, (497, 568), middle, f"y = {number(y[0, 0])}", dy[0, 0])
    _operation(picture, 569, middle, "(y − t)²", dy[0, 0], 60)
    picture.text(599, middle + 34, f"t = {number(target[0, 0])}", "value", size=11)
    picture.text(599, middle - 34, f"L = {number(value)}", "value", font_weight="bold")
    for x, anchor, text, look in (
        (2, "start", ABOVE, "value"),
        (316, "middle", BELOW, "gradient"),
        (648, "end", WITHIN, "text"),
    ):
        picture.text(x, 270, text, look, anchor)
    return picture


def _edge(picture, ends, height, value, gradient, arrow=True):
    """Draw an edge, with its value above and its gradient below; it ends in an arrow, or forks."""
    middle = sum(ends) / 2
    picture.line((ends[0], height), (ends[1], height), arrow=arrow)
    if not arrow:
        picture.circle(ends[1], height, 2.5, "text")
    picture.text(middle - 1, height - 10, value, "value", size=11)
    picture.text(middle - 1, height + 11, number(gradient), "gradient", size=11)


def _weighted(picture, start, end, layer, at, to):
    """Draw the edge of a weight from a point to the unit around another, with its gradient."""
    weight, gradient = (from_["weight"][at, to] for from_ in (layer.params, layer.grads))
    start, end = np.array(start), np.array(end)
    along = (end - start) / np.hypot(*(end - start))
    picture.line(start, end - 17 * along, arrow=True)
    rise = np.sign(end - start)[1]
    x, y = start + (0.5 if rise == 0 else 0.3) * (end - start)
    # What is above a line that falls stands to the right of it; above one that rises, to the left.
    for side, value, look in ((-1, weight, "text"), (1, gradient, "gradient")):
        anchor = {-side: "start", side: "end"}.get(rise, "middle")
        shift = 0 if rise == 0 else 5 if anchor == "start" else -5
        picture.text(x + shift, y + side * (10 if rise == 0 else 5), number(value), look, anchor,
                     size=11)  # fmt: skip


def _total(picture, x, height, layer, to):
    """Draw the sum of a unit, with its bias."""
    picture.circle(x, height, 15)
    picture.text(x, height, "Σ", size=14)
    bias, gradient = (from_["bias"][to] for from_ in (layer.params, layer.grads))
    picture.text(x, height + 28, f"+ {number(bias)}", size=11)
    picture.text(x, height + 43, number(gradient), "gradient", size=11)


def _operation(picture, x, height, name, slope, width=46):
    """Draw a function, with its derivative where it was computed."""
    picture.box(x, height - 20, width, 40, rx=6)
    picture.text(x + width / 2, height - 8, name)
    picture.text(x + width / 2, height + 9, f"× {number(slope)}", "gradient", size=11)


def gates(a, b, gradient) -> Diagram:
    """Draw how four operations hand a gradient back to their inputs.

    Args:
        a, b: the numbers that go in; the tanh takes the second alone.
        gradient: of the loss with respect to what comes out.
    """
    tanh = TanH()
    y = tanh.forward(np.array([[b]]))
    larger = (gradient, 0.0) if a > b else (0.0, gradient)
    results = {
        "+": ((a, b), a + b, (gradient, gradient)),
        "×": ((a, b), a * b, (gradient * b, gradient * a)),
        "max": ((a, b), max(a, b), larger),
        "tanh": ((b,), y[0, 0], (tanh.backward(np.array([[gradient]]))[0, 0],)),
    }
    said = "; ".join(
        f"{RULES[name][0]}: from {' and '.join(map(number, given))} to {number(out)}, "
        f"gradient {' and '.join(map(number, grads))}"
        for name, (given, out, grads) in results.items()
    )
    title = f"What four operations do to the gradient {number(gradient)} of their output. {said}."
    picture = Diagram(340, 352, title)
    for at, (name, (given, out, grads)) in enumerate(results.items()):
        left, top = 172 * (at % 2), 168 * (at // 2)
        middle = top + 78
        picture.text(left + 80, top + 12, RULES[name][0], font_weight="bold")
        picture.text(left + 80, top + 148, RULES[name][1], "gradient", size=11)
        heights = (middle,) if len(given) == 1 else (middle - 28, middle + 28)
        for value, grad, height in zip(given, grads, heights, strict=True):
            toward = np.array([left + 84, middle]) - (left + 44, height)
            end = (left + 84, middle) - 21 * toward / np.hypot(*toward)
            picture.line((left + 2, height), (left + 44, height), end, arrow=True)
            picture.text(left + 23, height - 10, number(value), "value", size=11)
            picture.text(left + 23, height + 11, number(grad), "gradient", size=11)
        picture.circle(left + 84, middle, 20)
        picture.text(left + 84, middle, name, size=11 if len(name) > 1 else 16)
        _edge(picture, (left + 106, left + 156), middle, number(out), gradient)
    picture.text(2, 342, ABOVE, "value", anchor="start", size=11)
    picture.text(338, 342, BELOW, "gradient", anchor="end", size=11)
    return picture
