"""Make an EPUB of the built book: `python book/_paper/epub.py`, into `_build/html/epub`.

It has the same articles as the PDF, a file for each, and formulas as MathML. How letters look is
left to the reading system, but for those of formulas, which few have.
"""

import mimetypes
import re
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import articles
import pdf
from articles import APPENDIX, BOOK, SITE
from chromium import chromium

from nnlib import __version__

FILE = SITE / "epub" / f"{pdf.WHOLE}.epub"
FONT = SITE / "_static/fonts/stix-two-math-subset.woff2"

# --- What readers see -----------------------------------------------------------------------------

COVER = "The title of the book, and an autoencoder that reconstructs a digit"
SUMMARY = "Formulas are MathML, pictures have alternative texts, and figures that move are stills."

# --- Files ---------------------------------------------------------------------------------------

CONTAINER = """\
<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles>
<rootfile full-path="EPUB/book.opf" media-type="application/oebps-package+xml"/>
</rootfiles>
</container>
"""
PACKAGE = """\
<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" xml:lang="en" unique-identifier="id">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:uuid:{id}</dc:identifier>
<dc:title>{title}</dc:title><dc:language>en</dc:language><dc:creator>{author}</dc:creator>
<dc:rights>{rights}</dc:rights><meta property="dcterms:modified">{now}</meta>
{access}
</metadata>
<manifest>{manifest}</manifest>
<spine>{spine}</spine>
</package>
"""
#: What readers may count on, in the words of schema.org.
ACCESS = [
    ("accessMode", "textual"), ("accessMode", "visual"), ("accessModeSufficient", "textual"),
    ("accessibilityFeature", "MathML"), ("accessibilityFeature", "alternativeText"),
    ("accessibilityFeature", "tableOfContents"), ("accessibilityHazard", "none"),
    ("accessibilitySummary", SUMMARY),
]  # fmt: skip
PAGE = """\
<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"
  lang="en" xml:lang="en">
<head><title>{title}</title><link rel="stylesheet" href="style.css"/></head>
<body>{body}</body></html>
"""


def page(title, body):
    """Return a file of text."""
    return PAGE.format(title=escape(title), body=body)


def style():
    """Return the one style sheet, of rules that reading systems know."""
    code = (SITE / "_static/pygments.css").read_text("utf-8")
    figures = (SITE / "_static/widgets.css").read_text("utf-8")
    return "\n".join(
        [
            f'@font-face {{ font-family: "Formulas"; src: url("{FONT.name}") }}',
            re.sub(r"[^{}]*:is\([^{}]*\{[^{}]*\}", "", figures),
            Path(__file__).with_name("paper.css").read_text("utf-8"),
            *re.findall(r'^html\[data-theme="light"\] (.*)$', code, re.MULTILINE),
        ]
    )


def xhtml(part):
    """Return a part of a page as XML, whose links lead to the files that it is spread over."""
    for one in part.select(".on"):
        one.decompose()
    for drawing in part.select("svg"):
        drawing["xmlns"] = "http://www.w3.org/2000/svg"
    for one in part.select('a[href^="#"]'):
        key = one["href"][1:].partition("--")[0]
        file = "answers" if key.startswith("to-") else key
        one["href"] = f"{file}.xhtml{one['href']}"
    text = part.decode(formatter="minimal")
    return re.sub(r'src="_(?:static|images)/(?:[^"]*/)?([^"/]+)"', r'src="images/\1"', text)


def contents(found):
    """Return the table of contents, which reading systems show beside the text."""
    titles, parts = {one.name: one for one in found}, []
    for caption, names in articles.order():
        rows = "".join(
            f'<li><a href="{titles[name].key}.xhtml">{escape(titles[name].title)}</a></li>'
            for name in names
            if name in titles
        )
        parts.append(f"<li><span>{caption}</span><ol>{rows}</ol></li>" if caption else rows)
    parts.append(f'<li><a href="answers.xhtml">{APPENDIX}</a></li>')
    rows = "".join(parts)
    return f'<nav epub:type="toc" id="toc"><h1>{pdf.CONTENTS}</h1><ol>{rows}</ol></nav>'


def cover():
    """Return the title page as a picture."""
    source = pdf.WORK / "cover.html"
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(pdf.html(BOOK, [pdf.title_page()], {}), encoding="utf-8")
    with chromium() as browser:
        tab = browser.new_page(viewport={"width": 640, "height": 960}, device_scale_factor=2)
        tab.goto(source.as_uri())
        return tab.screenshot()


def files(names, cover):
    """Return what a book of some pages consists of, by name, in the order in which it is read."""
    found = articles.read(names)
    pictures = sorted({one["src"] for each in found for part in (each.body, each.answers) if part
                       for one in part.select("img")})  # fmt: skip
    picture = f'<img src="images/cover.png" alt="{COVER}"/>'
    return {
        "cover.xhtml": page(BOOK, picture),
        "contents.xhtml": page(pdf.CONTENTS, contents(found)),
        **{f"{one.key}.xhtml": page(one.title, xhtml(one.body)) for one in found},
        "answers.xhtml": page(APPENDIX, xhtml(articles.element(pdf.appendix(found)))),
        "style.css": style(),
        FONT.name: FONT.read_bytes(),
        "images/cover.png": cover,
        **{f"images/{Path(one).name}": (SITE / one).read_bytes() for one in pictures},
    }


def properties(name, content):
    """Return what the package says of a file besides its type."""
    found = [kind for kind, sign in (("mathml", "<math"), ("svg", "<svg"))
             if isinstance(content, str) and sign in content]  # fmt: skip
    found += {"contents.xhtml": ["nav"], "images/cover.png": ["cover-image"]}.get(name, [])
    return f' properties="{" ".join(found)}"' if found else ""


def package(files):
    """Return the list of all files, and what the book says of itself."""
    mimetypes.add_type("application/xhtml+xml", ".xhtml")
    mimetypes.add_type("font/woff2", ".woff2")
    ids = {name: f"file-{at}" for at, name in enumerate(files)}
    return PACKAGE.format(
        id=uuid5(NAMESPACE_URL, f"{BOOK} {__version__}"),
        title=BOOK,
        author=pdf.AUTHOR,
        rights=pdf.RIGHTS,
        now=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        access="\n".join(f'<meta property="schema:{name}">{what}</meta>' for name, what in ACCESS),
        manifest="\n".join(
            f'<item id="{ids[name]}" href="{name}" media-type="{mimetypes.guess_type(name)[0]}"'
            f"{properties(name, content)}/>"
            for name, content in files.items()
        ),
        spine="".join(
            f'<itemref idref="{ids[name]}"/>' for name in files if name.endswith("xhtml")
        ),
    )


def make():
    """Write the file."""
    content = files(articles.pages(), cover())
    FILE.parent.mkdir(parents=True, exist_ok=True)
    with ZipFile(FILE, "w", ZIP_DEFLATED) as book:
        book.writestr("mimetype", "application/epub+zip", ZIP_STORED)  # it must be the first
        book.writestr("META-INF/container.xml", CONTAINER)
        book.writestr("EPUB/book.opf", package(content))
        for name, one in content.items():
            book.writestr(f"EPUB/{name}", one)


if __name__ == "__main__":
    make()
