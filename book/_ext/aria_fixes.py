"""What screen readers stumble over in pages that Sphinx and the theme make."""

#: docutils gives entries of a bibliography roles that ARIA has withdrawn, in a list that is none.
#: MyST-NB names what opens a hidden cell other than the words that are to be seen there.
WRONG = (' role="doc-biblioentry"', ' role="list"', ' aria-label="Toggle hidden content"')


def mend(app, pagename, templatename, context, doctree):
    """Take these attributes out of a page."""
    for attribute in WRONG:
        context["body"] = context.get("body", "").replace(attribute, "")


def setup(app):
    """Register the step."""
    app.connect("html-page-context", mend)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
