"""What others see of the book: titles, previews of shared links, a site map, a page for lost ones.

Addresses are known once the book has a public one: `html.baseurl` in `_config.yml`, or GitHub's own
for the repository named there.
"""

import re
from html import escape, unescape
from pathlib import Path
from urllib.parse import urlsplit

import card
from docutils import nodes

GITHUB = re.compile(r"https://github\.com/([^/]+)/([^/]+?)/?$")
DESCRIPTION = re.compile(r'<meta content="([^"]*)"[^>]*name="description"')

#: A server shows it for any address, so its links say where they start.
LOST = "404"
LOST_BODY = """\
<h1>There is no such page</h1>
<p>Perhaps it has another name by now. <a href="{first}">The book begins here</a>, its chapters are
in the menu, and you can <a href="search.html">search it</a>.</p>
"""
RELATIVE = re.compile(r'((?:href|src|action|data-content_root)=")(?![a-z]+:|#|/)(?:\./)?')


def publish(app, config):
    """Take the address of the book from that of its repository, where nothing else is said."""
    found = GITHUB.match(config.html_theme_options.get("repository_url") or "")
    if found and not config.html_baseurl:
        owner, name = found.groups()
        site = f"https://{owner.lower()}.github.io/"
        config.html_baseurl = site if site.endswith(f"//{name.lower()}/") else f"{site}{name}/"


def picture(app, doctree):
    """Return the address of the first picture on a page, or of the book's own."""
    for image in doctree.findall(nodes.image) if doctree else ():
        _, ours, name = image["uri"].rpartition(f"{app.builder.imagedir}/")
        if ours and name.endswith(".png"):
            return f"{app.config.html_baseurl.rstrip('/')}/{ours}{name}"
    return f"{app.config.html_baseurl.rstrip('/')}/{card.FILE}"


def preview(app, pagename, templatename, context, doctree):
    """Tell what a link to a page is to look like where it is shared."""
    tags = context.get("metatags", "")
    description = DESCRIPTION.search(tags)
    about = {
        "type": "website" if pagename == app.config.root_doc else "article",
        "site_name": app.config.html_title,
        "title": unescape(re.sub("<[^>]*>", "", context.get("title", ""))),
        "description": description and unescape(description[1]),
        "url": context.get("pageurl"),
        "image": app.config.html_baseurl and picture(app, doctree),
    }
    context["metatags"] = tags + "".join(
        f'\n<meta property="og:{name}" content="{escape(value)}" />'
        for name, value in about.items()
        if value
    )


def lost(app):
    """Yield the page for addresses that lead nowhere."""
    first = app.builder.get_target_uri(app.config.root_doc)
    yield LOST, {"title": "No such page", "body": LOST_BODY.format(first=first)}, "page.html"


def sitemap(app, exception):
    """List the pages for search engines (sitemaps.org), which want whole addresses."""
    if exception or app.builder.format != "html" or not app.config.html_baseurl:
        return
    base = app.config.html_baseurl.rstrip("/")
    pages = sorted(app.builder.get_target_uri(name) for name in app.env.found_docs)
    places = "".join(f"<url><loc>{escape(f'{base}/{page}')}</loc></url>\n" for page in pages)
    text = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{places}</urlset>\n'
    Path(app.outdir, "sitemap.xml").write_text(text, encoding="utf-8")


def root_links(app, exception):
    """Let the links of that page start where the book does."""
    page = Path(app.outdir, f"{LOST}.html")
    if exception or app.builder.format != "html" or not page.exists():
        return
    base = urlsplit(app.config.html_baseurl).path or "/"
    text = page.read_text(encoding="utf-8")
    page.write_text(RELATIVE.sub(rf"\g<1>{base.rstrip('/')}/", text), encoding="utf-8")


def setup(app):
    """Register the steps; the last of them when the page is finished."""
    app.connect("config-inited", publish, priority=950)
    app.connect("html-page-context", preview)
    app.connect("html-collect-pages", lost)
    app.connect("build-finished", sitemap)
    app.connect("build-finished", root_links, priority=950)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
