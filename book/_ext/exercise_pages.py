"""Exercises as pages: the text, a place for each answer, its check, hints and the solution.

The notebooks in `book/exercises` hold all of it, and hidden tests besides. `book/_class/build.py`,
which runs before the book is built, makes the versions for students. A page shows the code that
they are given, and after it, each in a fold, the hints and the solution. What cells print once a
question has been answered is for the reader to find out, so no output is shown from there on.

Scripts find their way by attributes: `data-answer`, `data-check` and `data-words` hold the name of
a question, and so does `data-question` of a hint or a solution. The head of the page tells them the
edition of the exercise, and where its notebook is.
"""

import json
import re
import shutil
import sys
from html import escape
from pathlib import Path

import nbformat
import yaml
from docutils import nodes
from sphinx.errors import ExtensionError
from teaching import cells_of

BOOK = Path(__file__).parents[1]
sys.path.insert(0, str(BOOK / "_class"))

import exercise  # noqa: E402 - it lies among the tools for a class

FOLDER = "book/exercises/"  # of the pages, and `class/` of the files to hand out
#: A hint in the text of a question, and how a tag comes out at a cell (see `page`).
HINT = re.compile(r"<details><summary>(.*?)</summary>(.*?)</details>\s*", re.DOTALL)
MARK = re.compile(r'<div class="([^"]*)\btag_(answer|check):([\w-]+) ([^"]*)"')

# --- What readers see -----------------------------------------------------------------------------

WAYS = """\
<span class="btn-lite">You can do this exercise on this page, where
*Check* runs your cell and its check, or
<a href="../../lite/notebooks/index.html?path=exercises/{name}.ipynb">in JupyterLite</a>. </span>To
do it on your machine, download <a href="../../class/{name}.ipynb">the notebook</a>, or
<a href="../../class/{name}.zip">{name}.zip</a>, which also holds nnlib and the data.
The hints and the solution of each question are in folds at its end: try first."""
SOLUTION = "The solution, to compare with yours"
WORDS = "Write your answer down before you compare."

# --- The cells of a page --------------------------------------------------------------------------


def fold(kind, question, summary, text):
    """Return Markdown in a fold that belongs to a question."""
    opening = f'<details class="{kind}" data-question="{escape(question)}">'
    return f"{opening}<summary>{summary}</summary>\n\n{text.strip()}\n\n</details>"


def solved(cell):
    """Return a cell of a solution as Markdown, without the lines that tell Otter what it is."""
    if cell.cell_type == "markdown":
        return cell.source
    lines = [line for line in cell.source.splitlines() if not line.endswith(" SOLUTION")]
    return "\n".join(["```python", *lines, "```"])


def code(cell, source, *tags, outputs=()):
    """Return a cell of code, with its own id."""
    return nbformat.v4.new_code_cell(
        source, id=cell.id, metadata=cell.metadata | {"tags": [*tags]}, outputs=[*outputs]
    )


def text(source, name):
    """Return a cell of Markdown."""
    return nbformat.v4.new_markdown_cell(source, id=name)


def linked(opening):
    """Return how an exercise opens, with links to the chapters that it names by their titles."""
    names = {}
    for path in BOOK.glob("*.ipynb"):
        title = re.search(r"^# (.*)", cells_of(str(path))[0]["source"], re.MULTILINE)[1]
        names |= {title: path.stem, title.partition(":")[0]: path.stem}
    return re.sub(
        r"(?<!\*)\*([^*]+)\*(?!\*)",  # slanted, and not bold
        lambda found: (
            f"{{doc}}`{found[1]} <../{names[found[1]]}>`" if found[1] in names else found[0]
        ),
        opening,
    )


def page(name, cells, given):
    """Return the cells of the page of an exercise.

    Args:
        name: of the exercise.
        cells: those of its source.
        given: the code that students are given, by the id of its cell.
    """
    found, part = [], None  # the part of a question: SOLUTION or TESTS
    question = folds = solution = check = None  # a check comes after the end of its question
    for cell in cells:
        mark = cell.source.partition("\n")[0] if cell.cell_type == "raw" else None
        if mark == "# BEGIN QUESTION":
            about = yaml.safe_load(cell.source)
            question, folds, solution = about["name"], [], []
        elif mark == "# END QUESTION":
            folds.append(fold("solution", question, SOLUTION, "\n\n".join(solution)))
            if about.get("manual"):
                place = f'<div data-words="{escape(question)}">{WORDS}</div>'
                found.append(text("\n\n".join([place, *folds]), f"{question}-folds"))
            else:
                check = question
            question = None
        elif mark:
            part = mark.removeprefix("# BEGIN ") if mark.startswith("# BEGIN ") else None
        elif part == "SOLUTION":
            solution.append(solved(cell))
            if cell.cell_type == "code":
                found.append(code(cell, given[cell.id], f"answer:{question}"))
        elif part == "TESTS" or cell.id == "setup":
            continue
        elif cell.cell_type == "code" and check:
            found.append(code(cell, cell.source, f"check:{check}"))
            found.append(text("\n\n".join(folds), f"{check}-folds"))
            check = None
        elif cell.cell_type == "code":
            outputs = [] if folds else cell.outputs  # from the first question on
            found.append(code(cell, cell.source, outputs=outputs))
        elif question:
            folds += [fold("hint", question, *hint) for hint in HINT.findall(cell.source)]
            found.append(text(HINT.sub("", cell.source), cell.id))
        else:
            found.append(text(cell.source, cell.id))
    found[0].source = linked(found[0].source)
    found.insert(1, text(WAYS.format(name=name), "ways"))
    return found


# --- Steps ----------------------------------------------------------------------------------------


def name_of(docname):
    """Return the name of the exercise that a page shows, or None."""
    return docname.removeprefix(FOLDER) if docname.startswith(FOLDER) else None


def student(name):
    """Return the path of the version for students."""
    path = exercise.CLASS / name / "student" / f"{name}.ipynb"
    if not path.is_file():
        raise ExtensionError(f"There is no {path}: make the exercises first (`make class`).")
    return path


def show(app, docname, source):
    """Make a page of an exercise that is about to be read."""
    if name := name_of(docname):
        path = student(name)
        app.env.note_dependency(str(path))
        given = {cell.id: cell.source for cell in nbformat.read(path, as_version=4).cells}
        notebook = nbformat.reads(source[0], as_version=4)
        notebook.cells = page(name, notebook.cells, given)
        source[0] = nbformat.writes(notebook)


def tell(app, docname, templatename, context, doctree):
    """Name the questions at their cells, and tell scripts about the exercise.

    The source of the page holds the hidden tests: the version for students takes its place.
    """
    if not (name := name_of(docname)):
        return
    context["body"] = MARK.sub(r'<div class="\1\4" data-\2="\3"', context["body"])
    notebook = context["pathto"](f"class/{name}.ipynb", resource=True)
    about = {
        "name": name,
        "title": next(doctree.findall(nodes.title)).astext(),
        "edition": nbformat.read(student(name), as_version=4).metadata.nnlib.edition,
        "notebook": notebook,
    }
    app.add_js_file(None, body=json.dumps(about), type="application/vnd.nnlib.exercise+json")
    context["sourcename"] = ""
    for group in context["header_buttons"]:
        for button in group.get("buttons", ()):
            if button["label"] == "download-source-button":
                button["url"] = notebook


def hand_out(app, exception):
    """Put the files to hand out beside the pages."""
    if exception or app.builder.format != "html":
        return
    for name in filter(None, map(name_of, app.env.found_docs)):
        for path in (student(name), exercise.CLASS / f"{name}.zip"):
            target = Path(app.outdir, "class", path.name)
            target.parent.mkdir(exist_ok=True)
            shutil.copy(path, target)


def setup(app):
    """Register the steps: other extensions find the cells of the page, and no others."""
    app.connect("source-read", show, priority=400)
    app.connect("html-page-context", tell, priority=900)
    app.connect("build-finished", hand_out)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
