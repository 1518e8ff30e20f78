"""What a notebook's outputs may put on a page: text, Markdown, pictures, and our own widgets.

An output is data, however it was made (for drawings, see `diagrams.py`). HTML could bring scripts,
forms and links of its own, so it is never passed on: where an output offers plain text or a picture
besides, that is shown (`nb_mime_priority_overrides` in `_config.yml`), and HTML within Markdown is
a warning, and so fails the build. The policy of the page (`csp.py`) would stop what comes past
this.
"""

import re

from docutils import nodes
from sphinx.util import logging

logger = logging.getLogger(__name__)

#: How MyST-NB marks the place of a widget. Its id is JSON in which "<" cannot occur.
VIEW = re.compile(r'<script type="application/vnd\.jupyter\.widget-view\+json">[^<]*</script>')


def inside_output(node):
    """Whether a node is part of an output."""
    while node := node.parent:
        if isinstance(node, nodes.Element) and "cell_output" in node["classes"]:
            return True
    return False


def refuse_html(app, doctree, page):
    """Show HTML from outputs as the text that it is, and warn of it."""
    for node in list(doctree.findall(nodes.raw)):
        if inside_output(node) and not VIEW.fullmatch(node.astext()):
            text = node.astext()
            logger.warning(
                "An output holds HTML, which no page of this book takes from an output: %r. "
                "Let the cell print text, Markdown or a picture.",
                text if len(text) < 80 else f"{text[:77]}...",
                location=node,
            )
            inline = isinstance(node.parent, nodes.TextElement)
            node.replace_self((nodes.literal if inline else nodes.literal_block)(text, text))


def setup(app):
    """Register the step."""
    app.connect("doctree-resolved", refuse_html)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
