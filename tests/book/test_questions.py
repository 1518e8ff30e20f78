"""What the reader is asked and shown: figures, predictions, misconceptions, objectives.

Each rule takes the path of a chapter and yields sentences, one for each fault.
"""

import ast
import dis
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from types import CodeType

import pytest
import yaml
from questions import BOOK, LONGEST, MOST_WORDS, ROOT, density, teaching

#: The template of a study asks nothing: its reader fills it in.
CHAPTERS = sorted(path for path in BOOK.glob("*.ipynb") if path.stem != "study")

#: What a caption may ask the reader to do, after its claim.
ASKS = "Look|Compare|Follow|Find|Count|Read|Choose|Move|Change|Draw|Try|Watch|Press|Start|Predict"
HEADING = re.compile(r"^#+ ", re.MULTILINE)
AWAIT = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


def tags(cell):
    return cell["metadata"].get("tags", [])


def markdown(path):
    return [cell for cell in teaching.cells_of(str(path)) if cell["cell_type"] == "markdown"]


def in_order():
    """Return the names of all chapters in the order of the book."""
    parts = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))["parts"]
    return [Path(one["file"]).name for part in parts for one in part["chapters"]]


# --- Rules that hold everywhere -------------------------------------------------------------------


def questions_have_one_right_answer(path):
    for cell in markdown(path):
        source = cell["source"]
        if source.count("<details") != source.count("</details>"):
            yield f"details that are not closed: {source[:60]!r}"
        answers = 0
        for question in teaching.questions_in(source):
            text, folded = question["text"][:60], question["answers"]
            found = re.findall(r"</summary>\s+\*\*(Right|No)\.\*\* \S", folded)
            answers += folded.count("<details")
            if 'class="answer number"' in folded:
                truths = re.findall(r"\*\*[^*]+\*\*<!-- ", folded)
                if folded.count("<details") != 1 or len(truths) != 1:
                    yield f"not one answer with one bold, marked number: {text}"
            elif len(found) < 2 or len(found) != folded.count("<details"):
                yield f"not two answers or more, each with a reason: {text}"
            elif found.count("Right") != 1:
                yield f"not one right answer, but {found.count('Right')}: {text}"
        if answers != source.count('<details class="answer'):
            yield f"an answer without a question right above it: {source[:60]!r}"


def covers_have_predictions(path):
    cells = teaching.cells_of(str(path))
    for at, cell in enumerate(cells):
        before = tags(cells[at - 1]) if at else []
        after = cells[at + 1] if at + 1 < len(cells) else {"metadata": {}}
        if "predict" in tags(cell):
            if not cell["source"].startswith("**What do you expect?**"):
                yield f"{cell['id']} does not begin with '**What do you expect?**'"
            if len(teaching.questions_in(cell["source"])) != 1:
                yield f"{cell['id']} does not ask one question with answers"
            if "covered" not in tags(after):
                yield f"no cell after {cell['id']} is covered until it is answered"
        if "covered" in tags(cell):
            if not {"predict", "covered"} & set(before):
                yield f"nothing is predicted before {cell['id']}, which is covered"
            if "predict" in before and not shows(cells[at:]):
                yield f"no result is covered from {cell['id']} on"
            if HEADING.search(cell["source"]) and cell["cell_type"] == "markdown":
                yield f"a heading is covered: {cell['id']}"
            hides = cell["metadata"].get("jupyter", {}).get("outputs_hidden")
            if cell["cell_type"] == "code" and not hides:
                yield f"{cell['id']} needs jupyter.outputs_hidden, which covers it in JupyterLab"


def shows(cells):
    """Return whether a cell among those covered has an output."""
    for cell in cells:
        if "covered" not in tags(cell):
            return False
        if cell.get("outputs"):
            return True
    return False


def covers_keep_their_names(path):
    """What runs without a cover, or in another one, takes no name from a cell that it covers."""
    binder, cover = {}, 0  # of each name, the cell that bound it last, and the number of its cover
    for before, cell in pairwise([{"metadata": {}}, *teaching.cells_of(str(path))]):
        covered = "covered" in tags(cell)
        cover += covered and "covered" not in tags(before)
        if cell["cell_type"] == "code":
            reads, binds = names(compile(cell["source"], cell["id"], "exec", AWAIT))
            for name in reads & {*binder}:
                place, within = binder[name]
                if within and within != covered * cover:
                    yield f"{cell['id']} takes {name} from {place}, which is covered"
            if "hide-cell" not in tags(cell):  # no solution is needed by what follows
                binder.update(dict.fromkeys(binds, (cell["id"], covered * cover)))


def names(code):
    """Return the names that code reads from outside before it binds them, and those it binds."""
    reads, binds = set(), set()
    for step in dis.get_instructions(code):
        if step.opname.startswith("STORE_"):
            binds.add(step.argval)
        elif step.opname in {"LOAD_NAME", "LOAD_GLOBAL"} and step.argval not in binds:
            reads.add(step.argval)
    for inner in (const for const in code.co_consts if isinstance(const, CodeType)):
        reads |= names(inner)[0] - binds
    return reads, binds


def recalls_name_an_earlier_page(path):
    order = in_order()
    for cell in markdown(path):
        if "recall" in tags(cell):
            earlier = order[: order.index(path.stem)]
            if not cell["source"].startswith("**Do you remember?**"):
                yield f"{cell['id']} does not begin with '**Do you remember?**'"
            if not set(re.findall(r"\{doc\}`([\w-]+)`", cell["source"])) & set(earlier):
                yield f"{cell['id']} does not name the earlier chapter"
            if not teaching.questions_in(cell["source"]):
                yield f"{cell['id']} has no answers"


MISCONCEPTION = re.compile(r":::\{admonition\} (.*)\n:class: misconception\n\n(.*)")


def misconceptions_are_refuted(path):
    for cell in markdown(path):
        for title, text in MISCONCEPTION.findall(cell["source"]):
            if not title.startswith("You may think") or not text.startswith("It is not so"):
                yield f"not 'You may think …', 'It is not so …': {title!r}"


def marks_name_objectives(path):
    known = {f"{Path(page).stem}#{name}" for page, name, *_ in teaching.matrix()}
    for _, goal, title in teaching.marks(str(path)):
        if goal not in known:
            yield f"no page has the objective {goal}, which {title!r} names"


# --- Rules that all pages come to keep ------------------------------------------------------------


def captions(path):
    """Each figure has a caption, a claim and then an instruction, and the text refers to it."""
    before = ""
    for cell in teaching.cells_of(str(path)):
        before += cell["source"] if cell["cell_type"] == "markdown" else ""
        if teaching.hidden(cell) or not any(map(teaching.is_figure, cell.get("outputs", ()))):
            continue
        figure = cell["metadata"].get("mystnb", {}).get("figure", {})
        name, caption = figure.get("name", ""), figure.get("caption", "")
        caption = teaching.COMMENT.sub("", caption)
        if not re.search(rf"[.?!] ({ASKS})\b.*\.$", caption):
            yield f"{cell['id']}: no caption with a claim and an instruction: {caption!r}"
        if not name.startswith("fig-"):
            yield f"{cell['id']}: the figure has no name like fig-…, but {name!r}"
        elif not re.search(rf"\{{numref\}}`(?:[^`]*<)?{name}>?`", before):
            yield f"{cell['id']}: the text before {name} does not refer to it"


def asks_often(path):
    """A question in 400 words at least, and none more than 600 words from the next."""
    words, questions, longest = density(path)
    if words > MOST_WORDS * questions:
        yield f"{questions} questions in {words} words"
    if longest > LONGEST:
        yield f"{longest} words without a question or an exercise"


def objectives_are_asked_for(path):
    """Each objective has a name, a question and an exercise."""
    _, found, text = teaching.cells_of(str(path))[0]["source"].partition(teaching.OPENING)
    bullets = re.findall(r"^- ", text.partition("\n##")[0], re.MULTILINE)
    rows = [row for row in teaching.matrix() if row[0] == str(path)]
    if not found or len(bullets) != len(rows):
        yield f"{len(bullets)} objectives, {len(rows)} of them with names"
    for _, name, _, asked, trained in rows:
        if not asked or not trained:
            yield f"{name}: {len(asked)} questions and {len(trained)} exercises"


def recalls(path):
    """From the third chapter on, each asks for something of an earlier one."""
    late = in_order().index(path.stem) >= 2
    if late and not any("recall" in tags(cell) for cell in markdown(path)):
        yield "no question from an earlier chapter"


def misconceptions(path):
    """Each page marks two misconceptions."""
    found = sum(len(MISCONCEPTION.findall(cell["source"])) for cell in markdown(path))
    if found < 2:
        yield f"{found} misconceptions, not 2"


RULES = [
    questions_have_one_right_answer,
    covers_have_predictions,
    covers_keep_their_names,
    recalls_name_an_earlier_page,
    misconceptions_are_refuted,
    marks_name_objectives,
    captions,
    asks_often,
    objectives_are_asked_for,
    recalls,
    misconceptions,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_chapter(path, rule):
    assert not list(rule(path))


def test_the_place_of_an_answer_does_not_tell_that_it_is_right():
    places = Counter()
    for cell in (cell for path in CHAPTERS for cell in markdown(path)):
        for question in teaching.questions_in(cell["source"]):
            answers = teaching.ANSWER.findall(question["answers"])
            if len(answers) == 3:
                places.update(at for at, one in enumerate(answers) if "**Right" in one)
    assert all(places[at] > places.total() / 5 for at in range(3)), places


def test_names_of_figures_differ():
    cells = [cell for path in CHAPTERS for cell in teaching.cells_of(str(path))]
    names = [cell["metadata"].get("mystnb", {}).get("figure", {}).get("name") for cell in cells]
    names = [name for name in names if name]
    assert len(names) == len(set(names))


# --- The rules themselves -------------------------------------------------------------------------

#: The chapter that keeps them all, and for each rule a text in it that must not change.
MODEL = BOOK / "latent_dimension.ipynb"
BROKEN = [
    (questions_have_one_right_answer, "**Right.** The whole", "**No.** The whole"),
    (questions_have_one_right_answer, "**No.** A three", "A three"),
    (questions_have_one_right_answer, "The ratio is **1.68**", "The ratio is 1.68"),
    (questions_have_one_right_answer, "It takes **18**", "It takes **about** 18"),
    (questions_have_one_right_answer, "**18**<!-- @code_width-33", "**18** <!-- @code_width-33"),
    (covers_have_predictions, '"predict"', '"margin"'),
    (covers_have_predictions, '"covered"', '"margin"'),
    (covers_have_predictions, "**What do you expect?**", "**Do you know?**"),
    (covers_have_predictions, '"outputs_hidden": true', '"outputs_hidden": false'),
    (covers_have_predictions, "The larger latent dimension helps", "# The larger"),
    (covers_keep_their_names, '"outputs = {name: network', '"members = outputs = {name: network'),
    (recalls_name_an_earlier_page, "**Do you remember?** In {doc}`autoencoder`", "**Do you"),
    (recalls_name_an_earlier_page, "In {doc}`autoencoder`, PCA", "In {doc}`denoising`, PCA"),
    (misconceptions_are_refuted, "It is not so: PCA", "PCA"),
    (misconceptions_are_refuted, "You may think that the gain", "The gain"),
    (marks_name_objectives, "asks: exception", "asks: exceptions"),
    (captions, " Look at the distance", " The distance"),
    (captions, "Look at the bar of the three among its neighbors.", "Look at the bar"),
    (captions, "those of {numref}`fig-latent-grid`", "those of the next figure"),
    (captions, '"name": "fig-latent-ten"', '"name": "latent-ten"'),
    (asks_often, '<details class=\\"answer', '<details class=\\"question'),
    (objectives_are_asked_for, "<!-- objective: exception -->", ""),
    (objectives_are_asked_for, "<!-- asks: dimension -->", ""),
    (objectives_are_asked_for, "<!-- trains: exception -->", ""),
    (recalls, '"recall"', '"margin"'),
    (misconceptions, ":class: misconception", ":class: note"),
]


@pytest.fixture
def model(tmp_path, monkeypatch):
    """Return a function that writes the model chapter, changed, into a book of its own."""

    def write(old, new):
        text = MODEL.read_text(encoding="utf-8")
        assert old in text
        path = tmp_path / MODEL.name
        path.write_text(text.replace(old, new), encoding="utf-8")
        return path

    monkeypatch.setattr(teaching, "BOOK", tmp_path)
    teaching.matrix.cache_clear()
    yield write
    teaching.matrix.cache_clear()


@pytest.mark.parametrize(("rule", "old", "new"), BROKEN)
def test_rule_bites(rule, old, new, model):
    assert list(rule(model(old, new)))


def test_every_rule_is_broken():
    assert {rule for rule, *_ in BROKEN} == {*RULES}


def test_words_in_answers_code_and_comments_do_not_count():
    page = "One `two` three.<!-- four -->\n\n```\nfive\n```\n\n$$six$$\n\n"
    answers = '<details class="answer"><summary>seven</summary>\n\n**No.** Eight.\n\n</details>'
    assert teaching.count_words(page + answers) == 3


def test_teachers_are_told_how_reading_times_are_counted():
    text = (BOOK / "teachers.md").read_text(encoding="utf-8")
    told = {
        "words": 60 / int(re.search(r"(\d+) words a minute", text)[1]),
        "formulas": int(re.search(r"(\d+) seconds for a formula", text)[1]),
        "lines": int(re.search(r"(\d+) seconds for a line", text)[1]),
        "figures": int(re.search(r"(\d+) for a figure", text)[1]),
        "questions": int(re.search(r"(\d+) for a question", text)[1]),
    }
    assert told == teaching.SECONDS
