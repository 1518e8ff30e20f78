"""What screen readers stumble over in pages that Sphinx and the theme make."""

#: docutils gives entries of a bibliography roles that ARIA has withdrawn, in a list that is none.
WITHDRAWN = (' role="doc-biblioentry"', ' role="list"')


def mend(app, pagename, templatename, context, doctree):
    """Take these roles out of a page."""
    for role in WITHDRAWN:
        context["body"] = context.get("body", "").replace(role, "")


def setup(app):
    """Register the step."""
    app.connect("html-page-context", mend)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
