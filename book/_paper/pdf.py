"""Make PDF files of the built book: `python book/_paper/pdf.py`, into `_build/html/pdf`.

Chromium prints them: the whole book, with contents and an index, and each page by itself. The
structure of the text goes along, for screen readers, and its headings as an outline. Chromium
cannot tell on which page something is, so a file is printed again until it tells the right ones.
"""

import argparse
import json
import re
from collections import defaultdict
from html import escape
from pathlib import Path

import articles
import matplotlib
import pikepdf
from articles import APPENDIX, BOOK, ROOT, SITE, number
from chromium import chromium

from nnlib import __version__
from nnlib.diagrams import front

#: A number of a page, before it is known.
PLACE = re.compile(r'<span class="page" data-of="([^"]+)">')
FOLDER, WORK = SITE / "pdf", ROOT / "_build" / "paper"
WHOLE = "reading-neural-networks"

# --- What readers see -----------------------------------------------------------------------------

CONTENTS, INDEX = "Contents", "Index"
SUBTITLE = "Neural networks from scratch in NumPy: every number can be reproduced"
AUTHOR = "The nnlib developers"
VERSION = "Version {}"
RIGHTS = "Text and figures: CC BY 4.0. Code: BSD-3-Clause."
ITALIC = "Numbers in italics lead to the glossary and to the reference."

# --- Style ---------------------------------------------------------------------------------------

#: Matplotlib brings them along, so that lines end where they do on every machine.
FONTS = [
    ("Text", "STIXGeneral.ttf", 400, "normal"),
    ("Text", "STIXGeneralItalic.ttf", 400, "italic"),
    ("Text", "STIXGeneralBol.ttf", 700, "normal"),
    ("Text", "STIXGeneralBolIta.ttf", 700, "italic"),
    ("Heads", "DejaVuSans.ttf", 400, "normal"),
    ("Heads", "DejaVuSans-Bold.ttf", 700, "normal"),
    ("Code", "DejaVuSansMono.ttf", 400, "normal"),
    ("Code", "DejaVuSansMono-Bold.ttf", 700, "normal"),
    ("Code", "DejaVuSansMono-Oblique.ttf", 400, "italic"),
    ("Formulas", SITE / "_static/fonts/stix-two-math-subset.woff2", 400, "normal"),
]


def style(heads):
    """Return rules for the fonts, and for what stands at the top of the pages of each part."""
    folder = Path(matplotlib.get_data_path(), "fonts", "ttf")
    fonts = [
        f'@font-face {{ font-family: "{family}"; src: url("{(folder / file).as_uri()}"); '
        f"font-weight: {weight}; font-style: {slant} }}"
        for family, file, weight, slant in FONTS
    ]
    named = [
        f"#{key}--top {{ page: {key} }} @page {key} {{ @top-right {{ content: {quoted} }} }}"
        for key, quoted in ((key, json.dumps(head)) for key, head in heads.items())
    ]
    return "\n".join(fonts + named)


def html(title, parts, heads):
    """Return a file to print."""
    ours = [Path(__file__).with_name(name) for name in ("paper.css", "pages.css")]
    sheets = [SITE / "_static/pygments.css", SITE / "_static/widgets.css", *ours]
    links = "".join(f'<link rel="stylesheet" href="{one.as_uri()}">' for one in sheets)
    text = "\n".join(parts).replace('src="_', f'src="{SITE.as_uri()}/_')
    return (
        '<!DOCTYPE html><html lang="en" data-theme="light"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title>{links}<style>{style(heads)}</style></head>"
        f"<body>{text}</body></html>"
    )


# --- Parts of a file -----------------------------------------------------------------------------


def title_page():
    """Return the first page."""
    return (
        f'<section id="title--top"><h1>{BOOK}</h1><p>{SUBTITLE}</p>{front.autoencoder().svg()}'
        f"<p>{AUTHOR}</p><p>{VERSION.format(__version__)}</p>"
        f"<p><small>{RIGHTS} {articles.public()}</small></p></section>"
    )


def contents(found, last):
    """Return the table of contents; `last` are those of the parts that are no pages of the book."""

    def rows(some):
        lines = "".join(
            f'<li class="depth-{key.count("-")}"><a href="#{key}--top">'
            f"<span>{escape(title)}</span> {number(f'{key}--top')}</a></li>"
            for key, title in some
        )
        return f"<ul>{lines}</ul>"

    lists = [f'<section id="contents--top"><h1>{CONTENTS}</h1>']
    titles = {one.name: (one.key, one.title) for one in found}
    for caption, names in articles.order():
        lists += [f"<h2>{caption}</h2>" if caption else "", rows(titles[name] for name in names)]
    return "".join([*lists, rows(last.items()), "</section>"])


def appendix(found):
    """Return the answers of some pages as one part."""
    sections = "".join(str(one.answers) for one in found if one.answers)
    return f'<article id="answers--top"><h1>{APPENDIX}</h1>{sections}</article>' if sections else ""


def terms(found):
    """Return (what, its place, links to it) for each term and each name of the library, in order.

    The links to a term get names of their own, by which it is found on which pages they are.
    """
    links, entries = defaultdict(list), []
    for one in found:
        for at, link in enumerate(one.body.select('a[href*="--term-"]')):
            link["id"] = f"{one.key}--use-{at}"
            links[link["href"][1:]].append(link["id"])
    for one in found:
        for term in one.body.select('dt[id*="--term-"]'):
            entries.append((escape(term.get_text().strip()), term["id"], links[term["id"]]))
        for name in one.body.select("dl.py > dt[id]"):
            text = name["id"].partition("--")[2].removeprefix("nnlib.")
            entries.append((f"<code>{escape(text)}</code>", name["id"], []))
    return sorted(entries, key=lambda entry: re.sub("<.*?>", "", entry[0]).lower())


def index(entries, numbers):
    """Return the index: where a term is explained, and the first link to it on each other page."""
    lines = []
    for what, place, links in entries:
        firsts = {numbers.get(link, link): link for link in reversed(links)}
        told = [f'<a href="#{place}"><em>{number(place)}</em></a>']
        told += [f'<a href="#{one}">{number(one)}</a>' for one in reversed(firsts.values())]
        lines.append(f"<li>{what}, {', '.join(told)}</li>")
    lines = "".join(lines)
    return f'<section id="index--top"><h1>{INDEX}</h1><p>{ITALIC}</p><ul>{lines}</ul></section>'


# --- Printing ------------------------------------------------------------------------------------


def book(solutions=True):
    """Return the title of the whole book, and a function that makes its HTML of page numbers."""
    found = articles.read(articles.pages(), solutions)
    entries = terms(found)
    last = ({"answers": APPENDIX} if solutions else {}) | {"index": INDEX}
    parts = [title_page(), contents(found, last), *(str(one.body) for one in found)]
    parts.append(appendix(found))
    heads = {one.key: one.title for one in found} | {"contents": CONTENTS} | last
    return BOOK, lambda numbers: html(BOOK, [*parts, index(entries, numbers)], heads)


def page(name, solutions=True):
    """Return the same of one page of the book."""
    (one,) = articles.read([name], solutions)
    title = f"{one.title} ({BOOK})"
    text = html(title, [str(one.body), appendix([one])], {one.key: one.title, "answers": one.title})
    return title, lambda numbers: text


def pages_of(path):
    """Return on which page each place is that a link within a file leads to."""
    with pikepdf.open(path) as file:
        at = {page.objgen: number for number, page in enumerate(file.pages, 1)}
        return {
            name[1:]: at[place[0].objgen] for name, place in file.Root.get("/Dests", {}).items()
        }


def print_file(browser, path, title, make):
    """Print what `make` makes of the numbers of pages, until these are right."""
    source, numbers = WORK / f"{path.stem}.html", {}
    for _ in range(5):
        text = make(numbers)
        told = {place: numbers.get(place, 0) for place in PLACE.findall(text)}
        text = PLACE.sub(lambda found: f"{found[0]}{told[found[1]]}", text)  # noqa: B023 - at once
        source.write_text(text, encoding="utf-8")
        tab = browser.new_page()
        tab.goto(source.as_uri(), timeout=0)  # a busy machine takes its time for the whole book
        tab.pdf(
            path=path, tagged=True, outline=True, prefer_css_page_size=True, print_background=True
        )
        tab.close()
        numbers |= pages_of(path)
        if told.items() <= numbers.items():
            break
    else:
        raise RuntimeError(f"{path.name}: its pages change each time that their numbers are told.")
    with pikepdf.open(path, allow_overwriting_input=True) as file:
        file.docinfo["/Author"], file.docinfo["/Creator"] = AUTHOR, BOOK
        file.save(path, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def make(names=(), solutions=True, folder=FOLDER):
    """Print some pages of the book; without names, all of them, and the whole book as well."""
    for one in (folder, WORK):
        one.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for name in names or articles.pages():
            print_file(browser, folder / f"{articles.key(name)}.pdf", *page(name, solutions))
        if not names:
            print_file(browser, folder / f"{WHOLE}.pdf", *book(solutions))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("pages", nargs="*", help="such as book/linear; none: all, and the book")
    parser.add_argument("--no-answers", action="store_true", help="leave out the appendix")
    given = parser.parse_args()
    make(given.pages, not given.no_answers)
