"""The questions of the pages as a bank for course platforms: `python book/_ext/bank.py`.

For each page, into `_build/bank` (and, with the book, into its folder `bank`):

    linear-moodle.xml    for Moodle: a category of its own
    linear-canvas.zip    for Canvas, as QTI 1.2: a question bank of its own

Questions, answers and the explanations of answers are those of the page, and so are the numbers in
them. What cannot be asked without its page is left out: a question that refers to a figure, or that
is marked `<!-- needs: page -->`. The table of what there is stands where a page has

    ```{question-bank}
    ```

The formats are those that the platforms' own importers read: Moodle's `question/format/xml`, and
Canvas's `qti_exporter` with its QTIMigrationTool, which writes `feedback_1_fb` for an answer `1`.
"""

import re
import sys
from decimal import Decimal
from html import escape
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import SubElement
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import teaching
import yaml
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.myst_role import myst_role_plugin
from sphinx.util.docutils import SphinxDirective

FOLDER = "bank"
BOOK = yaml.safe_load((teaching.BOOK.parent / "_config.yml").read_text("utf-8"))["title"]

# --- What readers see -----------------------------------------------------------------------------

PLACE, PLACE_IN = "From the chapter {}.", "From the chapter {}, section {}."
FIGURE = "the figure on the page"
RANGE = "Give a number from {} to {}."
NEAR = "Numbers that differ by at most {} count as right."
COLUMNS = ("page", "questions", "left out", "Moodle", "Canvas")

# --- Questions ------------------------------------------------------------------------------------

NEEDS_PAGE = re.compile(r"<!-- needs: page -->|\{numref\}")
HEADING = re.compile(r"^##+ (.*)", re.MULTILINE)
ANSWER = re.compile(
    r'<details class="answer(?P<number> number)?"(?P<data>[^>]*)>'
    r"<summary>(?P<text>.*?)</summary>\s*(?P<why>.*?)\s*</details>",
    re.DOTALL,
)
TRUTH = re.compile(r"\*\*([\d,.]+)%?\*\*<!-- ")


class Choice(NamedTuple):
    """An answer to choose, and what is said of it, as HTML."""

    text: str
    why: str
    right: bool


class Question(NamedTuple):
    """A question, as HTML: with choices, or for a number that may be missed by a tolerance."""

    name: str
    text: str
    choices: tuple = ()
    number: Decimal | None = None
    tolerance: Decimal | None = None
    why: str = ""


def title(path):
    """Return the title of a page."""
    return re.search(r"^# (.*)", teaching.cells_of(str(path))[0]["source"], re.MULTILINE)[1]


def role(self, tokens, at, options, env):
    """Return what a role of a page says in a text that stands alone."""
    name, content = tokens[at].meta["name"], tokens[at].content
    shown, _, target = content.rstrip(">").partition("<")
    if name == "doc":
        page = teaching.BOOK / f"{target or content}.ipynb"
        shown = shown.strip() if target or not page.is_file() else title(page)
        return f"<em>{escape(shown)}</em>"
    return {"numref": FIGURE, "cite:p": ""}.get(name, escape(shown.strip()))


def formula(self, tokens, at, options, env):
    """Return a formula between the signs that both platforms take."""
    return rf"\({escape(tokens[at].content.strip(), quote=False)}\)"


MARKDOWN = MarkdownIt("commonmark", {"xhtmlOut": True}).use(dollarmath_plugin).use(myst_role_plugin)
MARKDOWN.add_render_rule("math_inline", formula)
MARKDOWN.add_render_rule("myst_role", role)


def html(markdown):
    """Return HTML of Markdown, in its paragraphs."""
    return MARKDOWN.render(teaching.COMMENT.sub("", markdown)).strip()


def inline(markdown):
    """Return HTML of a line of Markdown."""
    return MARKDOWN.renderInline(teaching.COMMENT.sub("", markdown)).strip()


def question(name, place, found):
    """Return a question of a page, from its match."""
    text = html(teaching.OPENINGS.sub("", found["text"]))
    answers = list(ANSWER.finditer(found["answers"]))
    if answers[0]["number"]:
        why = answers[0]["why"]
        number = Decimal(TRUTH.search(why)[1].replace(",", ""))
        data = dict(re.findall(r'data-(from|to)="([^"]*)"', answers[0]["data"]))
        # The page compares a guess, and does not judge it. A tenth of what could be said is near.
        span = Decimal(data["to"]) - Decimal(data["from"]) if data else number
        tolerance = abs(span / 10).normalize()
        asks = [RANGE.format(data["from"], data["to"])] if data else []
        asks.append(NEAR.format(format(tolerance, "f")))
        text = f"{place}\n{text}\n<p>{' '.join(asks)}</p>"
        return Question(name, text, (), number, tolerance, html(why))
    choices = [
        Choice(  # a summary is HTML already
            teaching.COMMENT.sub("", one["text"]).strip(),
            html(one["why"]),
            one["why"].startswith("**Right.**"),
        )
        for one in answers
    ]
    return Question(name, f"{place}\n{text}", tuple(choices))


def questions(path):
    """Return (the questions of a page that can stand alone, how many cannot)."""
    found, left_out, section = [], 0, None
    for cell in teaching.cells_of(str(path)):
        if cell["cell_type"] != "markdown":
            continue
        source, names = cell["source"], 0
        headings = list(HEADING.finditer(source))
        for match in teaching.questions_in(source):
            names += 1
            above = [one[1] for one in headings if one.start() < match.start()] or [section]
            if NEEDS_PAGE.search(match["text"]):
                left_out += 1
                continue
            of = [f"<em>{inline(one)}</em>" for one in (title(path), above[-1]) if one]
            place = f"<p>{(PLACE_IN if len(of) > 1 else PLACE).format(*of)}</p>"
            name = f"{Path(path).stem}-{cell['id']}" + (f"-{names}" if names > 1 else "")
            found.append(question(name, place, match))
        section = headings[-1][1] if headings else section
    return found, left_out


# --- Moodle ---------------------------------------------------------------------------------------


def texts(parent, tag, text, **attributes):
    """Add an element that holds its text as Moodle wants it, in an element of its own."""
    element = SubElement(parent, tag, attributes)
    SubElement(element, "text").text = text
    return element


def moodle(path):
    """Return a page's questions as a tree of Moodle XML."""
    quiz = ElementTree.Element("quiz")
    category = SubElement(quiz, "question", type="category")
    parts = (BOOK, title(path))
    texts(category, "category", "/".join(["$course$/top", *(p.replace("/", "//") for p in parts)]))
    for one in questions(path)[0]:
        kind = "multichoice" if one.choices else "numerical"
        element = SubElement(quiz, "question", type=kind)
        texts(element, "name", one.name)
        texts(element, "questiontext", one.text, format="html")
        texts(element, "generalfeedback", one.why, format="html")
        fields = {"defaultgrade": "1", "penalty": "0.3333333", "hidden": "0", "idnumber": one.name}
        if one.choices:
            fields |= {"single": "true", "shuffleanswers": "true", "answernumbering": "abc"}
        for field, value in fields.items():
            SubElement(element, field).text = value
        for choice in one.choices:
            fraction = "100" if choice.right else "0"
            answer = texts(element, "answer", choice.text, fraction=fraction, format="html")
            texts(answer, "feedback", choice.why, format="html")
        if not one.choices:
            number = format(one.number, "f")
            answer = texts(element, "answer", number, fraction="100", format="moodle_auto_format")
            SubElement(answer, "tolerance").text = format(one.tolerance, "f")
    return quiz


# --- Canvas ---------------------------------------------------------------------------------------

QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
PACKAGE = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"


def facts(parent, **entries):
    """Add metadata of QTI."""
    data = SubElement(parent, "qtimetadata")
    for label, entry in entries.items():
        field = SubElement(data, "qtimetadatafield")
        SubElement(field, "fieldlabel").text = label
        SubElement(field, "fieldentry").text = entry


def material(parent, text):
    """Add a text of QTI, as HTML."""
    SubElement(SubElement(parent, "material"), "mattext", texttype="text/html").text = text


def condition(processing, again):
    """Add a condition, and return it with its variables."""
    added = SubElement(processing, "respcondition", {"continue": "Yes" if again else "No"})
    return added, SubElement(added, "conditionvar")


def said(element, of, text):
    """Add what is shown if a condition refers to it."""
    feedback = SubElement(element, "itemfeedback", ident=f"{of}_fb")
    material(SubElement(feedback, "flow_mat"), text)


def show(respcondition, of):
    """Refer to what is said."""
    SubElement(respcondition, "displayfeedback", feedbacktype="Response", linkrefid=f"{of}_fb")


def equal(parent, tag, value):
    """Compare the response with a value."""
    SubElement(parent, tag, respident="response1").text = str(value)


def item(bank, at, one):
    """Add a question to a bank of QTI; `at` makes the names of its answers unique, as numbers."""
    names = [str(1000 + 10 * at + choice) for choice in range(len(one.choices))]
    element = SubElement(bank, "item", ident=one.name, title=one.name)
    kind = "multiple_choice_question" if one.choices else "numerical_question"
    ids = {"original_answer_ids": ",".join(names)} if names else {}
    facts(SubElement(element, "itemmetadata"), question_type=kind, points_possible="1", **ids)
    presentation = SubElement(element, "presentation")
    material(presentation, one.text)
    tag = "response_lid" if one.choices else "response_str"
    response = SubElement(presentation, tag, ident="response1", rcardinality="Single")
    processing = SubElement(element, "resprocessing")
    SubElement(
        SubElement(processing, "outcomes"), "decvar",
        maxvalue="100", minvalue="0", varname="SCORE", vartype="Decimal",
    )  # fmt: skip
    if one.choices:
        shown = SubElement(response, "render_choice")
        for name, choice in zip(names, one.choices, strict=True):
            material(SubElement(shown, "response_label", ident=name), choice.text)
            chosen, variables = condition(processing, again=True)
            equal(variables, "varequal", name)
            show(chosen, name)
            said(element, name, choice.why)
        right, variables = condition(processing, again=False)
        equal(variables, "varequal", names[[choice.right for choice in one.choices].index(True)])
    else:
        fib = SubElement(response, "render_fib", fibtype="Decimal")
        SubElement(fib, "response_label", ident="answer1")
        always, variables = condition(processing, again=True)
        SubElement(variables, "other")
        show(always, "general")
        said(element, "general", one.why)
        right, variables = condition(processing, again=False)
        either = SubElement(variables, "or")
        equal(either, "varequal", format(one.number, "f"))
        between = SubElement(either, "and")
        equal(between, "vargte", format(one.number - one.tolerance, "f"))
        equal(between, "varlte", format(one.number + one.tolerance, "f"))
    SubElement(right, "setvar", action="Set", varname="SCORE").text = "100"


def canvas(path):
    """Return a page's questions as a tree of QTI: a bank, and no quiz."""
    root = ElementTree.Element("questestinterop", xmlns=QTI)
    bank = SubElement(root, "objectbank", ident=f"bank-{Path(path).stem}")
    facts(bank, bank_title=f"{BOOK}: {title(path)}")
    for at, one in enumerate(questions(path)[0]):
        item(bank, at, one)
    return root


def manifest(name):
    """Return the list of contents of a package with one file, `NAME/NAME.xml`."""
    root = ElementTree.Element("manifest", xmlns=PACKAGE, identifier=f"package-{name}")
    about = SubElement(root, "metadata")
    SubElement(about, "schema").text = "IMS Content"
    SubElement(about, "schemaversion").text = "1.1.3"
    SubElement(root, "organizations")
    resources = SubElement(root, "resources")
    resource = SubElement(resources, "resource", identifier=f"bank-{name}", type="imsqti_xmlv1p2")
    SubElement(resource, "file", href=f"{name}/{name}.xml")
    return root


# --- Files ----------------------------------------------------------------------------------------


def pages():
    """Return the paths of the chapters with questions, in the order of the book."""
    chapters = [path for path in teaching.notebooks() if Path(path).parent == teaching.BOOK]
    return [path for path in chapters if questions(path)[0]]


def as_bytes(root):
    """Return a tree as a file."""
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)


def write(folder):
    """Write the files of all pages; the same pages give the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in pages():
        name = Path(path).stem
        (folder / f"{name}-moodle.xml").write_bytes(as_bytes(moodle(path)))
        with ZipFile(folder / f"{name}-canvas.zip", "w") as packed:
            trees = {"imsmanifest.xml": manifest(name), f"{name}/{name}.xml": canvas(path)}
            for file, tree in trees.items():
                packed.writestr(ZipInfo(file), as_bytes(tree), ZIP_DEFLATED)


class QuestionBank(SphinxDirective):
    """```{question-bank}```: a table of the files, with how many questions each has."""

    def run(self):
        """Return the table, read as Markdown, since titles may hold code."""
        lines = ["| " + " | ".join(COLUMNS) + " |", "| --- | ---: | ---: | --- | --- |"]
        up = "../" * self.env.docname.count("/")
        for path in pages():
            name, (found, left_out) = Path(path).stem, questions(path)
            files = [f"{name}-moodle.xml", f"{name}-canvas.zip"]
            links = [f'<a href="{up}{FOLDER}/{file}" download>{file}</a>' for file in files]
            cells = (f"{{doc}}`{name}`", str(len(found)), str(left_out), *links)
            lines.append("| " + " | ".join(cells) + " |")
            self.env.note_dependency(path)
        return self.parse_text_to_nodes("\n".join(lines))


def hand_out(app, exception):
    """Put the files beside the pages."""
    if not exception and app.builder.format == "html":
        write(Path(app.outdir, FOLDER))


def setup(app):
    """Register the table, and the step that writes the files."""
    app.add_directive("question-bank", QuestionBank)
    app.connect("build-finished", hand_out)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


if __name__ == "__main__":
    target = teaching.BOOK.parent / "_build" / FOLDER
    write(target)
    counts = {Path(path).stem: questions(path) for path in pages()}
    for name, (found, left_out) in counts.items():
        numbers = sum(not one.choices for one in found)
        print(f"{name:22}{len(found):4} questions, {numbers:2} of them for a number; "
              f"{left_out:2} need their page")  # fmt: skip
    total = sum(len(found) for found, _ in counts.values())
    print(f"{total} questions for Moodle (.xml) and for Canvas (.zip), by page, are in {target}")
    sys.exit(not total)
