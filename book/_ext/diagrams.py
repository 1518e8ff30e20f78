"""Diagrams on pages: those that a notebook's cells have drawn, and those that a page asks for.

A drawing stands within its page, not in a file of its own, so that it follows the theme and its
text can be selected. What an output holds is data, however it was made: of SVG, a page takes the
elements and attributes that `nnlib.diagrams` writes, and refuses a drawing that has others.

    ```{diagram} maps.library
    :name: fig-library
    The parts of the library. An arrow leads from a file to what it imports.
    ```

draws what `nnlib.diagrams.maps.library()` returns, with a caption.
"""

from importlib import import_module
from pathlib import Path
from xml.etree import ElementTree

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

ElementTree.register_namespace("", "http://www.w3.org/2000/svg")
logger = logging.getLogger(__name__)

SVG = "http://www.w3.org/2000/svg"
ELEMENTS = {"svg", "title", "g", "path", "rect", "circle", "text", "tspan"}
ATTRIBUTES = {
    "class", "role", "viewBox", "width", "height", "font-family", "font-size", "font-style",
    "font-weight", "text-anchor", "transform", "d", "x", "y", "dx", "dy", "cx", "cy", "r", "rx",
    "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "opacity",
    "shape-rendering",
}  # fmt: skip


def checked(svg):
    """Return a drawing, written anew from what it holds, so that browsers read it as we do.

    Raises:
        ValueError: it is no XML, or holds what no page takes.
    """
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError as error:
        raise ValueError(f"is no SVG ({error})") from None
    for element in root.iter():
        space, _, name = element.tag.rpartition("}")
        if space != f"{{{SVG}" or name not in ELEMENTS:
            raise ValueError(f"holds <{name}>")
        for name, value in element.attrib.items():
            if name not in ATTRIBUTES or "url(" in value:
                raise ValueError(f"holds {name}={value!r}")
    return ElementTree.tostring(root, encoding="unicode")


class Drawing(nodes.General, nodes.Element):
    """A drawing within its page; its `svg` has been checked."""


def visit_drawing(writer, node):
    """Write a drawing; what is too wide for its page can be scrolled, by keyboard, too."""
    writer.body.append('<div class="nn-drawing" tabindex="0" role="group" aria-label="Diagram">')
    writer.body.append(f"{node['svg']}</div>")
    raise nodes.SkipNode


def take_in(app, doctree):
    """Put the drawings among a page's outputs into the page itself."""
    for image in list(doctree.findall(nodes.image)):
        path = Path(app.srcdir, image["uri"])
        if path.suffix == ".svg" and "jupyter_execute" in path.parts:
            svg = path.read_text(encoding="utf-8")
            try:
                image.replace_self(Drawing(svg=checked(svg)))
            except ValueError as error:
                logger.warning("An output's drawing %s, which no page takes.", str(error)[:99],
                               location=image)  # fmt: skip
                image.replace_self(nodes.literal_block(svg, svg))


class DiagramDirective(SphinxDirective):
    """Draw a diagram that needs no argument."""

    required_arguments = 1
    has_content = True
    option_spec = {"name": directives.unchanged}  # noqa: RUF012 - as docutils has it

    def run(self):
        module, _, name = self.arguments[0].rpartition(".")
        picture = getattr(import_module(f"nnlib.diagrams.{module}"), name)()
        figure = nodes.figure("", Drawing(svg=checked(picture.svg())))
        self.set_source_info(figure)
        if self.content:
            text, _ = self.parse_inline("\n".join(self.content))
            figure += nodes.caption("", "", *text)
        self.add_name(figure)
        return [figure]


def setup(app):
    """Register the directive, and what takes drawings in."""
    app.add_node(Drawing, html=(visit_drawing, None))
    app.add_directive("diagram", DiagramDirective)
    app.connect("doctree-read", take_in)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
