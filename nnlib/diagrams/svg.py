"""A small writer of SVG, for diagrams that stand within a page.

Such a drawing takes its colors from the page: text and lines are `currentColor`, and what has a
color of its own has a class besides, which the page's style sheet may set. It has no style of its
own, no script and no address, so that a page may take it in.
"""

from html import escape
from itertools import pairwise

import numpy as np

#: By what it means, how something is drawn where no style sheet says otherwise. The colors can be
#: read as text on white.
LOOKS = {
    "line": {"stroke": "currentColor", "fill": "none"},
    "box": {"stroke": "currentColor", "fill": "none"},
    "faint": {"stroke": "currentColor", "fill": "none", "opacity": 0.35},
    "text": {"fill": "currentColor"},
    "quiet": {"fill": "currentColor", "opacity": 0.75},
    "value": {"fill": "#0072B2"},  # of the forward pass
    "gradient": {"fill": "#B04A00"},  # of the backward pass
    "value-line": {"stroke": "#0072B2", "fill": "none"},
    "gradient-line": {"stroke": "#B04A00", "fill": "none"},
    "value-area": {"fill": "#0072B2", "fill-opacity": 0.15, "stroke": "#0072B2"},
    "shade": {"fill": "#0072B2", "fill-opacity": 0.08},
    "gradient-area": {"fill": "#B04A00", "fill-opacity": 0.15, "stroke": "#B04A00"},
    "claim-area": {"fill": "#009E73", "fill-opacity": 0.2},
    "positive-line": {"stroke": "#B2182B", "fill": "none"},  # of a weight; dashed below 0
    "negative-line": {"stroke": "#2166AC", "fill": "none", "stroke_dasharray": "4 2"},
    "positive": {"fill": "#B2182B"},
    "negative": {"fill": "#2166AC"},
}

#: Steps of gray in which the pixels of an image are drawn.
GRAYS = 15


def number(value, decimals=2) -> str:
    """Return a number as drawings and their texts show it: two decimals, and a real minus sign."""
    text = f"{value:.{decimals}f}"
    return text.replace("-", "−" if float(text) else "")


def index(at) -> str:
    """Return a number in small letters below the line, for x₁, x₂ and so on."""
    return str(at).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def place(value) -> str:
    """Return a length as a drawing holds it: what differs by rounding errors is drawn alike."""
    return f"{round(float(value), 2) + 0.0:g}"


def attributes(given) -> str:
    """Return attributes of an element; in names, _ stands for -."""
    lengths = float | np.floating  # of which float64 alone is a float
    texts = {
        name.rstrip("_").replace("_", "-"): place(value) if isinstance(value, lengths) else value
        for name, value in given.items()
        if value is not None
    }
    return "".join(f' {name}="{escape(str(text))}"' for name, text in texts.items())


class Diagram:
    """A drawing, which a notebook shows, and a page of the book takes in.

    Lengths are in pixels of a page; 12 of them are the height of the text. The origin is at the
    top left, and y grows downwards.

    Args:
        width, height: of the drawing. What is wider than 340 is scrolled on a phone.
        title: all that it shows, in words, for those who do not see it.
    """

    SIZE = 12

    def __init__(self, width, height, title):
        self.width, self.height, self.title = round(width), round(height), title
        self._parts = []

    def add(self, tag, look=None, text=None, **given):
        """Draw an SVG element, by what it means (`LOOKS`) and its attributes."""
        if look:
            given = {"class_": f"nn-{look}", **LOOKS[look], **given}
        inside = "" if text is None else escape(str(text), quote=False)
        end = f">{inside}</{tag}>" if inside else "/>"
        self._parts.append(f"<{tag}{attributes(given)}{end}")

    def text(self, x, y, text, look="text", anchor="middle", size=None, **given):
        """Write a text whose middle is at the height y; `anchor` is start, middle or end."""
        size = size or self.SIZE
        self.add("text", look, text, x=float(x), y=float(y + 0.35 * size), text_anchor=anchor,
                 font_size=size, **given)  # fmt: skip

    def line(self, *points, look="line", arrow=False, width=1.0, **given):
        """Draw a line through points (x, y), with an arrow's head at the end if wanted."""
        path = "M" + "L".join(f"{place(x)} {place(y)}" for x, y in points)
        if arrow:
            (x0, y0), (x1, y1) = points[-2:]
            along = np.array([x1 - x0, y1 - y0]) / np.hypot(x1 - x0, y1 - y0)
            across = np.array([-along[1], along[0]])
            for side in (-1, 1):
                x, y = (x1, y1) - 6 * along + 3 * side * across
                path += f"M{place(x1)} {place(y1)}L{place(x)} {place(y)}"
        self.add("path", look, d=path, stroke_width=width, **given)

    def box(self, x, y, width, height, look="box", **given):
        """Draw a rectangle, from its corner at the top left."""
        self.add("rect", look, x=float(x), y=float(y), width=float(width), height=float(height),
                 **given)  # fmt: skip

    def area(self, *corners, look="shade"):
        """Fill what lies between corners (x, y)."""
        path = "M" + "L".join(f"{place(x)} {place(y)}" for x, y in corners)
        self.add("path", look, d=f"{path}z")

    def circle(self, x, y, radius, look="box", **given):
        """Draw a circle around (x, y)."""
        self.add("circle", look, cx=float(x), cy=float(y), r=float(radius), **given)

    def bar(self, x, y, length, thickness, look="value-area"):
        """Draw a bar from the height y: `length` upwards, or downwards if it is below 0."""
        self.box(x, y - max(length, 0), thickness, abs(length), look)

    def row(self, x, y, length, thickness, look="value-area"):
        """Draw a bar around the height y from x: `length` to the right, or to the left below 0."""
        self.box(x + min(length, 0), y - thickness / 2, abs(length), thickness, look)

    def brace(self, left, right, y, text, look="text"):
        """Draw a brace over what lies below y, with its name."""
        middle = (left + right) / 2
        ends = (left, y + 6), (left, y), (right, y), (right, y + 6)
        self.line(*ends, look="faint")
        self.line((middle, y), (middle, y - 4), look="faint")
        self.text(middle, y - 12, text, look)

    def image(self, x, y, size, pixels):
        """Draw a square image, given as numbers from 0 (nothing) to 1 (the color of text)."""
        pixels = np.ravel(pixels)
        side = round(np.sqrt(pixels.size))
        levels = np.rint(GRAYS * np.clip(pixels, 0, 1)).astype(int).reshape(side, side)
        where = f"translate({place(x)} {place(y)}) scale({size / side:.5g})"
        look = {"transform": where, "fill": "currentColor", "shape-rendering": "crispEdges"}
        self._parts.append(f"<g{attributes(look)}>")
        for level in range(1, GRAYS + 1):
            path = "".join(
                f"M{start} {row}h{end - start}v1h{start - end}z"
                for row, line in enumerate(levels)
                for start, end in runs(line == level)
            )
            if path:
                self.add("path", d=path, fill_opacity=round(level / GRAYS, 3))
        self._parts.append("</g>")
        self.box(x, y, size, size, look="faint")

    def funnel(self, sizes, ends, middle, tall):
        """Draw columns with their sizes, heights to scale, the highest `tall`."""
        places, high = np.linspace(*ends, len(sizes)), tall / max(sizes)
        halves = [max(1.5, high * size / 2) for size in sizes]
        for (x, half), (after, other) in pairwise(zip(places, halves, strict=True)):
            corners = (x + 4, middle - half), (after - 4, middle - other)
            below = (after - 4, middle + other), (x + 4, middle + half)
            self.area(*corners, *below)
        for x, half, size in zip(places, halves, sizes, strict=True):
            self.box(x - 4, middle - half, 8, 2 * half, "value-area", rx=1.5)
            self.text(x, middle - half - 9, size, size=11)

    def svg(self) -> str:
        """Return the drawing as SVG."""
        size = {"viewBox": f"0 0 {self.width} {self.height}", "width": self.width,
                "height": self.height}  # fmt: skip
        given = {"xmlns": "http://www.w3.org/2000/svg", "class": "nn-diagram", "role": "img",
                 **size, "font-family": "sans-serif"}  # fmt: skip
        title = f"<title>{escape(self.title, quote=False)}</title>"
        return "\n".join((f"<svg{attributes(given)}>", title, *self._parts, "</svg>"))

    def _repr_mimebundle_(self, **kwargs):
        # JupyterLab shows SVG as a picture of its own, whose text is black.
        return (
            {"image/svg+xml": self.svg(), "text/plain": self.title},
            {"image/svg+xml": {"needs_background": "light"}},
        )


def runs(line):
    """Yield where each run of True in a line begins and ends."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], line.astype(int), [0]))))
    yield from edges.reshape(-1, 2).tolist()
