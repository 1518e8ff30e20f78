"""The pages of exercises: all that a reader needs, and each solution within its fold only.

Each rule takes the name of an exercise and its page, and yields sentences, one for each fault.
"""

import importlib
import json
import re
import sys
from pathlib import Path

import nbformat
import pytest
import yaml
from bs4 import BeautifulSoup

ROOT = Path(__file__).parents[2]
SITE = ROOT / "_build" / "html"
PAGES = SITE / "book" / "exercises"
EXERCISES = sorted(path.stem for path in ROOT.glob("book/exercises/*.ipynb"))

sys.path.insert(0, str(ROOT / "book" / "_class"))
exercise = importlib.import_module("exercise")

of_the_book = pytest.mark.skipif(
    not PAGES.is_dir(), reason="the book is not built; run `make book`"
)


def read(name):
    """Return the page of an exercise, as a browser would find it."""
    return (PAGES / f"{name}.html").read_text(encoding="utf-8")


def parsed(html):
    return BeautifulSoup(html, "html.parser").article


def plain(text):
    """Return the letters and signs of a text, whatever blanks are between them."""
    return "".join(text.split())


#: What parts the prose of a notebook into pieces that a page shows as they stand.
MARKUP = re.compile(r"""<!--.*?-->|[`*$<>\\{}_^"'.,:;\n]""")


def parts(name, part):
    """Return the cells between the marks of a part, SOLUTION or TESTS, by question."""
    found, question, within = {}, None, False
    for cell in nbformat.read(ROOT / "book" / "exercises" / f"{name}.ipynb", as_version=4).cells:
        if cell.source.startswith("# BEGIN QUESTION"):
            question = yaml.safe_load(cell.source)["name"]
        elif cell.source in (f"# BEGIN {part}", f"# END {part}"):
            within = cell.source == f"# BEGIN {part}"
        elif within:
            found.setdefault(question, []).append(cell)
    return found


def secrets(name):
    """Return the lines of code and the pieces of prose that stand in solutions only."""
    given = plain("\n".join(cell.source for cell in exercise.handed_out(name)))
    cells = [cell for of_question in parts(name, "SOLUTION").values() for cell in of_question]
    found = set()
    for cell in cells:
        is_code = cell.cell_type == "code"
        pieces = cell.source.split("\n") if is_code else MARKUP.split(cell.source)
        found |= {plain(one) for one in pieces}
    return {one for one in found if len(one) > 18 and one not in given and "SOLUTION" not in one}


# --- The rules -----------------------------------------------------------------------------------


def solutions_are_folded(name, html):
    article = parsed(html)
    folded = plain(" ".join(one.extract().text for one in article.select("details.solution")))
    left = plain(article.text)
    for secret in sorted(secrets(name)):
        if secret not in folded:
            yield f"no fold has {secret!r}"
        if secret in left:
            yield f"outside of the folds stands {secret!r}"


def hidden_tests_stay_hidden(name, html):
    text = plain(parsed(html).text)
    given = {plain(line) for cell in exercise.handed_out(name) for line in cell.source.split("\n")}
    for cell in (cell for cells in parts(name, "TESTS").values() for cell in cells):
        for line in {plain(line) for line in cell.source.split("\n")} - given:
            if len(line) > 18 and line in text:
                yield f"of a hidden test, {line!r}"


def results_are_for_the_reader(name, html):
    """No cell has an output from the first answer on."""
    first = parsed(html).select_one("[data-answer]")
    if first is None or first.find_all_next(class_="cell_output") or first.find_all_next("img"):
        yield "an output, or no answer, from the first answer on"


def questions_have_their_places(name, html):
    """Each question has what scripts look for, once and in this order, and nothing else has it."""
    places = {}
    for place in parsed(html).find_all(True):
        for kind in ("answer", "check", "words", "question"):
            if question := place.get(f"data-{kind}"):
                called = place["class"][0] if kind == "question" else kind
                places.setdefault(question, []).append((called, place))
    asked = exercise.questions(name)
    if list(places) != [one.name for one in asked]:
        yield f"there are places for {list(places)}"
    for one in asked:
        kinds, found = zip(*places.get(one.name, [(None, None)]), strict=True)
        expected = ["words"] if one.manual else ["answer", "check", *["hint"] * kinds.count("hint")]
        if list(kinds) != [*expected, "solution"]:
            yield f"{one.name} has {kinds}"
            continue
        cells = [cell for cell in parts(name, "SOLUTION")[one.name] if cell.cell_type == "code"]
        if len(found[-1].find_all("pre")) != len(cells):
            yield f"{one.name}: not one pre for each cell of code in its solution"
        if not one.manual:
            given = {cell.id: cell.source for cell in exercise.handed_out(name)}
            if found[0].name != "div" or found[0].pre.text.strip() != given[cells[0].id]:
                yield f"{one.name}: its place holds {found[0].text!r}"
            if not {"cell"}.issubset({*found[0]["class"]} & {*found[1]["class"]}):
                yield f"{one.name}: its answer or its check is no cell"


def questions_have_hints(name, html):
    article = parsed(html)
    for one in exercise.questions(name):
        hints = article.select(f'details.hint[data-question="{one.name}"] > summary')
        told = [summary.text for summary in hints]
        if not one.manual and (
            len(told) < 2 or told != ["A hint", *["Another hint"] * len(told[1:])]
        ):
            yield f"{one.name}: {told}"


def the_head_tells_of_the_exercise(name, html):
    kind = "application/vnd.nnlib.exercise+json"
    scripts = BeautifulSoup(html, "html.parser").head.find_all("script", type=kind)
    if len(scripts) != 1:
        yield f"{len(scripts)} scripts of the type {kind}"
        return
    told = json.loads(scripts[0].string)
    notebook = json.loads((PAGES / told["notebook"]).read_text(encoding="utf-8"))
    written = notebook["metadata"].pop("nnlib")
    exercise.mark(notebook)
    title = parsed(html).h1.text.rstrip("#")
    expected = {"name": name, "title": title, "notebook": f"../../class/{name}.ipynb"}
    if told != expected | written or written != notebook["metadata"]["nnlib"]:
        yield f"{told}, which is not {expected | written}"


def every_way_is_linked(name, html):
    opening = nbformat.read(ROOT / f"book/exercises/{name}.ipynb", as_version=4).cells[1].source
    texts = {plain(link.text) for link in parsed(html).find_all("a")}
    for title in re.findall(r"chapter \d+ \(\*(.+?)\*\)", opening):
        if plain(title) not in texts:
            yield f"no link to {title}"
    links = [link.get("href") for link in BeautifulSoup(html, "html.parser").find_all("a")]
    lite = f"../../lite/notebooks/index.html?path=exercises/{name}.ipynb"
    for link in (lite, f"../../class/{name}.ipynb", f"../../class/{name}.zip"):
        if link not in links:
            yield f"no link to {link}"
    if [link for link in links if link and "_sources" in link]:
        yield "a link to the source, with hidden tests"


RULES = [
    solutions_are_folded,
    hidden_tests_stay_hidden,
    results_are_for_the_reader,
    questions_have_their_places,
    questions_have_hints,
    the_head_tells_of_the_exercise,
    every_way_is_linked,
]


@of_the_book
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("name", EXERCISES)
def test_page(name, rule):
    assert not list(rule(name, read(name)))


@of_the_book
@pytest.mark.parametrize("name", EXERCISES)
def test_a_page_runs_the_code_that_students_are_given(name):
    text = (SITE / f"_static/python/cells/book-exercises-{name}.json").read_text(encoding="utf-8")
    cells = [cell for cell in exercise.handed_out(name) if cell.cell_type == "code"]
    given = {cell.id: cell.source for cell in cells if cell.id != "setup"}
    assert {cell["id"]: cell["source"] for cell in json.loads(text)} == given


@of_the_book
def test_the_source_of_a_page_with_hidden_tests_is_not_in_the_site():
    assert not list(SITE.glob("_sources/book/exercises/*"))


def test_the_exercises_are_below_their_table_in_its_order():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    chapters = [one for part in toc["parts"] for one in part["chapters"]]
    (listed,) = (one["sections"] for one in chapters if one["file"] == "book/exercises")
    table = (ROOT / "book" / "exercises.md").read_text(encoding="utf-8")
    linked = re.findall(r"^\|[^|]+\| \{doc\}`[^<]+<(exercises/\w+)>` \|", table, re.MULTILINE)
    assert [one["file"] for one in listed] == [f"book/{one}" for one in linked]
    assert sorted(linked) == [f"exercises/{name}" for name in EXERCISES]


# --- The rules themselves ------------------------------------------------------------------------

BROKEN = [
    (solutions_are_folded, "linear", 'class="solution" data', 'class="answer" data'),
    (solutions_are_folded, "linear", "One matrix product computes", "One product computes"),
    (solutions_are_folded, "linear", "<h2>", "<h2>Nothing is divided by the number of rows here"),
    (hidden_tests_stay_hidden, "project", "<h2>", '<h2>assert seconds &lt;= 60, '
     'f"{seconds:.0f} seconds are more than 60"'),
    (results_are_for_the_reader, "linear", "data-answer", "data-other"),
    (results_are_for_the_reader, "linear", "</article>", '<p class="cell_output"></p></article>'),
    (results_are_for_the_reader, "linear", "</article>", '<img src="a.png" /></article>'),
    (questions_have_their_places, "linear", 'data-answer="forward"', 'data-answer="other"'),
    (questions_have_their_places, "linear", 'data-check="forward"', ""),
    (questions_have_their_places, "linear", '<div data-words="picture">', "<div>"),
    (questions_have_their_places, "linear", 'class="solution" data-question="rate"', ""),
    (questions_have_their_places, "linear", '<div class="cell ', '<div class="'),
    (questions_have_their_places, "linear", "    <span class=\"o\">...</span>", "    pass"),
    (questions_have_their_places, "linear", "<p><strong>Why.</strong> Row", "<pre>1</pre><p>Row"),
    (questions_have_hints, "linear", "<summary>Another hint</summary>", "<summary>Hint</summary>"),
    (questions_have_hints, "linear", 'class="hint" data-question="layer"', ""),
    (the_head_tells_of_the_exercise, "linear", '"name": "linear"', '"name": "losses"'),
    (the_head_tells_of_the_exercise, "linear", '"title": "Exercise 1', '"title": "1'),
    (the_head_tells_of_the_exercise, "linear", '"edition": "', '"edition": "0'),
    (the_head_tells_of_the_exercise, "linear", "class/linear.ipynb\"}", "class/losses.ipynb\"}"),
    (the_head_tells_of_the_exercise, "linear", "vnd.nnlib.exercise", "vnd.nnlib.exercises"),
    (every_way_is_linked, "linear", "Linear layers and", "Layers and"),
    (every_way_is_linked, "linear", "class/linear.zip", "class/losses.zip"),
    (every_way_is_linked, "linear", "?path=exercises/", "?path=book/exercises/"),
    (every_way_is_linked, "linear", "</article>", '<a href="../../_sources/a"></a></article>'),
]  # fmt: skip


@of_the_book
@pytest.mark.parametrize(("rule", "name", "old", "new"), BROKEN)
def test_rule_bites(rule, name, old, new):
    html = read(name)
    assert old in html
    assert list(rule(name, html.replace(old, new)))


def test_every_rule_is_broken():
    assert {rule for rule, *_ in BROKEN} == {*RULES}
