"""The built book holds together: links, anchors, pictures, styles and scripts are all there.

Sphinx checks most references; this reads the pages that came out, as a browser would find them.
"""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

SITE = Path(__file__).parent.parent / "_build" / "html"


class Page(HTMLParser):
    """The links of a page and the places that links can point to."""

    def __init__(self, path):
        super().__init__()
        self.links, self.anchors = set(), {"", "top"}
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.anchors.add(attrs.get("id"))
        if tag == "a":
            self.anchors.add(attrs.get("name"))
        self.links |= {attrs[key] for key in ("href", "src") if attrs.get(key)}


def broken_links(site):
    """The links inside `site` that lead nowhere, as "page: link"."""
    site = site.resolve()
    files = [path for path in site.rglob("*.html") if path.parent != site / "_static"]  # templates
    pages = {path: Page(path) for path in files}
    for path, page in pages.items():
        for link in sorted(page.links):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            lost_anchor = target in pages and unquote(parts.fragment) not in pages[target].anchors
            if not target.is_file() or lost_anchor:
                yield f"{path.relative_to(site)}: {link}"


@pytest.mark.skipif(not SITE.is_dir(), reason="the book is not built; run `make book`")
def test_links():
    if broken := sorted(broken_links(SITE)):
        pytest.fail("links that lead nowhere:\n" + "\n".join(broken), pytrace=False)


@pytest.mark.parametrize(
    ("body", "broken"),
    [
        ('<a href="b.html#here">', False),
        ('<a href="#h%C3%A9">', False),
        ('<a href="https://example.org/no.html">', False),
        ('<a href="c.html">', True),
        ('<a href="b.html#there">', True),
        ('<a href="#there">', True),
        ('<img src="no.png">', True),
        ('<link href="no.css">', True),
        ('<script src="no.js"></script>', True),
    ],
)
def test_broken_links(tmp_path, body, broken):
    (tmp_path / "a.html").write_text(f'<p id="hé">{body}</p>', encoding="utf-8")
    (tmp_path / "b.html").write_text('<p id="here"></p>', encoding="utf-8")
    assert bool(list(broken_links(tmp_path))) is broken
