"""Let the built pages lead to the files that were made of them: `python book/_paper/offer.py`.

The first page and that of teachers have an empty place for a list of the files; it is filled with
those that are there. A page whose PDF is there gives it where it would otherwise print itself.
"""

import re

import articles
import pdf
from articles import SITE

# --- What readers see -----------------------------------------------------------------------------

ALSO = "<p>This book is also a file: {}.</p>"
EACH = "<p>The PDF of a single page is behind the button at its top.</p>"
OFFERS = {
    f"pdf/{pdf.WHOLE}.pdf": "a PDF for paper and large screens",
    f"epub/{pdf.WHOLE}.epub": "an EPUB for e-readers and phones",
}

# --- Steps ---------------------------------------------------------------------------------------

#: Written by `book/introduction.md` and `book/teachers.md`.
PLACE = re.compile(r'(<div class="offered">).*?(</div>)', re.DOTALL)
#: What the theme has for printing, which may be a link as well.
PRINT = re.compile(
    r'<(?:button type="button"|a href="[^"]*")'
    r'(\s+class="[^"]* btn-download-pdf-button [^>]*>)(.*?)</(?:button|a)>',
    re.DOTALL,
)


def offered(site, home):
    """Return the list of files, for a page from which `home` leads to the top of the book."""
    sizes = {file: (site / file).stat().st_size for file in OFFERS if (site / file).exists()}
    links = [
        f'<a href="{home}{file}">{OFFERS[file]}</a> ({round(size / 1e6) or "less than 1"} MB)'
        for file, size in sizes.items()
    ]
    return (ALSO.format(", and ".join(links)) if links else "") + EACH * (site / "pdf").exists()


def offer(name, site=SITE):
    """Write into a page what is there."""
    path, own = site / f"{name}.html", f"pdf/{articles.key(name)}.pdf"
    home = "../" * name.count("/")
    page = path.read_text(encoding="utf-8")
    page = PLACE.sub(lambda found: found[1] + offered(site, home) + found[2], page)
    if (site / own).exists():
        page = PRINT.sub(rf'<a href="{home}{own}"\1\2</a>', page)
    path.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    for name in articles.pages():
        offer(name)
