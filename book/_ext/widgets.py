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

STATE = "application/vnd.jupyter.widget-state+json"


def names(env, page):
    """Return the names of the assets that the widgets of a page may ask for."""
    widgets = env.nb_metadata.get(page, {}).get("widgets", {}).get(STATE, {}).get("state", {})
    return sorted({name for one in widgets.values() for name in one["state"].get("_assets", ())})


def write(folder, name):
    """Write an asset as a script that hands it over; return the name of the file."""
    content = assets.load(name)
    file = f"{name.replace('/', '-')}.{hashlib.sha256(content).hexdigest()[:10]}.js"
    text = f"nnlibAsset({json.dumps(name)},{json.dumps(base64.b64encode(content).decode())})\n"
    (folder / file).write_text(text, encoding="ascii")
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
    """Tell a page where its assets are; leave out the theme's scripts that ask a third party."""
    if found := names(app.env, pagename):
        files = json.dumps({name: app.widget_assets[name] for name in found})
        app.add_js_file(None, body=files, type="application/vnd.nnlib.assets+json")


def setup(app):
    """Register the two steps."""
    app.connect("env-updated", write_all)
    app.connect("html-page-context", tell)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
