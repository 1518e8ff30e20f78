"""Widgets that live on the built page: their code, weights and digits become files beside it.

MyST-NB writes what a widget's traits are into its page; `book/_static/widgets.js` draws it from
there. The rest is written here, once for all pages, under names that change with the content: the
script of each kind of widget, out of `nnlib.widgets` and not out of the notebook, and the assets.
Each page is told the names of the files that it needs.
"""

import base64
import hashlib
import json
from pathlib import Path

from sphinx.util import logging

from nnlib import widgets
from nnlib.widgets import assets, base

logger = logging.getLogger(__name__)

#: The widgets of the library by the names that notebooks store.
KINDS = {
    f"{kind.__module__}.{kind.__name__}": kind
    for kind in (getattr(widgets, name) for name in widgets.__all__)
}

#: What a notebook stores of a widget besides its traits, for JupyterLab: code, style and settings.
STORED = {"_assets", "_css", "_dom_classes", "_esm", "tabbable", "tooltip"}
STORED |= {f"_{half}_{what}" for half in ("model", "view") for what in ("module", "name")}
STORED |= {"_model_module_version", "_view_module_version", "_view_count"}


def attributes_of(env, page):
    """Return the attributes of the script with the states of a page's widgets, or none."""
    scripts = env.nb_metadata.get(page, {}).get("js_files", {})
    return scripts.get("ipywidgets_state", (None, {}))[1]


def keep_traits(app, doctree):
    """Leave the names and the traits of our own widgets in a page that was read, and no code."""
    page = app.env.docname
    attributes = attributes_of(app.env, page)
    if not attributes:
        return
    kept = {}
    for name, widget in json.loads(attributes["body"])["state"].items():
        kind = widget["state"].get("_anywidget_id")
        if kind in KINDS:
            traits = {key: widget["state"][key] for key in widget["state"].keys() - STORED}
            kept[name] = {"state": dict(sorted(traits.items()))}
        else:
            logger.warning(
                "The notebook stores a widget of the kind %r, but pages only run those of "
                "nnlib.widgets: %s. Take it out, or run `make refresh`.",
                kind or widget.get("model_name"),
                ", ".join(sorted(KINDS)),
                location=page,
            )
    attributes["body"] = json.dumps({"state": kept}).replace("<", r"\u003c")


def wanted(env, page):
    """Return the kinds of widgets on a page, and the assets that they may ask for."""
    attributes = attributes_of(env, page)
    states = json.loads(attributes["body"])["state"].values() if attributes else ()
    kinds = {one["state"]["_anywidget_id"] for one in states}
    defaults = [KINDS[kind].class_traits()["_assets"].default() for kind in kinds]
    return kinds, set().union(*defaults)


def script(name):
    """Return the module of a widget as a script that hands it over.

    A page that was opened from a file may run a script, but may not import a module.
    """
    before, _, module = KINDS[name]._esm.partition("export default ")
    before = before.replace("\nexport ", "\n")
    return (
        f"nnlibHere({json.dumps(name)}, (() => {{\n"
        f'"use strict";\n{before}return {module.rstrip().rstrip(";")};\n}})());\n'
    )


def write(folder, name, content, suffix=""):
    """Write a file under a name that changes with its content; return that name."""
    file = f"{name.replace('/', '-')}.{hashlib.sha256(content).hexdigest()[:10]}{suffix}"
    (folder / file).write_bytes(content)
    return file


def write_asset(folder, name):
    """Write an asset, and beside it a script that hands it over, for pages opened from a file."""
    content = assets.load(name)
    file = write(folder, name, content)
    text = f"nnlibHere({json.dumps(name)},{json.dumps(base64.b64encode(content).decode())})\n"
    (folder / f"{file}.js").write_text(text, encoding="ascii")
    return file


def write_all(app, env):
    """Write the style of the widgets, and the scripts and the assets of those on all pages."""
    if app.builder.format != "html":
        return
    static = Path(app.outdir, "_static")
    for folder in ("assets", "widgets"):
        (static / folder).mkdir(parents=True, exist_ok=True)
    (static / "widgets.css").write_text(base.Widget._css, encoding="utf-8")
    found = [wanted(env, page) for page in env.found_docs]
    app.widget_files = {
        name: write(static / "widgets", name, script(name).encode(), ".js")
        for name in sorted(set().union(*(kinds for kinds, _ in found)))
    } | {
        name: write_asset(static / "assets", name)
        for name in sorted(set().union(*(names for _, names in found)))
    }


def tell(app, pagename, templatename, context, doctree):
    """Tell a page where the files of its widgets are."""
    kinds, names = wanted(app.env, pagename)
    if kinds:
        files = json.dumps({name: app.widget_files[name] for name in sorted(kinds | names)})
        app.add_js_file(None, body=files, type="application/vnd.nnlib.files+json")


def without_thebe(app):
    """Stop what Jupyter Book brings along for running code through a third party.

    It cannot be switched off, and declares a constant twice: an error on the console of each page.
    """
    for event, listeners in app.events.listeners.items():
        kept = [one for one in listeners if one.handler.__module__ != "sphinx_thebe"]
        app.events.listeners[event] = kept


def setup(app):
    """Register the steps, and the style, after that of the theme and of the book."""
    app.connect("builder-inited", without_thebe)
    app.connect("doctree-read", keep_traits)
    app.connect("env-updated", write_all)
    app.connect("html-page-context", tell)
    app.add_css_file("widgets.css", priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
