"""Mathematics that needs no script: LaTeX becomes MathML when the book is built.

Every current browser draws MathML by itself, so pages work with the network off, and at once. The
translation is docutils's own. What it cannot read is a warning, and so fails the build.
"""

from docutils.nodes import SkipNode
from docutils.utils.math import MathError, latex2mathml
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

logger = logging.getLogger(__name__)

#: A box that the theme lets the keyboard reach while it is too narrow for what is in it.
SCROLLS = "pst-scrollable-table-container"


def mathml(node, as_block=False):
    """Return the formula of a node as MathML."""
    try:
        return str(latex2mathml.tex2mathml(node.astext().strip(), as_block=as_block))
    except MathError as error:
        logger.warning("cannot translate %r: %s", node.astext(), error, location=node)
        return ""


def visit_inline(writer, node):
    """Write a formula within a line, in place of the node's children."""
    writer.body.append(mathml(node))
    raise SkipNode


def visit_block(writer, node):
    """Write a formula on lines of its own, and its number where it has one."""
    number = f"({get_node_equation_number(writer, node)})" if node["number"] else ""
    formula = mathml(node, as_block=True)
    box = writer.starttag(node, "div", CLASS=f"formula {SCROLLS}")
    writer.body += [box, formula, number, "</div>\n"]
    raise SkipNode


def setup(app):
    """Register the renderer under the name that `html_math_renderer` chooses."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
