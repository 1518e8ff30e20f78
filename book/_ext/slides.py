"""Slides and handouts, made of the built pages: `python book/_ext/slides.py` (`--pdf` prints them).

Each lesson, and each page of `MORE`, gets slides, and each lesson a handout of one page:

    slides/linear.html           slides, with the page's prose as notes for the speaker
    slides/linear-handout.html   concepts, formulas, a diagram and three questions
    slides/index.html            a list of them, and of what was printed

They are made with every build, out of the pages that came out of it, so they cannot be stale. A
figure becomes a slide whose title is the claim of its caption. Formulas, listings, tables, lists,
questions, misconceptions and the steps of worked examples get slides of their own, and answers are
shown at the next click. What a cell prints is on a slide if a question asks for it, or if nothing
else is shown in its section. All prose is in the notes.
"""

import argparse
import copy
import re
import sys
from functools import cache
from html import escape
from pathlib import Path
from typing import NamedTuple

import bank
import csp
import teaching
import yaml
from bs4 import BeautifulSoup, NavigableString
from sphinx.util.docutils import SphinxDirective

FOLDER = "slides"
SITE = teaching.BOOK.parent / "_build" / "html"

#: The part of the book whose chapters have slides and handouts, and further pages with slides.
PART, MORE = "Lessons", ("verdicts",)

# --- What readers see -----------------------------------------------------------------------------

SLIDES, HANDOUT, PDF = "Slides", "Handout", "PDF"
INDEX = "Slides and handouts"
ABOUT = (
    "Made from the chapters, with their figures, formulas and questions. Slides are shown by the "
    "arrow keys, the space bar or a swipe; Escape lists them. <em>Presenter</em> opens a second "
    "window with notes, the next slide and a clock."
)
OBJECTIVES, QUESTION, RESULT = "After this chapter you can", "Question", "What happened"
ANSWER, TRUTH, MORE_OF = "Answer", "Is it so?", "{} ({} of {})"
OTHERS, PRINTED = "The other answers:", "The cell prints:"
NOTES = "Notes for the speaker"
CONCEPTS, FORMULAS, QUESTIONS, ANSWERS = "Concepts", "Formulas", "Three questions", "Answers"
COLUMNS = ("chapter", "slides", "handout")
GIVEN = "From {}, chapter “{}”."

#: How many words a list may have on one slide, and how many rows a table.
WORDS, ROWS = 80, 5
#: How long a sentence may be, in words, to be a title, and to stand beside a formula; an item of a
#: list, to stand there whole; and how many lines a listing may have, to keep its docstring.
TITLE, BESIDE, ITEM, LINES = 16, 45, 32, 12
#: How much higher than wide a picture is that gets one half of its slide.
TALL = 0.9
#: What speaks of the page is no title, and opens no section.
OF_THE_PAGE = re.compile(r"\b(?:pages?|cells?|code|below|above|Figure|here|table|figure)\b")
#: How many formulas and concepts fit on a handout.
FEW_FORMULAS, FEW_CONCEPTS = 4, 6
#: How many terms a section has on its slide.
FEW_TERMS = 8


class Slide(NamedTuple):
    """A slide: where it belongs, and, as HTML, its title, what it shows and its notes."""

    kind: str
    kicker: str
    title: str
    body: str
    notes: list
    id: str = ""


# --- Reading a page -------------------------------------------------------------------------------


@cache
def chapters():
    """Return the names of the pages with slides, in the order of the book, and of the lessons."""
    parts = yaml.safe_load(teaching.TOC.read_text("utf-8")).get("parts", ())
    names = {part["caption"]: [Path(one["file"]).name for one in part["chapters"]]
             for part in parts}  # fmt: skip
    lessons = names.get(PART, [])
    return [one for part in names.values() for one in part if one in (*lessons, *MORE)], lessons


def article(site, name):
    """Return what a built page says, without what only belongs to the page."""
    page = BeautifulSoup((site / "book" / f"{name}.html").read_text("utf-8"), "html.parser")
    for one in page.select(".headerlink, .copybtn, .nn-live, .reading-time"):
        one.decompose()
    for link in page.select("article a[href]"):
        path, mark, place = link["href"].partition("#")
        if not path:
            link["href"] = f"../book/{name}.html{mark}{place}"
        elif "://" not in path:
            link["href"] = f"../book/{path}{mark}{place}"
    return page


def inner(node):
    """Return the HTML within a node."""
    return node.decode_contents().strip()


def without_ids(html):
    """Return HTML that stands somewhere else, too: what has an id there has none here."""
    return re.sub(r'(<[^<>]*) id="[^"]*"', r"\1", html)


def words(html):
    """Return how many words HTML has; a formula is one."""
    return len(re.sub(r"<[^>]+>", " ", re.sub(r"<math.*?</math>", "x", html, flags=re.S)).split())


def sentences(node):
    """Return the sentences of a paragraph, as HTML."""
    found = [""]
    for child in node.children:
        if not isinstance(child, NavigableString):
            found[-1] += str(child)
            continue
        first, *rest = re.split(r"(?<=[.?!])\s+(?=[\w“(]|$)", str(child))
        found[-1] += escape(first, quote=False)
        found += [escape(one, quote=False) for one in rest]
        if str(child)[-1:].isspace() and found[-1]:
            found[-1] = found[-1].rstrip() + " "
    return [one.strip() for one in found if one.strip()]


def opens_question(node):
    """Return whether a paragraph or list is followed by answers."""
    after = node.find_next_sibling()
    return bool(after) and after.name == "details" and "answer" in after.get("class", ())


def classes(node):
    """Return the classes of a node, as a set."""
    return {*node.get("class", ())}


def blocks(node, covered=False):
    """Yield (kind, node, whether a prediction covers it) of the blocks of a page, in order."""
    for child in node.find_all(True, recursive=False):
        has = classes(child)
        if child.name in ("h1", "h2", "h3"):
            yield "heading", child, covered
        elif child.name == "section" or has & {"predict", "recall"}:
            yield from blocks(child, covered)
        elif "covered" in has:
            yield from blocks(child, covered=True)
        elif "cell" in has and "tag_hide-cell" not in has:
            yield from outputs(child, covered)
        elif child.name == "details" and "answer" in has:
            continue  # the question has taken it along
        elif child.name in ("p", "ul", "ol") and opens_question(child):
            yield "question", child, covered
        elif child.name == "figure" and child.get("id"):
            yield "figure", child, covered
        elif "misconception" in has or "worked" in has:
            yield ("worked" if "worked" in has else "misconception"), child, covered
        elif "formula" in has:
            yield "formula", child, covered
        elif child.name in ("ul", "ol"):
            yield "list", child, covered
        elif child.find("table") and not has & {"nn-widget"}:
            yield "table", child, covered
        elif child.name == "p":
            yield "prose", child, covered


def outputs(cell, covered):
    """Yield (kind, node, covered) of what a cell shows."""
    box = cell.find("div", class_="cell_output", recursive=False)
    shown = box.find_all(True, recursive=False) if box else []
    figure = any(one.name == "figure" for one in shown)
    for one in shown:
        if one.name == "figure" and one.get("id"):
            yield "figure", one, covered
        elif "stream" in classes(one):
            yield ("numbers" if figure else "printed"), one, covered
        elif "highlight-python" in classes(one):
            yield "listing", one, covered
        elif one.find("table"):
            yield "table", one, covered
        elif one.name == "p":
            yield "prose", one, covered


# --- Slides of a page -----------------------------------------------------------------------------


def shortened(item):
    """Return an item of a list, or how it begins: a word in bold print, and a sentence."""
    if words(str(item)) <= ITEM:
        return str(item)
    first, *rest = sentences(item.find("p") or item)
    if rest and re.fullmatch(r"<strong>[^<]*</strong>", first):
        first = f"{first} {rest[0]}"
    return f"<li>{first}</li>"


def as_list(items, name):
    """Return a list as HTML, or nothing if it has no items."""
    listed = "".join(f"<li>{one}</li>" for one in items)
    return listed and f'<ul class="{name}">{listed}</ul>'


def terms(section):
    """Return the terms of the glossary that a section names, the first of them, as a list."""
    found = {}
    for one in section.select("a[href*='glossary.html#term-']"):
        if one.find_parent("section") is section and not one.find_parent("details"):
            found.setdefault(one.get_text(), without_ids(str(one)))
    return as_list([*found.values()][:FEW_TERMS], "terms")


def exercises(section):
    """Return the titles of the exercises at the end of a page, as a list."""
    bold = section.select("section > p > strong:first-child")
    return as_list([inner(one) for one in bold if re.match(r"\d+\. ", one.get_text())], "plain")


class Deck:
    """Makes slides of the blocks of a page, in their order."""

    def __init__(self, page, name):
        self.name, self.slides, self.section = name, [], ""
        self.waiting = []  # prose that has no slide yet
        self.passed = self.place = None  # the subtitle, and a section without a slide of its own
        self.found = list(blocks(page.select_one("article > section")))
        for at, (kind, node, covered) in enumerate(self.found):
            self.covered = covered
            self.following, self.next, _ = (*self.found, (None, None, None))[at + 1]
            getattr(self, kind)(node)
        self.flush()

    def add(self, kind, title, body, notes=(), kicker=None, place=""):
        """Add a slide, with the prose that leads to it as its first notes."""
        kicker = self.section if kicker is None else kicker
        kicker = "" if title.startswith(kicker) else kicker
        self.slides.append(Slide(kind, kicker, title, body, [*self.lead(), *notes], place))

    def lead(self):
        """Return the prose that belongs to the next slide, and leave the rest to the last one."""
        waiting, self.waiting = self.waiting, []
        notes = [str(one) for one in waiting]
        if not self.slides:
            return notes
        last = max((at for at, one in enumerate(waiting) if one.name == "p"), default=0)
        opens = self.slides[-1].kind == "section" and not self.slides[-1].notes
        self.slides[-1].notes.extend(notes[: max(last, opens)])  # the first slide says something
        return notes[last:]

    def flush(self):
        """Leave all prose that waits to the last slide."""
        if self.slides:
            self.slides[-1].notes.extend(map(str, self.waiting))
            self.waiting = []

    def last_sentence(self):
        """Return the sentence that leads to what comes now, or nothing."""
        node = self.waiting[-1] if self.waiting else None
        if node is None or node.name != "p" or re.search(r"[.?!)]$", node.get_text().strip()):
            return ""
        return without_ids(sentences(node)[-1])

    def titled(self, otherwise):
        """Return a title: the sentence that leads here if it is short."""
        sentence = self.last_sentence()
        fits = 0 < words(sentence) <= TITLE and not OF_THE_PAGE.search(sentence)
        return re.sub("[,:]$", "", sentence) if fits else otherwise

    # One method for each kind of block.

    def heading(self, node):
        self.flush()
        title, place = inner(node), node.parent.get("id", "")
        if node.name == "h1":
            self.title(node, title, place)
            return
        if node.name == "h2":
            self.section = title
        if place == "recap" and self.following == "list":
            self.place = place
            return
        body = ""
        if self.following == "prose":
            first = without_ids(sentences(self.next)[0])
            if words(first) <= BESIDE and not OF_THE_PAGE.search(first):
                body = f'<p class="opening">{first}</p>'
        body += exercises(node.parent) if place == "exercises" else terms(node.parent)
        self.add("section", title, body, place=place, kicker="" if node.name == "h2" else None)

    def title(self, node, title, place):
        after = next((one for one in node.find_next_siblings("p") if one.find("em")), None)
        if after and len(after.find_all(True)) == 1:  # nothing but one slanted text
            self.passed = after
        about = f"<p>{inner(self.passed)}</p>" if self.passed else ""
        source = f'<p><a href="../book/{self.name}.html">{escape(bank.BOOK)}</a></p>'
        self.add("title", title, about + source, place=place)

    def prose(self, node):
        opens = node.get_text().startswith(teaching.OPENING.strip("*"))
        if node is not self.passed and not opens:
            self.waiting.append(node)

    def list(self, node):
        title = OBJECTIVES if len(self.slides) == 1 else self.titled(self.section)
        items = [without_ids(shortened(one)) for one in node.find_all("li", recursive=False)]
        total = sum(map(words, items))
        room, chunks, count = total / -(-total // WORDS), [[]], 0
        for item in items:
            length = words(item)
            if count + length / 2 > room * len(chunks):  # most of it would be on the next one
                chunks.append([])
            chunks[-1].append(item)
            count += length
        self.waiting.append(node)
        bodies = [f"<{node.name}>{''.join(chunk)}</{node.name}>" for chunk in chunks]
        self.split("list", title, bodies, self.place or "")
        self.place = None

    def split(self, kind, title, bodies, place=""):
        """Add what is too long for one slide, as several."""
        for at, body in enumerate(bodies, 1):
            name = MORE_OF.format(title, at, len(bodies)) if len(bodies) > 1 else title
            self.add(kind, name, body, place=place if at == 1 else "")

    def formula(self, node):
        lead = self.last_sentence()
        title = self.titled(self.section)
        apart = title == self.section and 0 < words(lead) <= BESIDE
        body = f'<p class="beside">{lead}</p>' if apart else ""
        body += str(node)
        if self.following == "prose" and self.next.get_text()[:1].islower():
            legend = sentences(self.next)[0]
            if words(legend) <= BESIDE:
                body += f'<p class="beside">{without_ids(legend)}</p>'
        self.add("formula", title, body)

    def figure(self, node):
        caption = node.find("figcaption", recursive=False)
        text = caption.find(class_="caption-text")
        number = caption.find(class_="caption-number")
        title, *rest = sentences(text)
        picture = "".join(str(one) for one in node.find_all(True, recursive=False)
                          if one is not caption)  # fmt: skip
        under = f"<p>{number or ''}{' '.join(rest)}</p>"
        kind = "widget" if node.find(class_="nn-widget") else "figure"
        drawn = node.find(["img", "svg"])
        if kind == "figure" and float(drawn["height"]) > TALL * float(drawn["width"]):
            kind = "figure tall"
        box = f'<div class="cell_output picture">{picture}</div>{under}'
        self.add(kind, re.sub(r"\.$", "", title), box, place=node["id"])

    def numbers(self, node):
        note = f"<p>{PRINTED}</p>{node.find('pre')}"
        self.waiting.append(BeautifulSoup(f"<div>{note}</div>", "html.parser").div)

    def printed(self, node):
        text = f"<pre>{inner(node.find('pre'))}</pre>"
        if self.covered and self.slides[-1].kind == "question":
            last = self.slides[-1]
            self.slides[-1] = last._replace(body=last.body + step(RESULT, text))
        elif self.covered or self.bare(node):
            lead, last = self.last_sentence(), self.slides[-1]
            if 0 < words(lead) <= BESIDE and not OF_THE_PAGE.search(lead):
                text = f'<p class="beside">{lead}</p>{text}'
            title = RESULT if self.covered else self.section
            room = (last.body + text).count("\n") < LINES
            if last.kind == "printed" and last.title == title and room:
                notes = [*last.notes, *map(str, self.waiting)]
                self.slides[-1] = last._replace(body=last.body + text, notes=notes)
                self.waiting = []
            else:
                self.add("printed", title, text)
        else:
            self.numbers(node)

    def bare(self, node):
        """Return whether a section shows nothing but what its cells print."""
        section = node.find_parent("section")
        kinds = {kind for kind, one, _ in self.found if one.find_parent("section") is section}
        return not kinds & {"figure", "formula", "listing", "table", "list"}

    def listing(self, node):
        called = node.find_parent(class_="cell").find(class_="cell_input").get_text()
        shown = re.search(r"show_source\((.*)\)", called)
        names = [one.strip() for one in shown[1].split(",")] if shown else []
        title = ", ".join(f"<code>{escape(one)}</code>" for one in names if "=" not in one)
        notes = []
        if len(node.get_text().strip().splitlines()) > LINES:
            notes, node = [str(node)], copy.copy(node)
            for one in node.select(".sd"):
                one.decompose()
            pre = node.find("pre")
            lines = re.sub(r"\n(?:\s*\n)+", "\n", pre.decode_contents())
            pre.clear()
            pre.append(BeautifulSoup(lines, "html.parser"))
        self.add("listing", title or self.titled(self.section), str(node), notes)

    def table(self, node):
        table = node if node.name == "table" else node.find("table")
        head, rows = table.find("thead"), table.select("tbody > tr")
        count = -(-len(rows) // ROWS)
        each = -(-len(rows) // count)
        chunks = [rows[start : start + each] for start in range(0, len(rows), each)]
        bodies = [f'<table class="table">{head}<tbody>{"".join(map(str, c))}</tbody></table>'
                  for c in chunks]  # fmt: skip
        self.split("table", self.titled(self.section), bodies)

    def misconception(self, node):
        title = node.find(class_="admonition-title")
        rest = "".join(str(one) for one in title.find_next_siblings())
        self.add("misconception", inner(title), step(TRUTH, rest))

    def worked(self, node):
        title = inner(node.find(class_="admonition-title"))
        for one in node.find_all("details", recursive=False):
            summary = one.find("summary")
            rest = "".join(str(other) for other in summary.find_next_siblings())
            self.add("worked", inner(summary), f'<div class="text">{rest}</div>', kicker=title)

    def question(self, node):
        asked = question(node)
        listed = "".join(f'<li class="{"right" if right else "wrong"}">{text}</li>'
                         for text, why, right in asked.choices)  # fmt: skip
        body = f"{asked.before}<ol>{listed}</ol>" if listed else asked.before
        self.add("question", asked.asks, body + step(ANSWER, asked.answer), asked.others,
                 kicker=asked.opening)  # fmt: skip


def step(label, content):
    """Return what the next click shows."""
    return (
        f'<details class="step"><summary>{label}</summary>'
        f'<div class="text" tabindex="-1">{content}</div></details>'
    )


class Question(NamedTuple):
    """A question of a page, as HTML; choices are (text, why, whether it is right)."""

    opening: str
    before: str
    asks: str
    choices: list
    answer: str
    others: list
    refers: bool


def question(node):
    """Return a question from the paragraph or the list before its answers."""
    answers = []
    for one in node.find_next_siblings():
        if one.name != "details" or "answer" not in classes(one):
            break
        answers.append(one)
    before, opening = "", QUESTION
    if node.name == "p":
        asked = sentences(node)
        start = re.match(r"<strong>((?:What do|Do you) [^<]*\?|\d+\.)</strong>\s*", asked[0])
        if start:
            opening = start[1] if start[1].endswith("?") else QUESTION
            asked[0] = asked[0][start.end() :]
            asked = [one for one in asked if one]
        elif [one.name for one in node.find_all(True, recursive=False)] == ["strong"]:
            asked = sentences(node.find("strong"))  # all of it is bold
        at = max((i for i, one in enumerate(asked) if one.endswith("?")), default=len(asked) - 1)
        asks = asked[at]
        before = f"<p>{' '.join(asked[:at])}</p>" if at else ""
        before += f"<p>{' '.join(asked[at + 1 :])}</p>" if asked[at + 1 :] else ""
    else:
        asks, before = QUESTION, str(node)
    if "number" in classes(answers[0]):
        why = "".join(map(str, answers[0].find("summary").find_next_siblings()))
        choices, answer, others = [], why, []
    else:
        choices = []
        for one in answers:
            summary = one.find("summary")
            why = "".join(map(str, summary.find_next_siblings()))
            choices.append((inner(summary), why, one.find("strong").get_text() == "Right."))
        (right,) = [at for at, choice in enumerate(choices) if choice[2]]
        letters = "ABCDEFGH"
        answer = choices[right][1].replace("<strong>", f"<strong>{letters[right]}. ", 1)
        told = "".join(f"<li>{letters[at]}. {choice[0]}{choice[1]}</li>"
                       for at, choice in enumerate(choices) if not choice[2])  # fmt: skip
        others = [f"<p>{ANSWER}: {letters[right]}.</p>{choices[right][1]}<p>{OTHERS}</p>"
                  f"<ul>{told}</ul>"]  # fmt: skip
    refers = any("#fig-" in link["href"] for link in node.select("a[href]"))
    return Question(opening, before, asks, choices, answer, others, refers)


# --- Pages ----------------------------------------------------------------------------------------

HEAD = """\
<!DOCTYPE html>
<html lang="{lang}" data-theme="light">
<head>
<meta charset="utf-8">
{policy}<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} — {book}</title>
<link rel="icon" href="../_static/favicon.svg">
<link rel="stylesheet" href="{all}">
<link rel="stylesheet" href="../_static/slides/{style}.css">
{more}</head>
"""
SCRIPTS = """\
<script src="../_static/theme_init.js"></script>
<script src="../_static/slides/deck.js"></script>
<script defer src="../_static/widgets.js"></script>
"""
DECK = """\
<body class="deck">
<div class="stage">
<main class="bd-content">
<h1>{title}</h1>
{slides}</main>
<nav class="bar" aria-label="{label}"></nav>
</div>
</body>
</html>
"""
SLIDE = """\
<section class="slide of-{kind}" id="{id}">
{kicker}<h2 tabindex="-1">{title}</h2>
<div class="show">{body}</div>
<aside class="notes" aria-label="{notes_label}">{notes}</aside>
</section>
"""


def head(page, title, style="deck", more=""):
    """Return the head of a file beside a page, with the style sheet of that page."""
    return HEAD.format(
        lang=page.html["lang"], policy=csp.META, title=escape(title), book=escape(bank.BOOK),
        all=page.select_one("link[href*='all.css']")["href"], style=style, more=more,
    )  # fmt: skip


def deck(page, name):
    """Return the slides of a page as HTML."""
    shown = []
    for at, one in enumerate(Deck(page, name).slides, 1):
        kicker = f'<p class="kicker">{without_ids(one.kicker)}</p>\n' if one.kicker else ""
        shown.append(
            SLIDE.format(
                kind=one.kind, id=one.id or f"slide-{at}", kicker=kicker, title=one.title,
                body=one.body, notes=without_ids("\n".join(one.notes)), notes_label=NOTES,
            )
        )  # fmt: skip
    data = page.select("head > script[type$='+json']")
    shown = re.sub(r"</math>(?=[,.;:?!)])", "</math>&NoBreak;", "".join(shown))
    title = f"{SLIDES}: {page.h1.get_text()}"
    more = "\n".join(map(str, data))
    return head(page, title, more=f"{SCRIPTS}{more}\n") + DECK.format(
        title=escape(title), slides=shown, label=SLIDES
    )


LIST = """\
<body class="deck list">
<main class="bd-content">
<h1>{title}</h1>
<p>{about}</p>
<dl>
{rows}</dl>
<p><a href="../index.html">{book}</a></p>
</main>
</body>
</html>
"""

# --- Handouts -------------------------------------------------------------------------------------

SHEET = """\
<body class="handout">
<main class="bd-content">
<header><h1>{title}</h1><p>{subtitle}</p></header>
<section class="concepts"><h2>{concepts_title}</h2><ul>{concepts}</ul></section>
<section class="formulas"><h2>{formulas_title}</h2>{formulas}</section>
<section class="diagram">{diagram}<p>{caption}</p></section>
<section class="questions"><h2>{questions_title}</h2><ol>{questions}</ol></section>
<footer><section class="answers"><h2>{answers_title}</h2><ol>{answers}</ol></section>
<p>{source}</p></footer>
</main>
</body>
</html>
"""


def alone(page, name):
    """Return those questions of a page that make sense without it, in their order."""
    nodes = [node for kind, node, _ in blocks(page.select_one("article > section"))
             if kind == "question"]  # fmt: skip
    path = teaching.BOOK / f"{name}.ipynb"
    texts = [one["text"] for cell in teaching.cells_of(str(path)) if cell["cell_type"] == "markdown"
             for one in teaching.questions_in(cell["source"])]  # fmt: skip
    return [
        question(node) for node, text in zip(nodes, texts, strict=True)
        if not bank.NEEDS_PAGE.search(text)
    ]  # fmt: skip


def three(questions):
    """Return three questions with choices: the first of a page, one of its middle, and the last.

    Questions that ask for another chapter are left to their chapter.
    """
    own = [one for one in questions if one.choices and not one.opening.startswith("Do you")]
    return [own[0], own[len(own) // 2], own[-1]]


def handout(page, name):
    """Return the handout of a lesson as HTML."""
    found = list(blocks(page.select_one("article > section")))
    recap = page.select_one("section#recap li").find_parent("ul")
    concepts = recap.find_all("li", recursive=False)[:FEW_CONCEPTS]
    formulas = [str(node) for kind, node, _ in found if kind == "formula"][:FEW_FORMULAS]
    drawing = next(node for kind, node, _ in found if kind == "figure" and node.find("svg")
                   and not node.find(class_="nn-widget"))  # fmt: skip
    caption = drawing.find(class_="caption-text")
    asked = three(alone(page, name))
    letters = "ABCDEFGH"
    questions, answers = [], []
    for one in asked:
        choices = "".join(f"<li>{text}</li>" for text, *_ in one.choices)
        questions.append(f"<li>{one.before}<p>{one.asks}</p><ol>{choices}</ol></li>")
        (right,) = [at for at, choice in enumerate(one.choices) if choice[2]]
        why = re.sub(r"<p><strong>Right\.</strong>\s*", "<p>", one.choices[right][1], count=1)
        answers.append(f"<li><strong>{letters[right]}</strong>{why}</li>")
    subtitle = page.select_one("article h1 ~ p em:only-child")
    title = page.h1.get_text()
    body = SHEET.format(
        title=inner(page.h1), subtitle=inner(subtitle) if subtitle else "",
        concepts_title=CONCEPTS, concepts="".join(map(str, concepts)),
        formulas_title=FORMULAS, formulas="".join(formulas),
        diagram=drawing.find(class_="nn-drawing"), caption=inner(caption),
        questions_title=QUESTIONS, questions="".join(questions),
        answers_title=ANSWERS, answers="".join(answers),
        source=GIVEN.format(f"<cite>{escape(bank.BOOK)}</cite>", inner(page.h1)),
    )  # fmt: skip
    return head(page, f"{HANDOUT}: {title}", style="handout") + without_ids(body)


# --- Files ----------------------------------------------------------------------------------------


def files(site=None):
    """Return for each chapter with slides its files, as (kind, name): of a site, PDFs as well."""
    names, lessons = chapters()
    found = {}
    for name in names:
        whole = [(SLIDES, name), (HANDOUT, f"{name}-handout")][: 1 + (name in lessons)]
        found[name] = [(kind, f"{file}.html") for kind, file in whole]
        for kind, file in whole:
            if site and (site / FOLDER / f"{file}.pdf").is_file():
                found[name].append((f"{kind}, {PDF}", f"{file}.pdf"))
    return found


def write(site):
    """Write the slides and the handouts of a built book."""
    folder = site / FOLDER
    folder.mkdir(exist_ok=True)
    for name, made in files().items():
        page = article(site, name)
        for make, (_, file) in zip((deck, handout), made, strict=False):
            (folder / file).write_text(make(page, name), encoding="utf-8")
    write_list(site)


def write_list(site):
    """Write the list of all that there is."""
    rows = []
    for name, made in files(site).items():
        page = article(site, name)
        links = " · ".join(f'<a href="{file}">{kind}</a>' for kind, file in made)
        rows.append(f"<dt>{inner(page.h1)}</dt>\n<dd>{links}</dd>\n")
    page = article(site, name)
    body = LIST.format(title=INDEX, about=ABOUT, rows="".join(rows), book=escape(bank.BOOK))
    text = head(page, INDEX, more=SCRIPTS) + body
    (site / FOLDER / "index.html").write_text(text, encoding="utf-8")


def print_all(site):
    """Print the slides and the handouts, each as a PDF beside it."""
    sys.path.insert(0, str(teaching.BOOK / "_paper"))
    from chromium import chromium  # only where something is printed

    with chromium() as browser:
        for made in files().values():
            for _, file in made:
                path = site.resolve() / FOLDER / file
                page = browser.new_page()
                page.goto(path.as_uri())
                page.evaluate("document.fonts.ready")
                page.pdf(path=path.with_suffix(".pdf"), prefer_css_page_size=True, tagged=True,
                         outline=True, print_background=True)  # fmt: skip
                page.close()
    write_list(site)


# --- Steps ----------------------------------------------------------------------------------------


class SlidesTable(SphinxDirective):
    """```{slides}```: a table of the chapters with slides and handouts."""

    def run(self):
        """Return the table, read as Markdown."""
        lines = ["| " + " | ".join(COLUMNS) + " |", "| --- | --- | --- |"]
        up = "../" * self.env.docname.count("/")
        for name, made in files().items():
            links = [f'<a href="{up}{FOLDER}/{file}">{file}</a>' for _, file in made]
            lines.append("| " + " | ".join([f"{{doc}}`{name}`", *links, ""][:3]) + " |")
        return self.parse_text_to_nodes("\n".join(lines))


def link(app, pagename, templatename, context, doctree):
    """Offer the slides and the handout of a page beside its reading time."""
    made = files().get(Path(pagename).name, ()) if pagename.startswith("book/") else ()
    links = ", ".join(f'<a href="../{FOLDER}/{file}">{kind}</a>' for kind, file in made)
    if links and app.builder.name == "html":
        before, time, after = context["body"].partition('<p class="reading-time">')
        context["body"] = before + time + after.replace("</p>", f". {links}</p>", 1)


def hand_out(app, exception):
    """Make the slides and the handouts of all pages, when these are as they will be."""
    if not exception and app.builder.name == "html" and f"book/{MORE[0]}" in app.env.found_docs:
        write(Path(app.outdir))


def setup(app):
    """Register the table, the links, and the step that makes the files, after all others."""
    app.add_directive("slides", SlidesTable)
    app.connect("html-page-context", link)
    app.connect("build-finished", hand_out, priority=950)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def main():
    """Make the slides and the handouts anew, and print them if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pdf", action="store_true", help="print them as well, with Chromium")
    given = parser.parse_args()
    if not (SITE / "book").is_dir():
        sys.exit(f"There is no book in {SITE}: build it first (`make book`).")
    write(SITE)
    if given.pdf:
        print_all(SITE)
    made = sorted((SITE / FOLDER).iterdir())
    print(f"{len(made)} files, {sum(one.stat().st_size for one in made) / 1e6:.1f} MB: "
          f"file://{SITE / FOLDER / 'index.html'}")  # fmt: skip


if __name__ == "__main__":
    main()
