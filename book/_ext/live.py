"""The code of a page, for the reader to run: what `_static/live.js` and `_static/python` need.

Each code cell has its place, `cell-` and its id. The code of a page, hidden cells included, lies in
a file of its own, which is fetched when the reader asks for it.
"""

import json
from pathlib import Path

from docutils import nodes

RUN, WORK = "Run the code on this page", "Work on this exercise here"
ABOUT = "Starts Python in this page: about 10 MB to fetch, once."
BUTTON = (
    '\n<div class="nn-live"><button type="button" data-cells="{cells}">{run}</button> '
    '<span role="status">{about}</span></div>\n'
)
FOLDER = "_static/python/cells"
SKIPPED = {"remove-cell"}  # it brings nnlib to JupyterLite


def code_of(notebook):
    """Return the code cells of a notebook that a page may run."""
    return [
        {
            "id": cell["id"],
            "source": "".join(cell["source"]),
            "tags": cell["metadata"].get("tags", []),
            "needs": cell["metadata"].get("needs", ""),  # a package that no page has
            "alt": cell["metadata"].get("mystnb", {}).get("image", {}).get("alt", ""),
        }
        for cell in notebook["cells"]
        if cell["cell_type"] == "code" and not SKIPPED & {*cell["metadata"].get("tags", ())}
    ]


def keep_code(app, docname, source):
    """Keep the code of a page, as it is about to be read."""
    code = vars(app.env).setdefault("nnlib_code", {})
    code.pop(docname, None)
    if app.env.doc2path(docname).endswith(".ipynb"):
        notebook = json.loads(source[0])
        code[docname] = code_of(notebook)
        app.env.temp_data["nnlib_ids"] = [cell["id"] for cell in notebook["cells"]]


def place_cells(app, doctree):
    """Give each code cell its place, and the page its button."""
    ids = app.env.temp_data.get("nnlib_ids", ())
    for node in doctree.findall(nodes.container):
        if node.get("nb_element") == "cell_code":
            node["ids"].append(f"cell-{ids[node['cell_index']]}")


def file_of(docname):
    """Return the name of the file with the code of a page."""
    return f"{docname.replace('/', '-')}.json"


def add_button(app, pagename, templatename, context, doctree):
    """Put the button under the title of a page that has code."""
    if not vars(app.env).get("nnlib_code", {}).get(pagename):
        return
    text = WORK if pagename.startswith("book/exercises/") else RUN
    button = BUTTON.format(cells=file_of(pagename), run=text, about=ABOUT)
    head, title, rest = context["body"].partition("</h1>")
    context["body"] = f"{head}{title}{button}{rest}"


def write_code(app, exception):
    """Write the code of all pages."""
    if exception or app.builder.format != "html":
        return
    for docname, cells in vars(app.env).get("nnlib_code", {}).items():
        file = Path(app.outdir, FOLDER, file_of(docname))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(cells, ensure_ascii=False), encoding="utf-8")


def setup(app):
    """Register the steps; a page's source is kept after all that change it."""
    app.connect("source-read", keep_code, priority=900)
    app.connect("doctree-read", place_cells)
    app.connect("html-page-context", add_button)
    app.connect("build-finished", write_code)
    app.add_js_file("live.js", defer="")
    return {"parallel_read_safe": False, "parallel_write_safe": True}
