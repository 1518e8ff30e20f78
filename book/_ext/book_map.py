"""A map of the book: lanes of chapters, with minutes, what each needs, and its exercises.

    ```{book-map}
    ```

makes lists of links, which the style sheet draws as lanes: so the map can be read without it, fits
any screen and is followed by keyboard. The chapters are those of `_toc.yml` in their order, titles
are read from the pages, and exercises, with their pages, from the table of `exercises.md`.
{hours}`chapters` and {hours}`exercises` tell how long all of these take.
"""

import json
import re
from pathlib import Path

import yaml
from docutils import nodes
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective, SphinxRole
from teaching import minutes

LESSONS, EXPERIMENTS, VERDICTS, ASIDE = "Lessons", "Experiments", "Verdicts", "Side branches"
#: The chapter that a lane begins with; the chapters after it follow until another lane begins.
BEGINS = {"linear": LESSONS, "how_we_decide": EXPERIMENTS, "verdicts": VERDICTS}
SIDE = ("laboratory", "fast")
#: The chapter that one needs, where this is not the stop before it.
NEEDS = {
    "laboratory": "autoencoder", "fast": "autoencoder", "how_we_decide": "autoencoder",
    "loss": "how_we_decide", "depth": "how_we_decide", "latent_dimension": "how_we_decide",
    "epochs": "how_we_decide", "denoising": "how_we_decide", "inpainting": "how_we_decide",
    "verdicts": "how_we_decide", "tuned": "verdicts", "elsewhere": "verdicts",
}  # fmt: skip
EXERCISE = re.compile(r"\| (\w+) \| \{doc\}`[^<|]+<([\w/]+)>` \| ([^|]*\{doc\}`[^|]+) \| (\d+) \|")

# What the map says, for those who translate it.
TIME, AFTER = "{} min", "after “{}”"
EXERCISE_NAME, PROJECT_NAME = "exercise {}: {} min", "{}: {} min"


def read_title(path):
    """Return the title of a page up to its colon, from its file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        text = "".join(json.loads(text)["cells"][0]["source"])
    return re.search(r"^# ([^:\n]+)", text, re.MULTILINE)[1]


def exercises(table, order):
    """Yield (number, page, chapter, minutes) of each in a table: the last chapter that it needs."""
    for number, page, needs, time in EXERCISE.findall(table):
        yield number, page, max(re.findall(r"\{doc\}`(\w+)`", needs), key=order.index), time


def lanes(toc):
    """Return the chapters of each lane, in order, from what `_toc.yml` holds."""
    found, lane = {LESSONS: [], EXPERIMENTS: [], VERDICTS: [], ASIDE: []}, None
    for part in toc["parts"]:
        for chapter in part["chapters"]:
            name = Path(chapter["file"]).name
            lane = BEGINS.get(name, lane)
            if name in SIDE:
                found[ASIDE].append(name)
            elif part.get("numbered") or name in BEGINS:
                found[lane].append(name)
    return found


class Book:
    """What the files say of the chapters and exercises; a page that asks is built anew with them.

    Attributes:
        lanes: the names of the chapters by lane.
        titles, minutes: of each chapter, by name.
        exercises: of each, its number, its page, the chapter that it follows, and its minutes.
    """

    def __init__(self, env):
        folder = Path(env.doc2path(env.docname)).parent
        toc, table = folder.parent / "_toc.yml", folder / "exercises.md"
        self.lanes = lanes(yaml.safe_load(toc.read_text(encoding="utf-8")))
        names = [name for of_lane in self.lanes.values() for name in of_lane]
        files = {name: next(folder.glob(f"{name}.[im][pd]*")) for name in names}
        self.titles = {name: read_title(file) for name, file in files.items()}
        self.minutes = {name: minutes(str(file)) for name, file in files.items()}
        self.exercises = [*exercises(table.read_text(encoding="utf-8"), names)]
        for file in (*files.values(), toc, table):
            env.note_dependency(str(file))


class BookMap(SphinxDirective):
    """Draw the map of the book."""

    def run(self):
        """Return the lanes as lists."""
        self.book = Book(self.env)
        drawn = nodes.container(classes=["book-map"])
        for lane, of_lane in self.book.lanes.items():
            stations = nodes.bullet_list()
            for before, name in zip([None, *of_lane], of_lane, strict=False):
                needed = NEEDS.get(name, before)
                stations += self.station(name, None if needed == before else needed)
            head = nodes.paragraph("", "", nodes.strong("", lane))
            drawn += nodes.container("", head, stations, classes=["lane"])
        return [drawn]

    def station(self, name, needed):
        """Return a chapter of a lane: its link, and below it, time, need and exercises."""
        titles = self.book.titles
        told = [TIME.format(self.book.minutes[name])]
        told += [AFTER.format(titles[needed])] if needed else []
        station = nodes.list_item("", nodes.paragraph("", "", self.link(name, titles[name])))
        station += nodes.paragraph("", " · ".join(told), classes=["about"])
        for number, page, after, time in self.book.exercises:
            if after == name:
                said = EXERCISE_NAME if number.isdecimal() else PROJECT_NAME
                link = self.link(page, said.format(number, time))
                station += nodes.paragraph("", "", link, classes=["task"])
        return station

    def link(self, name, text):
        """Return a link to a page."""
        return addnodes.pending_xref(
            "", nodes.inline("", text), refdomain="std", reftype="doc", reftarget=name,
            refexplicit=True, refwarn=True, refdoc=self.env.docname,
        )  # fmt: skip


class Hours(SphinxRole):
    """How many hours all chapters or all exercises take, rounded."""

    def run(self):
        """Return the number as text."""
        book = Book(self.env)
        times = {
            "chapters": book.minutes.values(),
            "exercises": [each[-1] for each in book.exercises],
        }
        return [nodes.Text(str(round(sum(map(int, times[self.text])) / 60)))], []


def setup(app):
    """Register the directive."""
    app.add_directive("book-map", BookMap)
    app.add_role("hours", Hours())
    return {"parallel_read_safe": True, "parallel_write_safe": True}
