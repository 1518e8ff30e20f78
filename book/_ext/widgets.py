"""Widgets that live on the built page: their weights and digits become files beside it.

myst-nb writes what a widget's traits are into its page; `book/_static/widgets.js` draws it from
there. What a widget asks for besides, its assets, is written here, once for all pages, under a name
that changes with the content. Each page is told the names of those it needs.
"""

import base64
import hashlib
import json
from pathlib import Path

from nnlib.widgets import assets


def names(env, page):
    """Return the names of the assets that the widgets of a page may ask for."""
    scripts = env.nb_metadata.get(page, {}).get("js_files", {})
    if "ipywidgets_state" not in scripts:
        return []
    _, attributes = scripts["ipywidgets_state"]
    widgets = json.loads(attributes["body"])["state"].values()
    return sorted({name for one in widgets for name in one["state"].get("_assets", ())})


def write(folder, name):
    """Write an asset, and a script that hands it over, for pages that are opened from a file.

    Returns:
        The name of the file; that of the script has ".js" after it.
    """
    content = assets.load(name)
    file = f"{name.replace('/', '-')}.{hashlib.sha256(content).hexdigest()[:10]}"
    (folder / file).write_bytes(content)
    text = f"nnlibAsset({json.dumps(name)},{json.dumps(base64.b64encode(content).decode())})\n"
    (folder / f"{file}.js").write_text(text, encoding="ascii")
    return file


def write_all(app, env):
    """Write the assets of all pages."""
    if app.builder.format != "html":
        return
    folder = Path(app.outdir, "_static", "assets")
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {name for page in env.found_docs for name in names(env, page)}
    app.widget_assets = {name: write(folder, name) for name in sorted(wanted)}


def tell(app, pagename, templatename, context, doctree):
    """Tell a page where its assets are."""
    if found := names(app.env, pagename):
        files = json.dumps({name: app.widget_assets[name] for name in found})
        app.add_js_file(None, body=files, type="application/vnd.nnlib.assets+json")


def without_thebe(app):
    """Stop what Jupyter Book brings along for running code through a third party.

    It cannot be switched off, and declares a constant twice: an error on the console of each page.
    """
    for event, listeners in app.events.listeners.items():
        kept = [one for one in listeners if one.handler.__module__ != "sphinx_thebe"]
        app.events.listeners[event] = kept


def setup(app):
    """Register the steps."""
    app.connect("builder-inited", without_thebe)
    app.connect("env-updated", write_all)
    app.connect("html-page-context", tell)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
