"""The built book holds together: links, anchors, pictures, styles and scripts are all there.

Sphinx checks most references; this reads the pages that came out, as a browser would find them.
"""

import re
import subprocess
import sys
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from fontTools.ttLib import TTFont
from PIL import Image

ROOT = Path(__file__).parents[2]
SITE = ROOT / "_build" / "html"
of_the_book = pytest.mark.skipif(not SITE.is_dir(), reason="the book is not built; run `make book`")


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
            folder = site if parts.path.startswith("/") else path.parent
            target = (folder / unquote(parts.path).lstrip("/")).resolve() if parts.path else path
            lost_anchor = target in pages and unquote(parts.fragment) not in pages[target].anchors
            if not target.is_file() or lost_anchor:
                yield f"{path.relative_to(site)}: {link}"


@of_the_book
def test_links():
    if broken := sorted(broken_links(SITE)):
        pytest.fail("links that lead nowhere:\n" + "\n".join(broken), pytrace=False)


@pytest.mark.parametrize(
    ("body", "broken"),
    [
        ('<a href="b.html#here">', False),
        ('<a href="#h%C3%A9">', False),
        ('<a href="https://example.org/no.html">', False),
        ('<a href="/b.html#here">', False),
        ('<a href="/c.html">', True),
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


# --- What others see of a page -------------------------------------------------------------------

PAGES = sorted(one.stem for one in (ROOT / "book").iterdir() if one.suffix in (".md", ".ipynb"))
PAGES += sorted(f"exercises/{one.stem}" for one in (ROOT / "book" / "exercises").glob("*.ipynb"))
TITLE = "Reading Neural Networks"


@of_the_book
@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_a_title_and_a_preview_of_its_own(page):
    text = (SITE / "book" / f"{page}.html").read_text(encoding="utf-8")
    head = text.partition("<body")[0]  # drawings in the body have titles of their own
    (title,) = re.findall("<title>(.*?)</title>", head)
    assert title.count(TITLE) == 1
    preview = dict(re.findall('<meta property="og:(\\w+)" content="([^"]+)"', text))
    assert preview["site_name"] == TITLE
    assert unescape(preview["title"]) in unescape(title)
    described = re.search('<meta content="([^"]+)"[^>]* name="description"', text)
    assert unescape(preview.get("description", "")) == unescape(described[1] if described else "")


@of_the_book
def test_the_page_for_lost_readers_says_where_its_links_start():
    page = Page(SITE / "404.html")
    assert len(page.links) > 30
    assert [link for link in page.links if not link.startswith(("/", "#"))] == []


@pytest.mark.parametrize(
    ("options", "base"),
    [
        ({"url": ""}, None),
        ({"url": "https://github.com/Someone/book"}, "https://someone.github.io/book/"),
        ({"url": "https://github.com/Someone/someone.github.io"}, "https://someone.github.io/"),
        ({"url": "https://github.com/a/b", "baseurl": "https://x.org/b/"}, "https://x.org/b/"),
    ],
)
def test_a_public_book_says_where_it_is(tmp_path, options, base):
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    config["repository"]["url"] = options["url"]
    config["html"]["baseurl"] = options.get("baseurl", "")
    (tmp_path / "book").mkdir()
    for name in ("_ext", "_static", "_templates", "references.bib"):
        (tmp_path / "book" / name).symlink_to(ROOT / "book" / name)
    (tmp_path / "_config.yml").write_text(yaml.safe_dump(config))
    (tmp_path / "_toc.yml").write_text(yaml.safe_dump({"format": "jb-book", "root": "book/one"}))
    Image.new("RGB", (9, 9)).save(tmp_path / "book" / "a.png")
    (tmp_path / "book" / "one.md").write_text("# One <&> two\n\n![a](a.png)\n")
    command = [Path(sys.executable).parent / "jupyter-book", "build", tmp_path, "-q", "-W"]
    done = subprocess.run(command, capture_output=True, text=True)
    site = tmp_path / "_build" / "html"
    assert done.returncode == 0, done.stderr
    text = (site / "book" / "one.html").read_text(encoding="utf-8")
    preview = dict(re.findall('<meta property="og:(\\w+)" content="([^"]+)"', text))
    canonical = re.findall('<link rel="canonical" href="([^"]+)"', text)
    assert preview["title"] == "One &lt;&amp;&gt; two"
    assert canonical == ([f"{base}book/one.html"] if base else [])
    assert preview.get("url") == (canonical[0] if base else None)
    assert preview.get("image", "").startswith(f"{base}_images/a" if base else "")
    listed = site / "sitemap.xml"
    assert listed.exists() == bool(base)
    assert not base or canonical == re.findall("<loc>(.*)</loc>", listed.read_text("utf-8"))
    start = urlsplit(base or "/").path
    links = Page(site / "404.html").links
    assert links
    assert all(link.startswith((start, "#", "https://")) for link in links)


@of_the_book
def test_formulas_find_each_sign_and_the_sign_of_the_root_in_their_font():
    pages = [path.read_text(encoding="utf-8") for path in SITE.glob("book/*.html")]
    formulas = "".join(part for page in pages for part in re.findall("<math.*?</math>", page, re.S))
    assert "<msqrt>" in formulas
    font = TTFont(SITE / "_static" / "fonts" / "stix-two-math-subset.woff2").getBestCmap()
    of_the_book = TTFont(ROOT / "book/_static/fonts/stix-two-math-subset.woff2").getBestCmap()
    wanted = {ord(sign) for sign in unescape(re.sub("<[^>]*>", "", formulas))} | {ord("√")}
    assert wanted & of_the_book.keys() <= font.keys()


@of_the_book
def test_names_and_punctuation_of_code_have_the_color_of_code():
    """Their marks are left out of the pages (page_weight.py)."""
    assert not re.search('<span class="[npw]">', (SITE / "book/linear.html").read_text("utf-8"))
    for theme in ("light", "dark"):
        colors = [
            re.search(rf"{theme}.*highlight( \.[npw])?$", rule[1]) and rule[2].strip()
            for path in Path(SITE, "_static").glob("pygments*.css")
            for rule in re.finditer(
                r"(.*?)\s*\{[^}]*?color: (#\w+)[^}]*\}", path.read_text("utf-8")
            )
        ]
        assert len({color.lower() for color in colors if color}) == 1
