"""What a page of the book may do: its own files and nothing else, by order of the browser.

Each page carries a Content-Security-Policy. Scripts and styles come from files that were built with
the book; what stands in the page itself, such as a script in a notebook's output, does not run.
What the theme would write into its pages is therefore in files, too: see `_templates`, and
`_static/theme_init.js`.
"""

#: "self" is the site; for a page opened from a file, the files. Firefox fetches the next chapter
#: ahead of time, which only `default-src` can allow, so what pages never use is named besides.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "form-action 'self'",
        "worker-src 'self'",  # Python, where the reader starts it; it has a policy of its own
        *(f"{what}-src 'none'" for what in ("frame", "manifest", "media", "object")),
        "base-uri 'none'",
    )
)
META = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}" />\n'

#: How the scripts begin that the theme and sphinx-togglebutton write into each page. They are
#: settings, for what the book does without: a list of versions, search as you type, toggles.
UNUSED = ("DOCUMENTATION_OPTIONS.", "let toggle", "var togglebuttonSelector")


def add(app, pagename, templatename, context, doctree):
    """Give a page the policy, before any script, and take out scripts that it forbids."""
    context["metatags"] = META + context.get("metatags", "")
    context["script_files"] = [
        script
        for script in context["script_files"]
        if not script.attributes.get("body", "").startswith(UNUSED)
    ]


def setup(app):
    """Register the step, after all that add scripts."""
    app.add_js_file("theme_init.js", priority=100)
    app.connect("html-page-context", add, priority=950)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
