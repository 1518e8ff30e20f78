"""A small writer of SVG, for diagrams that stand within a page.

Such a drawing takes its colors from the page: text and lines are `currentColor`, and what has a
color of its own has a class besides, which the page's style sheet may set. It has no style of its
own, no script and no address, so that a page may take it in.
"""

from html import escape

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
    "gradient-area": {"fill": "#B04A00", "fill-opacity": 0.15, "stroke": "#B04A00"},
    "claim-area": {"fill": "#009E73", "fill-opacity": 0.2},
}

#: Steps of grey in which the pixels of an image are drawn.
GREYS = 15


def number(value) -> str:
    """Return a number as drawings and their texts show it: two decimals, and a real minus sign."""
    text = f"{value:.2f}"
    return text.replace("-", "−") if float(text) else "0.00"


def attributes(given) -> str:
    """Return attributes of an element; in names, _ stands for -."""
    texts = {
        name.rstrip("_").replace("_", "-"): f"{value:g}" if isinstance(value, float) else value
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
        path = "M" + "L".join(f"{x:.5g} {y:.5g}" for x, y in points)
        if arrow:
            (x0, y0), (x1, y1) = points[-2:]
            along = np.array([x1 - x0, y1 - y0]) / np.hypot(x1 - x0, y1 - y0)
            across = np.array([-along[1], along[0]])
            for side in (-1, 1):
                x, y = (x1, y1) - 6 * along + 3 * side * across
                path += f"M{x1:.5g} {y1:.5g}L{x:.5g} {y:.5g}"
        self.add("path", look, d=path, stroke_width=width, **given)

    def box(self, x, y, width, height, look="box", **given):
        """Draw a rectangle, from its corner at the top left."""
        self.add("rect", look, x=float(x), y=float(y), width=float(width), height=float(height),
                 **given)  # fmt: skip

    def circle(self, x, y, radius, look="box", **given):
        """Draw a circle around (x, y)."""
        self.add("circle", look, cx=float(x), cy=float(y), r=float(radius), **given)

    def image(self, x, y, size, pixels):
        """Draw a square image, given as numbers from 0 (nothing) to 1 (the color of text)."""
        pixels = np.ravel(pixels)
        side = round(np.sqrt(pixels.size))
        levels = np.rint(GREYS * np.clip(pixels, 0, 1)).astype(int).reshape(side, side)
        place = f"translate({x:g} {y:g}) scale({size / side:.5g})"
        look = {"transform": place, "fill": "currentColor", "shape-rendering": "crispEdges"}
        self._parts.append(f"<g{attributes(look)}>")
        for level in range(1, GREYS + 1):
            path = "".join(
                f"M{start} {row}h{end - start}v1h{start - end}z"
                for row, line in enumerate(levels)
                for start, end in runs(line == level)
            )
            if path:
                self.add("path", d=path, fill_opacity=round(level / GREYS, 3))
        self._parts.append("</g>")
        self.box(x, y, size, size, look="faint")

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
