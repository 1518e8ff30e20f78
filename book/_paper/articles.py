"""The pages of the built book as they stand in a file that is read without a script.

Each page gives its article, without what only works on a screen. What was folded is open, but for
answers, hints and solutions: these come into an appendix, which leads back to where each was asked
for. Every name within an article (`id`) begins with that of its page, so that many of them can be
one file, and links between them stay within it. A link to what is not in the file needs the address
of the public book; where there is none, its text is left.
"""

import re
from collections import Counter
from html import escape
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from bs4 import BeautifulSoup
from sphinx_external_toc.parsing import parse_toc_yaml

ROOT = Path(__file__).parents[2]
SITE = ROOT / "_build" / "html"

# --- What readers see -----------------------------------------------------------------------------

BOOK = "Reading Neural Networks"
ABOUT = "About this book"  # the first page is called like the book, whose title stands before it
APPENDIX = "Answers, hints and solutions"
QUESTION, ANSWER, SOLUTION = "Question {}", "Answer to question {}", "Solution"
PAGE = ", page "
FIGURE = "This figure can be changed where the book is read in a browser: "

# --- Pages ---------------------------------------------------------------------------------------

#: What needs a screen, a script or a server, and what opens a fold that is open.
LEFT_OUT = (
    ".headerlink, .nn-live, .nn-note, .btn-lite, .ways-in, .offered, .toctree-wrapper, script, "
    "details.hide > summary, details.number > summary, details.covered > summary > .when-closed"
)
#: What is folded on a page and comes into the appendix. The solution of an exercise in a chapter is
#: a cell that hides itself, and says so on its page, as other such cells do not.
FOLDS = "details.answer, details.hint, details.solution, .tag_hide-cell > details.hide"
SAYS_SO = "Show the solution"


def order():
    """Return (caption, names of its pages) of each part of the book, in their order."""
    toc = parse_toc_yaml(ROOT / "_toc.yml")

    def with_those_below(name):
        below = [str(item) for tree in toc[name].subtrees for item in tree.items]
        return [name, *(one for item in below for one in with_those_below(item))]

    parts = [
        (tree.caption, [one for item in tree.items for one in with_those_below(str(item))])
        for tree in toc.root.subtrees
    ]
    return [("", [toc.root.docname]), *parts]


def pages():
    """Return the names of all pages, in their order."""
    return [name for _, names in order() for name in names]


def key(name):
    """Return what begins all names within a page, such as "exercises-linear"."""
    return name.removeprefix("book/").replace("/", "-")


def element(html):
    """Return an element that was written as HTML."""
    return BeautifulSoup(html, "html.parser").contents[0]


class Article:
    """A page of the book.

    Attributes:
        name: of the page, such as "book/exercises/linear"; `key` begins all names within it.
        title: its heading as text, with its number.
        body: what it says.
        answers: what was moved from there into the appendix, as a section, or None.
    """

    def __init__(self, name):
        self.name, self.key = name, key(name)
        page = BeautifulSoup((SITE / f"{name}.html").read_text("utf-8"), "html.parser")
        self.body = page.select_one("article.bd-article").extract()
        folds = [
            fold for fold in self.body.select(FOLDS)
            if "hide" not in fold["class"] or SAYS_SO in fold.summary.get_text()
        ]  # fmt: skip
        for one in self.body.select(LEFT_OUT):
            one.decompose()
        if name == pages()[0]:
            self.body.h1.string = ABOUT
        self.title = " ".join(self.body.h1.get_text().split())
        self.body["id"] = "top"
        for one in (self.body, *self.body.select("[id]")):
            one["id"] = f"{self.key}--{one['id']}"
        for drawing in self.body.select("svg[viewbox]"):  # reading it as HTML made a letter small
            drawing["viewBox"] = drawing.attrs.pop("viewbox")
        self.answers = self.gather(folds)
        for part in filter(None, (self.body, self.answers)):
            unfold(part)

    def gather(self, folds):
        """Move answers into a section of their own; where they were, say where they are."""
        groups, counts = [], Counter()
        for fold in folds:
            last = groups[-1] if groups else [None]
            if fold.find_previous_sibling(True) is last[-1] and asked(fold) == asked(last[-1]):
                last.append(fold)
            else:
                groups.append([fold])
        found = element(f'<section class="answers"><h2>{escape(self.title)}</h2></section>')
        for number, group in enumerate(groups, 1):
            name = f"{self.key}--asked-{number}"
            question, there = task(group[0]), SOLUTION
            if asked(group[0]):
                counts["answers"] += 1
                question, there = (one.format(counts["answers"]) for one in (QUESTION, ANSWER))
            options = [fold.summary.decode_contents() for fold in group if fold.summary]
            if asked(group[0]) and options:
                listed = "".join(f"<li>{option}</li>" for option in options)
                group[0].insert_before(element(f'<ul class="choices">{listed}</ul>'))
            turn = f'<p class="turn" id="{name}">{link(f"to-{name}", there)}</p>'
            group[0].insert_before(element(turn))
            entry = element(f'<section id="to-{name}"><h3>{link(name, question)}</h3></section>')
            entry.extend([fold.extract() for fold in group])
            found.append(entry)
        return found if groups else None


def asked(fold):
    """Return whether a fold answers a question in the text, and does not solve an exercise."""
    return fold is not None and "answer" in fold["class"]


def task(fold):
    """Return what a solution belongs to: the exercise, or the heading, that stands before it."""
    before = fold.find_previous(
        lambda one: (
            one.name in ("h2", "h3")
            or (one.name == "strong" and re.match(r"\d+\. ", one.get_text()))
        )
    )
    return before.get_text().strip(" .")


def link(name, text):
    """Return a link within the file, with the number of the page that it leads to."""
    return f'<a href="#{name}">{escape(text)}<span class="on">{PAGE}{number(name)}</span></a>'


def number(name):
    """Return the place for the number of a page, which `pdf.py` fills in."""
    return f'<span class="page" data-of="{name}"></span>'


def unfold(part):
    """Open all folds: what opened them is a line of text."""
    for fold in part.select("details"):
        if fold.summary:
            fold.summary["class"], fold.summary.name = "summary", "p"
        fold.name = "div"


# --- Links ---------------------------------------------------------------------------------------


#: How a link within the file begins, which `link` has made.
WITHIN = re.compile(r"#(to-)?[\w-]+--asked-\d+$")


def public():
    """Return the address of the book, or nothing where it has no public one."""
    first = pages()[0]
    text = (SITE / f"{first}.html").read_text("utf-8")
    found = re.search(rf'<link rel="canonical" href="([^"]*){first}', text)
    return found[1] if found else ""


def relink(articles):
    """Lead links to where they lead in a file with these articles, and pictures to their files."""
    keys, home = {f"{one.name}.html": one.key for one in articles}, public()
    for article in articles:
        here = f"{article.name}.html"
        for part in filter(None, (article.body, article.answers)):
            for picture in part.select("img"):
                del picture["loading"]
                picture["src"] = urljoin(here, picture["src"])
            for figure in part.select("figure:has(> .nn-widget)"):
                address = f"{home}{here}#{figure['id'].partition('--')[2]}"
                where = f'<a href="{address}">{address}</a>' if home else f"<em>{address}</em>"
                caption = figure.find("figcaption", recursive=False)
                caption.append(element(f'<p class="try">{FIGURE}{where}</p>'))
            for hole in part.select("figcaption + .nn-hole"):  # a figure ends with its caption
                framed = hole.find_previous_sibling("img").wrap(
                    element('<div class="framed"></div>')
                )
                framed.append(hole.extract())
            for one in part.select("a[href]"):
                to = urlsplit(urljoin(here, one["href"]))
                if to.scheme or WITHIN.match(one["href"]):
                    continue
                if to.path in keys:
                    one["href"] = f"#{keys[to.path]}--{unquote(to.fragment) or 'top'}"
                elif home:
                    one["href"] = home + to.geturl()
                else:
                    for title in one.select(".doc"):
                        title.name = "em"
                    one.unwrap()


def read(names, solutions=True):
    """Return the articles of some pages as they stand in a file of their own."""
    articles = [Article(name) for name in names]
    for article in articles:
        if not solutions:
            article.answers = None
            for turn in article.body.select(".turn"):
                turn.decompose()
    relink(articles)
    return articles
