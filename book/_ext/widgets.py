"""Widgets that live on the built page: their code, weights and digits become files beside it.

MyST-NB writes what a widget's traits are into its page; `book/_static/widgets.js` draws it from
there. The rest is written here, once for all pages, under names that change with the content: the
script of each kind of widget, out of `nnlib.widgets` and not out of the notebook, and the assets.
Each page is told the names of the files that it needs.
"""

import base64
import hashlib
import json
import re
from html import escape
from pathlib import Path

import stills
from docutils import nodes
from sphinx.util import logging

from nnlib import widgets
from nnlib.widgets import assets, base

logger = logging.getLogger(__name__)

#: How MyST-NB marks the place of a widget, and what stands there until its script has come.
VIEW = re.compile(r'<script type="application/vnd\.jupyter\.widget-view\+json">([^<]*)</script>')
PLACE = """\
<div class="nn-widget" data-model="{model}"><div class="nn-still">{still}</div>
<p class="nn-note">This is a still picture. The figure itself can be changed. It needs JavaScript: \
if that is on, reload the page.</p></div>
"""
HOME = "{stills}"  # where their pictures are, as seen from a page

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


def states_of(env, page):
    """Return the traits of the widgets on a page, by their names."""
    attributes = attributes_of(env, page)
    states = json.loads(attributes["body"])["state"] if attributes else {}
    return {name: one["state"] for name, one in states.items()}


def wanted(env, page):
    """Return the kinds of widgets on a page, and the assets that they may ask for."""
    kinds = {one["_anywidget_id"] for one in states_of(env, page).values()}
    defaults = [KINDS[kind].class_traits()["_assets"].default() for kind in kinds]
    return kinds, set().union(*defaults)


def script(name):
    """Return the module of a widget as a script that hands it over.

    A page that was opened from a file may run a script, but may not import a module.
    """
    before, _, module = KINDS[name]._esm.partition("export default ")
    before = before.replace("\nexport ", "\n")
    return (
        f"nnlibRegister({json.dumps(name)}, (() => {{\n"
        f'"use strict";\n{before}return {module.rstrip().rstrip(";")};\n}})());\n'
    )


def write(folder, name, content, suffix=""):
    """Write a file under a name that changes with its content; return that name."""
    file = f"{name.replace('/', '-')}.{hashlib.sha256(content).hexdigest()[:10]}{suffix}"
    (folder / file).write_bytes(content)
    return file


def write_asset(folder, name):
    """Write an asset, and beside it a script that hands it over, for pages opened from a file.

    Its length is told besides: a network that asks for a sign-in answers with a page of its own.
    """
    content = assets.load(name)
    file = write(folder, name, content)
    text = f"nnlibRegister({json.dumps(name)},{json.dumps(base64.b64encode(content).decode())})\n"
    (folder / f"{file}.js").write_text(text, encoding="ascii")
    return [file, len(content)]


def write_all(app, env):
    """Write the style of the widgets, and the scripts and the assets of those on all pages."""
    app.stills = {}
    if app.builder.format != "html":
        return
    static = Path(app.outdir, "_static").resolve()
    for folder in ("assets", "widgets"):
        (static / folder).mkdir(parents=True, exist_ok=True)
    (static / "widgets.css").write_text(base.Widget._css, encoding="utf-8")
    found = [wanted(env, page) for page in env.found_docs]
    app.widget_files = {
        name: [write(static / "widgets", name, script(name).encode(), ".js")]
        for name in sorted(set().union(*(kinds for kinds, _ in found)))
    } | {
        name: write_asset(static / "assets", name)
        for name in sorted(set().union(*(names for _, names in found)))
    }
    draw_stills(app, env, static)


def draw_stills(app, env, static):
    """Draw a still picture of each widget, as its page will first show it."""
    tasks = {}
    for page in env.found_docs:
        for name, state in states_of(env, page).items():
            kind = state["_anywidget_id"]
            files = {one: app.widget_files[one][0] for one in wanted(env, page)[1]}
            tasks[page, name] = {
                "script": f"{static}/widgets/{app.widget_files[kind][0]}",
                "state": state | KINDS[kind].STILL,
                "assets": {one: f"{static}/assets/{file}" for one, file in files.items()},
            }
    drawn = stills.draw([*tasks.values()], static / "stills", HOME)
    app.stills = dict(zip(tasks, drawn, strict=True))


def place_stills(app, doctree, page):
    """Put a still picture, and a sentence, where a widget comes to stand."""
    for node in list(doctree.findall(nodes.raw)):
        found = VIEW.fullmatch(node.astext())
        still = app.stills.get((page, json.loads(found[1]).get("model_id"))) if found else None
        if still is not None:
            still = still.replace(HOME, "../" * page.count("/") + "_static/stills/")
            model = json.loads(found[1])["model_id"]
            html = PLACE.format(model=escape(model), still=still)
            node.replace_self(nodes.raw("", html, format="html"))


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
    app.connect("doctree-resolved", place_stills, priority=900)  # after refuse_html_outputs.py
    app.connect("html-page-context", tell)
    app.add_css_file("widgets.css", priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
