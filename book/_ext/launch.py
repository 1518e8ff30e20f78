"""Ways to run a chapter: a button for Python in the browser, and links that need a public copy."""

from exercise_pages import name_of


def public(app, config):
    """Keep the links to Binder, Colab and the source out of a book without a public address."""
    options = config.html_theme_options
    if not options.get("repository_url"):
        options.update(launch_buttons={}, use_edit_page_button=False)


def add(app, pagename, templatename, context, doctree):
    """Give each notebook the button that opens it in the JupyterLite beside the book."""
    if context.get("page_source_suffix") != ".ipynb":
        return
    home = context["pathto"]("lite/notebooks/index.html", 1)
    exercise = name_of(pagename)
    path = f"exercises/{exercise}" if exercise else pagename
    if exercise:  # the others know the repository, where its notebook has the solutions
        buttons = context["header_buttons"]
        buttons[:] = [one for one in buttons if one["label"] != "launch-buttons"]
    context["header_buttons"].insert(
        0,
        {
            "type": "link",
            "url": f"{home}?path={path}.ipynb",
            "icon": "fas fa-play",
            "text": "JupyterLite",
            "tooltip": "Open this page as a notebook in the browser",
            "label": "lite",
        },
    )


def setup(app):
    """Register the steps; the theme prepares the list of buttons first."""
    app.connect("config-inited", public, priority=900)
    app.connect("html-page-context", add, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
