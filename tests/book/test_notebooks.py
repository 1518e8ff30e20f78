"""What nbval does not look at, in every notebook of the book.

nbval compares stored outputs with fresh ones, but not pictures, nor cells without an execution
count; and it knows nothing of readers. Each rule below is a function that takes a notebook and
yields sentences, one for each fault. `BROKEN` breaks each rule once, to see that it bites.
"""

import copy
import functools
import importlib
import json
import re
import runpy
from pathlib import Path
from statistics import median

import nbformat
import pytest
import yaml
from helpers import NUMBERS

from nnlib.experiments import results
from nnlib.widgets import Lab

BOOK = Path(__file__).parents[2] / "book"
NOTEBOOKS = sorted(BOOK.glob("*.ipynb"))
EXERCISES = sorted(BOOK.glob("exercises/*.ipynb"))
SETUP = runpy.run_path(str(BOOK / "refresh.py"))["setup_cell"]()

KNOWN_TAGS = {
    *("hide-input", "hide-output", "hide-cell", "remove-input", "remove-output", "remove-cell"),
    *("raises-exception", "full-width", "margin", "scroll-output", "nbval-skip"),
    *("covered", "predict", "recall"),  # book/_ext/teaching.py
    "too-heavy",  # for a browser: tests/book/browser_cost.py
}
STATE = "application/vnd.jupyter.widget-state+json"
#: What changes from run to run, or from machine to machine.
FLEETING = {
    "an object's address": re.compile(r"\b0x[0-9a-f]{6,}"),
    "an absolute path": re.compile(r"(?<![\w.:/])/(home|root|Users|tmp|var|work|opt|usr)/"),
    "a path on Windows": re.compile(r"\b[A-Z]:\\"),
    "a temporary name": re.compile(r"ipykernel_\d+|\btmp[a-z0-9_]{8}\b"),
}


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def name(cell):
    return f"[{cell.execution_count}] {cell.source.partition(chr(10))[0]}"


def tags(cell):
    return set(cell.metadata.get("tags", []))


def lines(cell):
    return sum(bool(line.strip()) for line in cell.source.splitlines())


def has_picture(cell):
    return any("image/png" in output.get("data", {}) for output in cell.outputs)


def alt_text(cell):
    return cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")


def texts(cell):
    """Everything in a cell's outputs that nbval compares with a fresh run."""
    for output in cell.outputs:
        yield output.get("text", "")
        for kind, value in output.get("data", {}).items():
            # A figure left as the last value says only "<Figure size 640x480 with 1 Axes>".
            if kind == "text/html" or (kind == "text/plain" and "image/png" not in output["data"]):
                yield value


# --- The rules -----------------------------------------------------------------------------------


def ran_in_order(notebook):
    cells = [cell for cell in code_cells(notebook) if "nbval-skip" not in tags(cell)]
    counts = [cell.execution_count for cell in cells]
    if counts != list(range(1, len(counts) + 1)):
        yield f"the cells did not run once, in order: {counts}; run `make refresh`"


def no_errors(notebook):
    for cell in code_cells(notebook):
        failed = any(output.output_type == "error" for output in cell.outputs)
        if failed and "raises-exception" not in tags(cell):
            yield f"an error is stored, and no tag raises-exception expects it: {name(cell)}"


def no_unknown_tags(notebook):
    for cell in notebook.cells:
        for tag in sorted(tags(cell) - KNOWN_TAGS):
            yield f"unknown tag {tag!r} on {cell.source!r}"


def skipped_only_for_readers(notebook):
    """What nbval cannot compare is skipped: stock sliders, which are dead on a page anyway."""
    for cell in code_cells(notebook):
        if "nbval-skip" in tags(cell) and ("@interact(" not in cell.source or cell.outputs):
            yield f"nbval-skip is for @interact, without stored outputs: {name(cell)}"


@functools.cache
def private_traits(kind):
    """Return what a figure gets from Python, whatever it shows: its code, files, room and data."""
    try:
        state = kind().get_state()
    except TypeError:  # it shows data of the page, and needs them
        state = {"_esm": kind._esm, "_css": kind._css}
    private = {name: value for name, value in state.items() if name.startswith("_")}
    return json.loads(json.dumps(private))


def widgets_up_to_date(notebook):
    for one in notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {}).values():
        module, _, kind = one["state"].get("_anywidget_id", "").rpartition(".")
        if not module.startswith("nnlib.widgets"):
            yield f"a stored widget, {one['model_name']}, is dead on the page"
            continue
        now = private_traits(getattr(importlib.import_module(module), kind))
        if any(one["state"].get(name) != value for name, value in now.items()):
            yield f"{kind} has changed since; run `make refresh`"
        if any(len(buffer["data"]) > 10_000 for buffer in one.get("buffers", ())):
            yield f"{kind} stores what ought to be an asset (nnlib/widgets/assets.py)"


def pictures_described(notebook):
    for cell in filter(has_picture, code_cells(notebook)):
        alt = alt_text(cell)
        if len(alt) < 20 or re.match(r"(figure|image|picture|plot)\b", alt, re.IGNORECASE):
            yield f"a picture needs alt text that says what it shows, not {alt!r}: {name(cell)}"


def pictures_followed_by_text(notebook):
    cells = code_cells(notebook)
    for cell, after in zip(cells, [*cells[1:], None], strict=True):
        near = [cell] if after is None else [cell, after]
        if has_picture(cell) and not any(text.strip() for c in near for text in texts(c)):
            yield f"nbval passes any picture: print a number that this one shows: {name(cell)}"


def cells_small(notebook):
    cells = [cell for cell in code_cells(notebook) if cell.id != SETUP.id]
    for cell in cells:
        if lines(cell) > 15:
            yield f"a cell of {lines(cell)} lines, more than 15: {name(cell)}"
    if cells and median(map(lines, cells)) > 5:
        yield f"half the cells have {median(map(lines, cells))} lines or more; 5 is the most"


def prose_first(notebook):
    cells = [cell for cell in notebook.cells if cell.id != SETUP.id]
    for before, cell in zip([None, *cells], cells, strict=False):
        is_prose = before is not None and before.cell_type == "markdown"
        if cell.cell_type == "code" and not is_prose and "hide-cell" not in tags(cell):
            yield f"no prose before {name(cell)}"


def runs_in_the_browser(notebook):
    second = notebook.cells[1]
    if any(second.get(key) != SETUP[key] for key in ("id", "source", "metadata")):
        yield "the second cell does not bring nnlib to the browser; run `make refresh`"


def metadata_complete(notebook):
    about = notebook.metadata.get("myst", {}).get("html_meta", {}).get("description lang=en", "")
    if not 50 <= len(about) <= 200:
        yield (
            "the notebook's metadata need myst.html_meta with a 'description lang=en' of 50 to "
            f"200 letters, as linear.ipynb has it, not {about!r}"
        )
    if notebook.metadata.get("kernelspec", {}).get("name") != "python3":
        yield "metadata kernelspec.name is not python3"
    for cell in code_cells(notebook):
        if "execution" in cell.metadata:
            yield f"times of running are stored; run `make refresh`: {name(cell)}"


def questions_answerable(notebook):
    for cell in notebook.cells:
        if "## Check yourself" in cell.source:
            _, *questions = re.split(r"^\*\*\d+\.\*\* ", cell.source, flags=re.MULTILINE)
            if not 2 <= len(questions) <= 4:
                yield f"{len(questions)} questions to check yourself, not 2 to 4"
            for question in questions:
                told = re.findall(r"</summary>\s+\*\*(Right|No)\.\*\* \S", question)
                if len(told) not in (3, 4) or len(told) != question.count("<details"):
                    yield f"not 3 or 4 answers, each with a word on it: {question[:60]}"
                if told.count("Right") != 1:
                    yield f"not one right answer, but {told.count('Right')}: {question[:60]}"


def outputs_lasting(notebook):
    for cell in code_cells(notebook):
        tracebacks = ["\n".join(output.get("traceback", [])) for output in cell.outputs]
        for text in [*texts(cell), *tracebacks]:
            for what, pattern in FLEETING.items():
                if found := pattern.search(text):
                    yield f"{what} in the output, {found[0]!r}: {name(cell)}"


RULES = [
    ran_in_order,
    no_errors,
    no_unknown_tags,
    skipped_only_for_readers,
    widgets_up_to_date,
    pictures_described,
    pictures_followed_by_text,
    cells_small,
    prose_first,
    runs_in_the_browser,
    metadata_complete,
    questions_answerable,
    outputs_lasting,
]


def repeated_alt_texts(notebooks):
    """The alt texts that more than one picture has, in all notebooks together."""
    alts = [alt_text(c) for n in notebooks for c in code_cells(n) if has_picture(c)]
    return {alt for alt in alts if alts.count(alt) > 1}


# --- The book ------------------------------------------------------------------------------------


def read(path):
    return nbformat.read(path, as_version=4)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook(path, rule):
    if faults := list(rule(read(path))):
        pytest.fail("\n".join([f"{path.name}:", *faults]), pytrace=False)


#: Exercises are no pages: students open them as notebooks, and a cell of theirs is an answer.
OF_PAGES = [pictures_described, cells_small, prose_first, runs_in_the_browser]


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if rule not in OF_PAGES], ids=lambda rule: rule.__name__
)
@pytest.mark.parametrize("path", EXERCISES, ids=lambda path: path.stem)
def test_exercise(path, rule):
    test_notebook(path, rule)


def test_the_verdict_on_every_claim_is_told_in_a_sentence_and_is_the_computed_one():
    pages = [path.read_text(encoding="utf-8") for path in BOOK.glob("*.md")]
    pages += [cell.source for path in NOTEBOOKS for cell in read(path).cells]
    told = {found for page in pages for found in VERDICT.findall(page)}
    rows = results.read(results.path("verdicts"))
    found = {(row["claim"], row["verdict"].replace("undec", "is undec")) for row in rows}
    untrue, untold = sorted(told - found), sorted(found - told)
    assert not untrue, f"pages say {untrue}, data/results/verdicts.csv does not: judge it anew"
    assert not untold, f"no page says in bold what data/results/verdicts.csv has: {untold}"


#: How a page says what has become of a claim: "**R1 holds.**"
VERDICT = re.compile(r"\*\*([RB]\d+) (holds|fails|is undecided|depends on [\w ]+)\b")


def test_the_conclusion_counts_the_verdicts_and_names_the_claims_of_each():
    told = {}
    for paragraph in (BOOK / "conclusion.md").read_text(encoding="utf-8").split("\n\n"):
        if opening := re.match(r"\*\*(\w+) (?:are )?(holds?|fails?|undecided)\b", paragraph):
            claims = set(re.findall(r"\bR\d+", paragraph))
            assert NUMBERS.index(opening[1].lower()) == len(claims), paragraph
            told |= dict.fromkeys(claims, opening[2].rstrip("s"))
    rows = results.read(results.path("verdicts"))
    of_the_report = [row for row in rows if row["claim"].startswith("R")]
    assert told == {row["claim"]: row["verdict"].rstrip("s") for row in of_the_report}


def test_notebooks_valid():
    for path in NOTEBOOKS:
        nbformat.validate(read(path))


def test_every_lesson_lets_its_readers_check_themselves():
    parts = yaml.safe_load((BOOK.parent / "_toc.yml").read_text(encoding="utf-8"))["parts"]
    (lessons,) = (part["chapters"] for part in parts if part["caption"] == "Lessons")
    for lesson in lessons:
        cells = read(BOOK.parent / f"{lesson['file']}.ipynb").cells
        asks = any("## Check yourself" in cell.source for cell in cells)
        assert asks, f"{lesson['file']} is a lesson and needs '## Check yourself', as linear has it"


def test_alt_texts_differ():
    assert not repeated_alt_texts(map(read, NOTEBOOKS))


# --- The rules themselves ------------------------------------------------------------------------


def picture():
    return nbformat.v4.new_output("display_data", {"image/png": "", "text/plain": "<Figure>"})


def printed(text):
    return nbformat.v4.new_output("stream", text=text)


def quiz(*questions):
    """Questions to check yourself, each given as what is said to its answers, a word each."""
    source = "## Check yourself"
    for number, answers in enumerate(questions, start=1):
        source += f"\n\n**{number}.** Why?"
        for told in answers.split():
            source += f"\n\n<details><summary>so</summary>\n\n**{told}.** Because.\n\n</details>"
    return source


def good():
    """A notebook without a fault: prose, a picture, prose, the numbers that it shows."""
    v4 = nbformat.v4
    alt = {"mystnb": {"image": {"alt": "A falling curve: the loss over ten epochs."}}}
    about = "Why a network with one layer cannot learn XOR, and two can."
    return v4.new_notebook(
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3"},
            "myst": {"html_meta": {"description lang=en": about}},
        },
        cells=[
            v4.new_markdown_cell(quiz("Right No No", "No No No Right") + "\n\nA picture."),
            nbformat.from_dict({**copy.deepcopy(SETUP), "execution_count": 1}),
            v4.new_code_cell("draw()", execution_count=2, outputs=[picture()], metadata=alt),
            v4.new_markdown_cell("Its numbers."),
            v4.new_code_cell("print(1)", execution_count=3, outputs=[printed("1\n")]),
        ],
    )


def error(traceback=""):
    return nbformat.v4.new_output("error", ename="E", evalue="", traceback=[traceback])


def tagged(cell, tag):
    cell.metadata["tags"] = [tag]


def stored(model, state=None, buffers=()):
    """The metadata of a notebook that stores one widget."""
    one = {"model_name": model, "state": state or {}, "buffers": buffers}
    return {"widgets": {STATE: {"state": {"widget-1": one}}}}


LAB = private_traits(Lab)

# Each breaks the good notebook in one way; `n` is the notebook, `c` its last cell.
BROKEN = [
    (ran_in_order, lambda n, c: c.update(execution_count=None)),
    (ran_in_order, lambda n, c: c.update(execution_count=4)),
    (no_errors, lambda n, c: c.outputs.append(error())),
    (no_unknown_tags, lambda n, c: tagged(c, "hide-inptu")),
    (skipped_only_for_readers, lambda n, c: tagged(c, "nbval-skip")),
    (widgets_up_to_date, lambda n, c: n.metadata.update(stored("FloatSliderModel"))),
    *(
        (
            widgets_up_to_date,
            lambda n, c, old=old: n.metadata.update(stored("AnyModel", LAB | old)),
        )
        for old in ({"_esm": "old"}, {"_min_heights": [1, 1]}, {"_assets": []})
    ),
    (
        widgets_up_to_date,
        lambda n, c: n.metadata.update(stored("AnyModel", LAB, [{"data": "A" * 20_000}])),
    ),
    (pictures_described, lambda n, c: n.cells[2].metadata.clear()),
    (pictures_described, lambda n, c: n.cells[2].metadata.mystnb.image.update(alt="A curve")),
    (pictures_described, lambda n, c: n.cells[2].metadata.mystnb.image.update(alt="Figure " * 5)),
    (pictures_followed_by_text, lambda n, c: c.outputs.clear()),
    (pictures_followed_by_text, lambda n, c: c.update(outputs=[printed("\n")])),
    (cells_small, lambda n, c: c.update(source="x = 1\n" * 16)),
    (cells_small, lambda n, c: [cell.update(source="x = 1\n" * 6) for cell in n.cells]),
    (prose_first, lambda n, c: n.cells.pop(3)),
    (prose_first, lambda n, c: n.cells.pop(0)),
    (runs_in_the_browser, lambda n, c: n.cells.pop(1)),
    (runs_in_the_browser, lambda n, c: n.cells[1].update(source="import os")),
    (runs_in_the_browser, lambda n, c: n.cells[1].metadata.clear()),
    (metadata_complete, lambda n, c: n.metadata.pop("myst")),
    (metadata_complete, lambda n, c: n.metadata.kernelspec.update(name="conda-env")),
    (metadata_complete, lambda n, c: c.metadata.update(execution={"iopub.execute_input": ""})),
    (questions_answerable, lambda n, c: c.update(source=quiz("Right No No"))),
    (questions_answerable, lambda n, c: c.update(source=quiz("Right No", "Right No No"))),
    (questions_answerable, lambda n, c: c.update(source=quiz("No No No", "Right No No"))),
    (questions_answerable, lambda n, c: c.update(source=quiz("Right No Right", "No Right No"))),
    (questions_answerable, lambda n, c: c.update(source=quiz("Right No No Hm", "No Right No"))),
    (outputs_lasting, lambda n, c: c.update(outputs=[printed("<Linear at 0x7f3a5c1d2e50>")])),
    (outputs_lasting, lambda n, c: c.update(outputs=[printed("saved /home/me/a.json")])),
    (outputs_lasting, lambda n, c: c.update(outputs=[printed(r"saved C:\Users\me\a.json")])),
    (outputs_lasting, lambda n, c: c.update(outputs=[printed("saved tmpab3_x9zq.json")])),
    (outputs_lasting, lambda n, c: c.update(outputs=[error("File /home/me/nnlib/linear.py:3")])),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule_accepts_the_good(rule):
    assert not list(rule(good()))


@pytest.mark.parametrize(("rule", "breaks"), BROKEN, ids=lambda part: part.__name__)
def test_rule_bites(rule, breaks):
    notebook = good()
    breaks(notebook, notebook.cells[-1])
    assert list(rule(notebook))


def test_every_rule_is_broken():
    assert {rule for rule, _ in BROKEN} == set(RULES)


def test_rules_make_exceptions():
    notebook = good()
    solution = notebook.cells[-1]
    solution.outputs.append(error())
    notebook.cells.pop(3)
    solution.metadata["tags"] = ["raises-exception", "hide-cell"]
    assert not [fault for rule in RULES for fault in rule(notebook)]


def test_repeated_alt_texts():
    other = copy.deepcopy(good())
    assert repeated_alt_texts([good(), other])
    other.cells[2].metadata.mystnb.image.alt = "A rising curve: the accuracy over ten epochs."
    assert not repeated_alt_texts([good(), other])
