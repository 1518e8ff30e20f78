"""Questions in the text: what covers a result, who asks for what, and how long a page takes.

A cell of a notebook with one of the tags of `BOXES` stands in a box of that name on its page. Cells
that follow one another with the tag `covered` share one, which stays closed until the reader has
chosen an answer, or asks to see. It is closed by HTML itself, so it opens without a script, too.

Comments tie an objective to what asks for it (see `objectives`). No reader sees them.
"""

import json
import re
from functools import cache
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective, SphinxRole

BOOK = Path(__file__).parents[1]
TOC = BOOK.parent / "_toc.yml"

# --- What readers see -----------------------------------------------------------------------------

SHOW, SHOWN = "Show what happened", "What happened"
PREDICTION, RECALL = "Prediction", "Question from an earlier chapter"
MINUTES = "Reading time: about {} minutes"
OBJECTIVE_COLUMNS = ("page", "after it, a reader can", "questions", "exercises")

# --- Boxes ----------------------------------------------------------------------------------------

#: The tags, and what stands before and after their cells.
BOXES = {
    "covered": (
        f'<details class="covered"><summary><span class="when-closed">{SHOW}</span>'
        f'<span class="when-open">{SHOWN}</span></summary>',
        "</details>",
    ),
    "predict": (
        f'<div class="predict" role="group" aria-label="{PREDICTION}" data-prediction="{{id}}">',
        "</div>",
    ),
    "recall": (f'<div class="recall" role="group" aria-label="{RECALL}">', "</div>"),
}


def box_of(cell):
    """Return the tag that boxes a cell, or None."""
    return next((tag for tag in cell["metadata"].get("tags", ()) if tag in BOXES), None)


def boxed(cells):
    """Return the cells of a notebook, with cells that open and close their boxes in between."""
    found, at = [], 0
    while at < len(cells):
        box, end = box_of(cells[at]), at + 1
        while box == "covered" and end < len(cells) and box_of(cells[end]) == box:
            end += 1
        if box:
            opening, closing = BOXES[box]
            name = cells[at]["id"]
            opening = html_cell(opening.replace("{id}", escape(name)), f"{name}-opens")
            found += [opening, *cells[at:end], html_cell(closing, f"{name}-closes")]
        else:
            found += cells[at:end]
        at = end
    return found


def html_cell(source, name="page"):
    """Return a cell of Markdown."""
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": source}


def add_boxes(app, page, source):
    """Box the cells of a notebook that is about to be read."""
    if app.env.doc2path(page).endswith(".ipynb"):
        notebook = json.loads(source[0])
        notebook["cells"] = boxed(notebook["cells"])
        source[0] = json.dumps(notebook)


# --- Reading a page -------------------------------------------------------------------------------

COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
FENCE = re.compile(
    r"^(```+)(?!\{(?:note|tip|admonition|glossary)).*?^\1$", re.DOTALL | re.MULTILINE
)
FORMULA_ALONE = re.compile(r"\$\$.*?\$\$", re.DOTALL)
ANSWER = re.compile(r'<details class="answer[^"]*"[^>]*>.*?</details>', re.DOTALL)
WORD = re.compile(r"[^\W_][\w’'.,/-]*")
FRONT = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
EXERCISES = "## Exercises"


@cache
def cells_of(path):
    """Return the cells of a page; a page of Markdown is one cell."""
    text = Path(path).read_text(encoding="utf-8")
    if Path(path).suffix == ".md":
        return [html_cell(FRONT.sub("", text))]
    cells = json.loads(text)["cells"]
    return [{**cell, "source": "".join(cell["source"])} for cell in cells]


def hidden(cell):
    """Return whether readers do not see a cell, or only if they ask for it."""
    return {"remove-cell", "hide-cell"} & set(cell["metadata"].get("tags", ()))


def plain(markdown):
    """Return Markdown without comments, code and formulas set apart, and without answers."""
    for pattern in (COMMENT, FENCE, FORMULA_ALONE, ANSWER):
        markdown = pattern.sub(" ", markdown)
    return re.sub(r"<[^>]+>|\{[a-z:]+\}|\]\([^)]*\)", " ", markdown)


def count_words(markdown):
    """Return how many words a reader meets, answers to questions apart."""
    return len(WORD.findall(plain(markdown)))


# --- Reading time --------------------------------------------------------------------------------

#: Seconds for a word (150 a minute, as in a text book), and for one of each kind of what is not
#: read word by word: formulas set apart, lines of code, figures, and questions with their answers.
#: Exercises are read here, not done, and figures looked at, not played with.
SECONDS = {"words": 0.4, "formulas": 15, "lines": 3, "figures": 20, "questions": 40}
#: How an exercise for the computer says how long it takes.
ABOUT = re.compile(r"About (\d+) minutes")

#: Pages to look things up in: nobody reads them from top to bottom.
LOOKED_UP = {"reference", "reference_experiments", "glossary", "bibliography", "exercises"}


def amounts(path):
    """Return how much of each kind a page has."""
    found = dict.fromkeys(SECONDS, 0)
    for cell in cells_of(path):
        if hidden(cell):
            continue
        source = cell["source"]
        if cell["cell_type"] == "markdown":
            found["words"] += count_words(source)
            found["formulas"] += len(FORMULA_ALONE.findall(source))
            found["questions"] += len(questions_in(source))
        elif cell["cell_type"] == "code":
            found["lines"] += sum(bool(line.strip()) for line in source.splitlines())
            found["figures"] += any(map(is_figure, cell.get("outputs", ())))
    return found


def is_figure(output):
    """Return whether an output is a picture or an interactive figure."""
    kinds = output.get("data", {})
    return "image/png" in kinds or "application/vnd.jupyter.widget-view+json" in kinds


def minutes(path):
    """Return how many minutes it takes to read a page: to the nearest five from ten on.

    Of an exercise for the computer, it is the time to do it, which its own text says.
    """
    if Path(path).parent.name == "exercises":
        return int(ABOUT.search("\n".join(cell["source"] for cell in cells_of(path)))[1])
    found = amounts(path)
    exact = sum(SECONDS[kind] * count for kind, count in found.items()) / 60
    return max(1, round(exact)) if exact < 10 else 5 * round(exact / 5)


def add_minutes(app, doctree):
    """Say below the title of a page how long it takes to read."""
    page = app.env.docname
    first = page == app.config.root_doc  # it tells of the hours of all
    if first or Path(page).name in LOOKED_UP or Path(page).parent.name != BOOK.name:
        return
    title = next(iter(doctree.findall(nodes.title)), None)
    if title is not None:
        text = MINUTES.format(minutes(app.env.doc2path(page)))
        place = title.parent
        place.insert(place.index(title) + 1, nodes.paragraph("", text, classes=["reading-time"]))


def together(names):
    """Return how many minutes notebooks take; a number among their names is one of minutes."""
    return sum(
        int(name) if name.isdigit() else minutes(str(BOOK / f"{name}.ipynb"))
        for name in names.split()
    )


class Minutes(SphinxRole):
    """{minutes}`linear exercises/linear`: how long these notebooks take, all together."""

    def run(self):
        """Return the number as text."""
        return [nodes.Text(str(together(self.text)))], []


class Clock(SphinxRole):
    """{clock}`linear 10`: what a clock shows after these notebooks and ten minutes."""

    def run(self):
        """Return hours and minutes as text."""
        hours, rest = divmod(together(self.text), 60)
        return [nodes.Text(f"{hours}:{rest:02}")], []


# --- Questions and objectives ---------------------------------------------------------------------

#: A question is the paragraph, or the list, before the first of several answers in a row.
QUESTION = re.compile(
    r'^(?P<text>[^\n]+)\n\n(?P<answers>(?:<details class="answer[^"]*"[^>]*>.*?</details>\s*)+)',
    re.DOTALL | re.MULTILINE,
)
#: How questions begin that stand before a result, ask for an earlier chapter, or check a page.
OPENINGS = re.compile(r"\*\*(?:What do you expect\?|Do you remember\?|\d+\.)\*\*")
OPENING = "**After this page you can**"
OBJECTIVE = re.compile(r"^- (.*?)[;.]?\s*<!-- objective: ([\w-]+) -->$", re.MULTILINE)
MARK = re.compile(r"<!-- (asks|trains): ([\w#, -]+) -->")
EXERCISE = re.compile(r"^\*\*(\d+\. .*?)\*\*", re.MULTILINE)


def questions_in(markdown):
    """Return matches of the questions in Markdown: `text` and `answers`."""
    return list(QUESTION.finditer(markdown))


def exercises_in(cells):
    """Yield (title, text) of each exercise at the end of a page."""
    text = "\n\n".join(cell["source"] for cell in cells if cell["cell_type"] == "markdown")
    _, _, exercises = text.partition(EXERCISES)
    titles = list(EXERCISE.finditer(exercises))
    for title, after in zip(titles, [*titles[1:], None], strict=False):
        yield title[1].rstrip("."), exercises[title.start() : after and after.start()]


def objectives(path):
    """Return the objectives of a page by their names, in their order.

    An objective ends with its name, `<!-- objective: bounds -->`. What asks for it holds
    `<!-- asks: bounds -->` in the text of a question, or `<!-- trains: bounds -->` in that of an
    exercise; several names stand with commas between them, and `linear#bounds` is another page's.
    """
    return {name: text for text, name in OBJECTIVE.findall(cells_of(path)[0]["source"])}


def marks(path):
    """Yield (asks or trains, page#objective, title of the question or exercise) on a page."""
    page, cells = Path(path).stem, cells_of(path)
    of_exercises = Path(path).parent.name == "exercises"
    for cell in cells:
        if cell["cell_type"] == "markdown":
            for question in questions_in(cell["source"]):
                yield from marked(page, question["text"], shorten(question["text"]))
    if of_exercises:
        title = re.search(r"^# (.*)", cells[0]["source"], re.MULTILINE)
        for cell in cells:
            yield from marked(page, cell["source"], title[1] if title else page)
    for title, text in exercises_in(cells):
        yield from marked(page, text, title)


def marked(page, text, title):
    """Yield what `marks` does, for the marks in one text."""
    for what, names in MARK.findall(text):
        for name in names.split(","):
            name = name.strip()
            yield what, name if "#" in name else f"{page}#{name}", title


#: A link to a figure or a page, which the table of objectives makes a link again.
LINK = re.compile(r"\{(numref|doc)\}`(?:[^`<]*<)?([^`<>]+)>?`")


def shorten(text, words=12):
    """Return the sentence of a text that asks, as plain text, or how it begins."""
    text = LINK.sub(r"⟦\1:\2⟧", OPENINGS.sub("", text))  # one word, so that none is cut in two
    sentences = re.split(r"(?<=[.?!])\s+", re.sub("[`$*]", "", plain(text)).strip())
    asking = [sentence for sentence in sentences if sentence.endswith("?")] or sentences
    found = asking[-1].split()
    short = " ".join(found[:words]) + (" …" if len(found) > words else "")
    return re.sub(r"⟦(\w+):([^⟧]*)⟧", r"{\1}`\2`", short)


def notebooks():
    """Return the paths of all chapters, in their order, and of the exercises."""
    order = TOC.read_text(encoding="utf-8")
    chapters = sorted(BOOK.glob("*.ipynb"), key=lambda path: order.find(f"book/{path.stem}\n"))
    return [*map(str, chapters), *map(str, sorted(BOOK.glob("exercises/*.ipynb")))]


@cache
def matrix():
    """Return (path, name, objective, questions, exercises) for each objective of the book."""
    found = [mark for path in notebooks() for mark in marks(path)]
    rows = []
    for path in notebooks():
        for name, text in objectives(path).items():
            asked = {what: [title for kind, goal, title in found
                            if kind == what and goal == f"{Path(path).stem}#{name}"]
                     for what in ("asks", "trains")}  # fmt: skip
            rows.append((path, name, text, asked["asks"], asked["trains"]))
    return rows


class Objectives(SphinxDirective):
    """```{objectives}```: a table of what each page teaches, and where it is asked for."""

    def run(self):
        """Return the table, read as Markdown: objectives may hold code and terms."""
        lines = ["| " + " | ".join(OBJECTIVE_COLUMNS) + " |", "| --- | --- | --- | --- |"]
        for path, _, text, asked, trained in matrix():
            cells = (f"{{doc}}`{Path(path).stem}`", text, "; ".join(asked), "; ".join(trained))
            lines.append("| " + " | ".join(cells) + " |")
            self.env.note_dependency(path)
        return self.parse_text_to_nodes("\n".join(lines))


def setup(app):
    """Register the steps, the role and the directive."""
    app.connect("source-read", add_boxes)
    app.connect("doctree-read", add_minutes)
    app.add_role("minutes", Minutes())
    app.add_role("clock", Clock())
    app.add_directive("objectives", Objectives)
    app.add_js_file("predict.js")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
