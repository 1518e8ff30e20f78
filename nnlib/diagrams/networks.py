"""Units, layers and networks, with their own numbers."""

import numpy as np

from nnlib.diagrams.svg import Diagram, index, number
from nnlib.linear import Linear
from nnlib.losses import MSELoss
from nnlib.sequential import parts

# What the drawings say, in one place.
ENCODER, CODE, DECODER = "encoder", "latent code", "decoder"
IMAGE, RECONSTRUCTION, ERROR = "image", "reconstruction", "loss: compare, MSE"
UNIT = "input", "weight", "sum", "activation", "output"
FORWARD, BACKWARD = "forward: Y = X W + b", "backward, with G = ∂L/∂Y"


def columns(network) -> list[int]:
    """Return the number of inputs of a network, and how many units each linear layer has."""
    linear = [one for one in parts(network) if isinstance(one, Linear)]
    return [linear[0].in_features, *(one.out_features for one in linear)]


def _sign(value, part="-line") -> str:
    """Return the look of what is above 0 or below."""
    return f"{'positive' if value >= 0 else 'negative'}{part}"


def unit(layer, x, activation) -> Diagram:
    """Draw the first unit of a layer: weighted sum of its inputs, bias, and activation.

    Args:
        layer: a `Linear`, of at most six inputs.
        x: one row of inputs, (1, in_features).
        activation: an `Activation`, such as `TanH()`.
    """
    weight, bias = layer.params["weight"][:, 0], layer.params["bias"][0]
    z, y = layer.forward(x)[0, 0], activation.forward(layer.forward(x))[0, 0]
    name, height = type(activation).__name__, 46 * len(weight) + 52
    inputs = ", ".join(
        f"{number(value)} times the weight {number(w)}"
        for value, w in zip(x[0], weight, strict=True)
    )
    picture = Diagram(
        340,
        height,
        f"A unit. It adds up its inputs, {inputs}, and the bias {number(bias)}. "
        f"{name} of the sum, {number(z)}, is the output, {number(y)}.",
    )
    middle = 46 * len(weight) / 2
    for at, (value, w) in enumerate(zip(x[0], weight, strict=True)):
        y_input = 46 * (at + 0.5)
        picture.text(0, y_input, f"x{index(at + 1)}", anchor="start", font_style="italic")
        picture.text(52, y_input, number(value), "value", anchor="end")
        picture.text(58, y_input, "·", size=15)
        picture.text(101, y_input, number(w), _sign(w, ""), anchor="end")
        start, end = np.array([108, y_input]), np.array([178, middle])
        along = (end - start) / np.hypot(*(end - start))
        picture.line(start, end - 22 * along, look=_sign(w), width=1 + min(2, abs(w)), arrow=True)
    picture.circle(178, middle, 20)
    picture.text(178, middle, "Σ + b")
    picture.line((178, 2 * middle + 5), (178, middle + 22), arrow=True)
    picture.text(178, 2 * middle + 14, f"b = {number(bias)}")
    picture.line((198, middle), (235, middle), arrow=True)
    picture.text(215, middle - 11, number(z), "value")
    picture.box(237, middle - 15, 48, 30, rx=6)
    picture.text(261, middle, name)
    picture.line((285, middle), (303, middle), arrow=True)
    picture.text(306, middle, number(y), "value", anchor="start", font_weight="bold")
    for at, what in enumerate(UNIT):
        picture.text((30, 86, 178, 261, 321)[at], 2 * middle + 40, what, "quiet", size=11)
    return picture


def pixel_unit(layer, image, count=10) -> Diagram:
    """Draw a unit that looks at an image, with the pixels that raise or lower its output most.

    Args:
        layer: a `Linear` of one output, whose inputs are the pixels of a square image.
        image: its pixels, from 0 to 1, (in_features,).
        count: how many pixels are joined to the unit: one half by red lines, which raise the
            output most, the other by dashed blue lines, which lower it most.
    """
    weight, bias = layer.params["weight"][:, 0], layer.params["bias"][0]
    terms, side = weight * image, round(np.sqrt(len(weight)))
    output = layer.forward(image[None])[0, 0]
    order = np.argsort(terms, kind="stable")
    strongest = [*order[: count // 2], *order[len(order) - count // 2 :]]
    shown, rest = terms[strongest].sum(), terms.sum() - terms[strongest].sum()
    picture = Diagram(
        340,
        196,
        f"A unit with a weight for each of {len(weight)} pixels, {count} of them joined to it. "
        f"Their products of weight and intensity add up to {number(shown)}, those of all others to "
        f"{number(rest)}, and the bias is {number(bias)}. The output is {number(output)}.",
    )
    size = 140
    picture.image(8, 16, size, image)
    for one in strongest:
        row, column = divmod(int(one), side)
        x, y = 8 + size * (column + 0.5) / side, 16 + size * (row + 0.5) / side
        toward = np.array([x - 240, y - 86]) / np.hypot(x - 240, y - 86)
        thick = 0.5 + 1.5 * abs(terms[one]) / abs(terms).max()
        picture.line((x, y), (240, 86) + 21 * toward, look=_sign(terms[one]), width=thick)
        picture.circle(x, y, 2, _sign(terms[one], ""))
    picture.circle(240, 86, 20)
    picture.text(240, 86, "Σ + b")
    picture.line((260, 86), (292, 86), arrow=True)
    picture.text(315, 86, number(output), "value", size=15, font_weight="bold")
    picture.text(315, 105, "output", "quiet")
    lines = ((f"{count} pixels", shown), ("all others", rest), ("bias b", bias))
    for at, (what, value) in enumerate(lines):
        picture.text(272, 136 + 17 * at, what, "quiet", anchor="end")
        picture.text(332, 136 + 17 * at, number(value), _sign(value, ""), anchor="end")
    picture.text(78, 172, f"{side} × {side} pixels", "quiet")
    return picture


def layer_shapes(layer, rows="n", backward=False) -> Diagram:
    """Draw a linear layer as matrices: Y = X W + b, with the shape of each.

    Args:
        layer: a `Linear`.
        rows: how many inputs there are, a number or a letter for any.
        backward: also draw the gradients, ∂L/∂W = Xᵀ G and ∂L/∂X = G Wᵀ.
    """
    before, after = layer.in_features, layer.out_features
    x, w, y = (rows, before), (before, after), (rows, after)
    equations = [(("X", x), "·", ("W", w), "+", ("b", (1, after)), "=", ("Y", y))]
    if backward:
        equations += [
            (("Xᵀ", x[::-1]), "·", ("G", y), "=", ("∂L/∂W", w)),
            (("G", y), "·", ("Wᵀ", w[::-1]), "=", ("∂L/∂X", x)),
        ]
    said = "; ".join(
        " ".join(part if isinstance(part, str) else f"{part[0]} ({part[1][0]} by {part[1][1]})"
                 for part in one)
        for one in equations
    )  # fmt: skip
    heights = [max(_length(part[1][0]) for part in one[::2]) + 58 for one in equations]
    picture = Diagram(340, sum(heights), f"A linear layer as matrices: {said}.")
    top = 0
    for at, (equation, height) in enumerate(zip(equations, heights, strict=True)):
        if at < 2:
            picture.text(8, top + 10, (FORWARD, BACKWARD)[at], "quiet", anchor="start")
        middle = top + 24 + (height - 58) / 2
        _matrices(picture, equation, middle, "gradient-area" if at else "value-area")
        top += height
    return picture


def _matrices(picture, equation, middle, look):
    """Draw matrices, as (name, shape), and the signs between them; G and gradients are orange."""
    wide = [_length(part[1][1]) if isinstance(part, tuple) else 30 for part in equation]
    outside = 46 if equation[-1][0][0] == "∂" else 0
    x, foot = (
        (340 - sum(wide) - outside) / 2,
        middle + max(_length(one[1][0]) for one in equation[::2]) / 2,
    )
    for part, width in zip(equation, wide, strict=True):
        if isinstance(part, str):
            picture.text(x + width / 2, middle, part, size=15)
        else:
            name, (m, n) = part
            own = look if name[0] in "YG∂" else "value-area" if name[0] == "X" else "box"
            picture.box(x, middle - _length(m) / 2, width, _length(m), own, rx=2)
            beside = {"x": x + width + 6, "anchor": "start"}  # for a name that may be too wide
            where = beside if name[0] == "∂" else {"x": x + width / 2}
            picture.text(y=middle, text=name, font_style="italic", size=14, **where)
            picture.text(x + width / 2, foot + 13, f"{m} × {n}", "quiet", size=11)
        x += width


def _length(size) -> float:
    """Return the side of a matrix in a drawing: of 784 columns, room for 1 must be left."""
    return 22 + 5.5 * np.log2(size) if isinstance(size, int) else 48


def widths(network) -> Diagram:
    """Draw a network as columns, one for each width, as high as it has units.

    Args:
        network: a `Sequential`, or a network made of such.
    """
    sizes = columns(network)
    title = f"A network whose layers are {', '.join(map(str, sizes))} units wide."
    picture = Diagram(340, 200, title)
    picture.funnel(sizes, (24, 316), 106, 170)
    return picture


def hourglass(network, image) -> Diagram:
    """Draw an autoencoder between an image and its reconstruction, with its latent code.

    Args:
        network: an `AutoEncoder` of square images.
        image: the pixels of one, from 0 to 1, (input_dim,).
    """
    code = network.encode(image[None])[0]
    output = network.decode(code[None])[0]
    error = number(MSELoss().forward(output[None], image[None]), 3)
    sizes = columns(network)
    picture = Diagram(
        340,
        316,
        f"An autoencoder. An image of {sizes[0]} pixels passes through layers of "
        f"{', '.join(map(str, sizes[1:-1]))} units and becomes {sizes[-1]} pixels again. "
        f"The {len(code)} latent values are {', '.join(map(number, code))}. "
        f"The mean squared error of the reconstruction is {error}.",
    )
    middle, ends = 120, (90, 250)
    for x, pixels, name in ((4, image, IMAGE), (268, output, RECONSTRUCTION)):
        picture.image(x, middle - 33, 66, pixels)
        picture.text(x + 33, middle + 46, name, size=11)
    picture.funnel(sizes, ends, middle, 142)
    picture.brace(84, 164, 22, ENCODER)
    picture.brace(176, 256, 22, DECODER)

    # The latent values, seen as through a lens.
    zero, wide = 236, 160 / len(code)
    for side in (-1, 1):
        picture.line((170 + 4 * side, middle + 3), (170 + 80 * side, zero - 27), look="faint")
    for at, value in enumerate(code):
        x = 90 + wide * at
        picture.bar(
            x + 0.15 * wide, zero, 25 * value / max(1, abs(code).max()), 0.7 * wide, "value"
        )
    picture.line((90, zero), (250, zero))
    picture.text(170, zero + 38, f"{CODE}: {len(code)} values")

    picture.line((301, middle + 58), (301, 300), (256, 300), look="gradient-line")
    picture.line((84, 300), (37, 300), (37, middle + 58), look="gradient-line", arrow=True)
    picture.text(170, 300, f"{ERROR} {error}", "gradient")
    return picture
