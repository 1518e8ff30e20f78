"""The book as PDF and as EPUB: all words are there and within the page, and links lead somewhere.

It prints two pages. `make pdf` looks in the same way at all pages, and at the whole book.
"""

import re
from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree

import pypdfium2
import pytest
from paper import articles, faults, pdf

import epub  # isort: skip - it lies beside `pdf`
import offer  # isort: skip

SITE = articles.SITE
NAMES = ["book/linear", "book/exercises/losses"]

pytestmark = pytest.mark.skipif(not SITE.is_dir(), reason="the book is not built; run `make book`")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pdf")
    with ThreadPoolExecutor(1) as another:  # Playwright allows one browser's loop in a thread
        another.submit(pdf.make, NAMES, folder=folder).result()
    return {name: folder / f"{articles.key(name)}.pdf" for name in NAMES}


# --- PDF -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_whole_on_paper(files, name):
    assert faults(files[name], [name]) == []


def test_what_is_lost_is_found(files, chromium, tmp_path):
    lost = faults(files[NAMES[0]], ["book/loss"])
    assert any("not there: " in fault for fault in lost)
    page, path = chromium.new_page(), tmp_path / "wide.pdf"
    page.set_content(f"<style>@page {{ margin: 22mm 20mm }}</style><pre>{'wide ' * 50}</pre>")
    page.pdf(path=path, prefer_css_page_size=True)
    page.close()
    assert "stands out of the text" in faults(path, [])[0]
    assert "no tags, no language, or no outline" in faults(path, [])[1]


def test_numbers_of_pages_are_right(files):
    pages = pypdfium2.PdfDocument(files["book/linear"])
    texts = [page.get_textpage().get_text_range() for page in pages]
    turns = [re.findall(r"Answer to question (\d+), page (\d+)", text) for text in texts]
    for here, found in enumerate(turns, 1):
        for question, there in found:
            assert f"Question {question}, page {here}\r\n" in texts[int(there) - 1]
    assert sum(map(len, turns)) == len(re.findall(r"\nQuestion \d+, page", "".join(texts)))
    assert sum(map(len, turns)) > 0


def test_answers_may_be_left_out():
    (one,) = articles.read([NAMES[0]], solutions=False)
    assert one.answers is None
    assert not one.body.select(".turn, details")
    assert pdf.appendix([one]) == ""


def test_the_index_has_each_page_once():
    numbers = {"place": 9, "a": 2, "b": 2, "c": 5}
    text = pdf.index([("term", "place", ["a", "b", "c"])], numbers)
    assert re.findall(r'href="#(\w+)"', text) == re.findall(r'data-of="(\w+)"', text)
    assert re.findall(r'href="#(\w+)"', text) == ["place", "a", "c"]


# --- EPUB ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def book():
    return epub.files(NAMES, cover=b"")


def test_an_epub_is_xml_whose_links_lead_somewhere(book):
    pages = {name: ElementTree.fromstring(one) for name, one in book.items() if "xhtml" in name}
    ids = {
        name: [one.get("id") for one in page.iter() if one.get("id")]
        for name, page in pages.items()
    }
    links = 0
    for name, page in pages.items():
        assert len(ids[name]) == len({*ids[name]})
        for one in page.iter():
            assert "script" not in one.tag
            if one.tag.endswith("}img"):
                assert one.get("src") in book
                assert one.get("alt")
            to = one.get("href")
            if to and not to.startswith("http"):
                file, _, place = to.partition("#")
                assert file in book
                assert not place or place in ids[file], to
                links += bool(place)
    assert links > 30
    assert any("MathML" in one.tag for one in pages["linear.xhtml"].iter())


def test_an_epub_lists_its_files(book):
    package = ElementTree.fromstring(epub.package(book))
    items = {one.get("href"): one for one in package.iter() if one.tag.endswith("}item")}
    assert items.keys() == book.keys()
    assert all("/" in one.get("media-type", "") for one in items.values())
    assert items["linear.xhtml"].get("properties") == "mathml svg"
    assert items["contents.xhtml"].get("properties") == "nav"
    read = [one.get("idref") for one in package.iter() if one.tag.endswith("}itemref")]
    assert read == [one.get("id") for name, one in items.items() if name.endswith("xhtml")]


# --- Offers --------------------------------------------------------------------------------------


FIRST = "book/introduction"
PRINTS = r'<(\w+)(?: href="([^"]*)")?[^>]* btn-download-pdf-button [^>]*>'


def test_pages_lead_to_the_files_that_are_there(tmp_path):
    for name in (FIRST, "book/linear"):
        path = tmp_path / f"{name}.html"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes((SITE / f"{name}.html").read_bytes())
        offer.offer(name, tmp_path)
    first, lesson = tmp_path / f"{FIRST}.html", tmp_path / "book/linear.html"
    assert '<div class="offered"></div>' in first.read_text("utf-8")
    assert re.findall(PRINTS, lesson.read_text("utf-8")) == [("button", "")]
    for file in ("pdf/linear.pdf", *offer.OFFERS):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_bytes(b"")
    for _ in range(2):  # the second time, all is there already
        for name in (FIRST, "book/linear"):
            offer.offer(name, tmp_path)
    assert re.findall(PRINTS, lesson.read_text("utf-8")) == [("a", "../pdf/linear.pdf")]
    listed = re.search('<div class="offered">(.*?)</div>', first.read_text("utf-8"))[1]
    assert re.findall('href="../([^"]+)"', listed) == [*offer.OFFERS]
