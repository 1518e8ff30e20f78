"""Sizes to scale: the layers of networks, and what a training step has in the memory."""

from nnlib.diagrams.svg import Diagram

# What drawings say, for those who translate them.
PARAMETERS, LAYERS = "{:,} parameters", "{} layers"
CORE, CACHE, MEMORY = "core", "cache", "memory"
UNITS = {"MB": 1e6, "KB": 1e3}


def funnels(networks) -> Diagram:
    """Draw autoencoders with the widths of their layers to scale, and count their parameters.

    Args:
        networks: by the name of a column, one or two lists, each of the `AutoEncoder` that a row
            shows; those side by side have as many layers.
    """
    said = []
    rows = len(next(iter(networks.values())))
    picture = Diagram(340, 10 + 146 * rows, "")
    for column, (name, of_name) in enumerate(networks.items()):
        left = 4 + 170 * column
        picture.text(left + 80, 10, name, font_weight="bold")
        for row, network in enumerate(of_name):
            sizes = network.widths + network.widths[-2::-1]
            count = sum(value.size for value in network.params.values())
            shape = "-".join(map(str, network.widths))
            said.append(f"{name}, {2 * network.steps} layers: {shape}, {count:,} parameters")
            middle, gap = 78 + 146 * row, 150 / (len(sizes) - 1)
            places = [left + 5 + gap * at for at in range(len(sizes))]
            halves = [50 * size / max(sizes) for size in sizes]
            for side in (-1, 1):
                line = [(x, middle + side * half) for x, half in zip(places, halves, strict=True)]
                picture.line(*line, look="faint")
            for x, half in zip(places, halves, strict=True):
                picture.box(x - 2.5, middle - half, 5, 2 * half, "value-area")
            picture.text(left + 80, middle - 40, LAYERS.format(2 * network.steps), "quiet", size=11)
            picture.text(left + 80, middle + 62, PARAMETERS.format(count), size=11)
    picture.title = f"Layers of autoencoders to scale. {'. '.join(said)}."
    return picture


def memory(arrays) -> Diagram:
    """Draw a core, its cache and the memory, and arrays as squares that hold their bytes to scale.

    Args:
        arrays: by name, from the smallest to the largest, arrays, (n, d), or lists of arrays.
    """
    sizes = {name: sum(part.nbytes for part in array) for name, array in arrays.items()}
    told = {name: _in_units(size) for name, size in sizes.items()}
    said = ", ".join(f"{name} {size}" for name, size in told.items())
    title = "Numbers come from the memory to the cache slowly, from there to the core fast. "
    title += f"The bytes of some arrays, to scale: {said}."
    largest = max(sizes.values())
    sides = {name: max(1.5, 120 * (size / largest) ** 0.5) for name, size in sizes.items()}
    below = 20 + sum(max(22, side + 10) for side in sides.values())
    picture = Diagram(340, 86 + below, title)
    # The nearer to the core, the smaller and the faster.
    for name, x, wide, high in ((MEMORY, 4, 116, 68), (CACHE, 176, 52, 44), (CORE, 292, 44, 30)):
        picture.box(x, 40 - high / 2, wide, high, "value-area" if name == CACHE else "box", rx=4)
        picture.text(x + wide / 2, 40, name)
    picture.line((120, 40), (174, 40), arrow=True)
    for shift in (-8, 0, 8):
        picture.line((228, 40 + shift), (290, 40 + shift), arrow=True)
    y = 96.0
    for name, side in sides.items():
        picture.box(4, y, side, side, "gradient-area")
        middle = y + max(side, 12) / 2
        picture.text(140, middle, name, anchor="start")
        # A number stands within its square, or beside it if that is small.
        place = (4 + side / 2, "middle") if side > 60 else (132, "end")
        picture.text(place[0], middle, told[name], "quiet", place[1], 11)
        y += max(22, side + 10)
    return picture


def _in_units(size: int) -> str:
    """Return a number of bytes in the unit that makes it short, of 1,000 or 1,000,000 bytes."""
    unit, scale = next((item for item in UNITS.items() if size >= item[1]), ("bytes", 1))
    return f"{size / scale:.3g} {unit}"
