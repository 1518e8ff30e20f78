"""What is lost between a page and its PDF: `python tests/book/paper.py` reads all that are built.

Letters and digits are compared, block by block, since lines end elsewhere on paper and words are
divided. Formulas are left out: their parts have no order that both must share.
"""

import sys
import unicodedata
from pathlib import Path

import pikepdf
import pypdfium2
from bs4 import BeautifulSoup, Comment

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "book" / "_paper"))

import articles  # noqa: E402 - it lies among what makes the files
import pdf  # noqa: E402

MILLIMETER = 72 / 25.4
SIDE, HEAD = 20 * MILLIMETER, 22 * MILLIMETER  # the margins of book/_paper/pages.css
LEAST = 2  # points that a letter, such as the f of STIX, may lean out of its line
MOST = 15_000_000  # bytes of the whole book
BLOCKS = ["p", "li", "pre", "td", "th", "dt", "dd", "h1", "h2", "h3", "summary", "text", "div"]


def plain(text):
    """Return the letters and digits of a text, those of ligatures one by one."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text)))


def blocks(name):
    """Return the pieces of text that a page has in a row, as they stand in its file."""
    text = (articles.SITE / f"{name}.html").read_text("utf-8")
    page = BeautifulSoup(text, "html.parser").select_one("article")
    first = ["h1"] * (name == articles.pages()[0])  # it is another there
    for one in page.select(", ".join([articles.LEFT_OUT, "math", "svg title", *first])):
        one.replace_with("\0")
    for link in page.select("a.external"):  # whose address follows
        link.append("\0")
    found, last = "", None
    for text in page.find_all(string=lambda text: not isinstance(text, Comment)):
        block = text.find_parent(BLOCKS)
        found += ("" if block is last else "\0") + text
        last = block
    return [one for one in map(plain, found.split("\0")) if one]


def read(path):
    """Return the text of each page, as `plain` does, and "page: letters" that stand out of it."""
    file, texts, out = pypdfium2.PdfDocument(path), [], []
    for number, page in enumerate(file, 1):
        width, height = page.get_size()
        text = page.get_textpage()
        signs, outside, inside = [], [], False
        for at in range(text.count_chars()):
            sign = chr(pypdfium2.raw.FPDFText_GetUnicode(text, at))
            left, below, right, above = text.get_charbox(at)
            if left < right:  # else it is the second letter of a ligature, or a blank
                inside = HEAD < above and below < height - HEAD  # no head, and no page's number
                if inside and (left < SIDE - LEAST or right > width - SIDE + LEAST):
                    outside.append(sign)
            if inside:
                signs.append(sign)
        texts.append(plain("".join(signs)))
        if outside:
            out.append(f"page {number}: {''.join(outside)}")
    return texts, out


def faults(path, names):
    """Return what is wrong with a PDF of some pages of the book, as sentences."""
    texts, found = read(path)
    found = [f"{one} stands out of the text" for one in found]
    whole = "".join(texts)
    for name in names:
        found += [f"{name}: not there: {one[:80]}" for one in blocks(name) if one not in whole]
    with pikepdf.open(path) as file:
        if not {"/StructTreeRoot", "/Lang", "/Outlines"} <= file.Root.keys():
            found.append("no tags, no language, or no outline")
        for page in file.pages:
            for link in page.get("/Annots", []):
                address = str(link.get("/A", {}).get("/URI", "https:"))
                if not address.startswith(("https:", "http:")):
                    found.append(f"a link leads to {address}")
    if path.stat().st_size > MOST:
        found.append(f"{path.stat().st_size:,} bytes are more than {MOST:,}")
    return [f"{path.name}: {one}" for one in found]


def main():
    """Print what is wrong with the files that were made."""
    pages = articles.pages()
    files = {pdf.FOLDER / f"{articles.key(name)}.pdf": [name] for name in pages}
    files[pdf.FOLDER / f"{pdf.WHOLE}.pdf"] = pages
    found = [fault for path, names in files.items() for fault in faults(path, names)]
    print(*found, sep="\n")
    print(f"{len(files)} files, {len(found)} faults")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
