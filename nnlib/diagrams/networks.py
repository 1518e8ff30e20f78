"""Units, layers and networks, with their own numbers."""

import numpy as np

from nnlib.diagrams.svg import Diagram
from nnlib.linear import Linear
from nnlib.sequential import parts


def layer_shapes(layer, rows="n") -> Diagram:
    """Draw a linear layer as matrices: Y = X W + b, with the shape of each.

    Args:
        layer: a `Linear`.
        rows: how many inputs there are, a number or a letter for any.
    """
    before, after = layer.in_features, layer.out_features

    # Boxes grow with the logarithm of what they hold, or 784 would leave no room for 10.
    def length(size):
        return 18 + 9 * np.log2(1 + size) if isinstance(size, int) else 60

    shapes = {"X": (rows, before), "W": (before, after), "b": (1, after), "Y": (rows, after)}
    between = {"X": "·", "W": "+", "b": "="}
    width = sum(length(columns) for _, columns in shapes.values()) + 26 * len(between) + 16
    height = max(length(one) for one, _ in shapes.values()) + 44
    said = ", ".join(f"{name} is {m} by {n}" for name, (m, n) in shapes.items())
    picture = Diagram(width, height, f"A linear layer as matrices, Y = X W + b: {said}.")
    x, middle = 8, (height - 24) / 2
    for name, (m, n) in shapes.items():
        wide, high = length(n), length(m)
        look = "value-area" if name in "XY" else "box"
        picture.box(x, middle - high / 2, wide, high, look)
        picture.text(x + wide / 2, middle, name, font_style="italic", size=15)
        picture.text(x + wide / 2, height - 12, f"{m} × {n}", "quiet")
        x += wide + 13
        if name in between:
            picture.text(x, middle, between[name], size=15)
            x += 13
    return picture


def widths(network) -> Diagram:
    """Draw a network as columns, one for each width, as high as it has units.

    Args:
        network: a `Sequential`, or a network made of such.
    """
    linear = [one for one in parts(network) if isinstance(one, Linear)]
    sizes = [linear[0].in_features, *(one.out_features for one in linear)]
    high = 150 / max(sizes)
    gap = 320 / len(sizes)
    title = f"A network whose layers are {', '.join(map(str, sizes))} units wide."
    picture = Diagram(340, 200, title)
    for at, size in enumerate(sizes):
        x, y = 10 + gap * (at + 0.5), 85
        tall = max(2, high * size)
        picture.box(x - 6, y - tall / 2, 12, tall, "value-area")
        picture.text(x, 182, size)
        if at + 1 < len(sizes):
            other = max(2, high * sizes[at + 1])
            for side in (-1, 1):
                ends = (x + 6, y + side * tall / 2), (x + gap - 6, y + side * other / 2)
                picture.line(*ends, look="faint")
    return picture
