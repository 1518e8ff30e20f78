"""The bank of questions: each is whole, and both formats give back what the pages ask.

The structure is that of what the platforms read: for Moodle, `import_multichoice` and
`import_numerical` of question/format/xml/format.php; for Canvas, the DTD of IMS QTI 1.2.1
(ims_qtiasiv1p2p1.dtd) and its importer's qti_exporter.
"""

import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from questions import BOOK, teaching

import bank  # isort: skip - it lies beside `teaching`

PAGES = [*map(Path, bank.pages())]
#: What the texts are made of.
TAGS = {"p", "em", "strong", "code", "sub", "sup", "a", "ul", "ol", "li"}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bank")
    bank.write(folder)
    return folder


def moodle(files, page):
    return ElementTree.parse(files / f"{page.stem}-moodle.xml").getroot()


def canvas(files, page):
    """Return the tree of a package's only file, without its namespace."""
    with ZipFile(files / f"{page.stem}-canvas.zip") as packed:
        text = packed.read(f"{page.stem}/{page.stem}.xml").decode()
    return ElementTree.fromstring(text.replace(f' xmlns="{bank.QTI}"', ""))


def asked(page):
    """Return what a file gives back: name, text, and its choices or (lowest, highest, why)."""
    return [
        (one.name, one.text, [tuple(choice) for choice in one.choices] if one.choices else
         (one.number - one.tolerance, one.number + one.tolerance, one.why))
        for one in bank.questions(page)[0]
    ]  # fmt: skip


def texts(one):
    """Return every text of a question."""
    return [one.text, *([one.why] if one.why else []), *(t for c in one.choices for t in c[:2])]


def test_each_question_of_a_page_is_there_or_left_out():
    for path in BOOK.glob("*.ipynb"):
        cells = [c["source"] for c in teaching.cells_of(str(path)) if c["cell_type"] == "markdown"]
        found, left_out = bank.questions(path)
        assert len(found) + left_out == sum(len(teaching.questions_in(one)) for one in cells)
    assert {path.stem for path in PAGES} == {path.stem for path in BOOK.glob("*.ipynb")} - {"study"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_texts_are_whole(page):
    for one in bank.questions(page)[0]:
        for text in texts(one):
            tree = ElementTree.fromstring(f"<div>{text}</div>")
            assert {element.tag for element in tree.iter()} - {"div"} <= TAGS, text
            plain = re.sub(r"\\\(.*?\\\)", "", "".join(tree.itertext()), flags=re.DOTALL)
            assert not re.search(r"\$|\*\*|`|<!--|\{\w+\}|\\[()]", plain), text
            assert text.count(r"\(") == text.count(r"\)")
        opening = rf"From the chapter {re.escape(bank.title(page))}(, section .+)?\."
        assert re.match(opening, "".join(ElementTree.fromstring(f"<p>{one.text}</p>").itertext()))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_moodle_gives_back_what_is_asked(files, page):
    category, *found = moodle(files, page)
    assert category.get("type") == "category"
    path = category.findtext("category/text").split("/")
    assert path == ["$course$", "top", "Reading Neural Networks", bank.title(page)]
    back = []
    for one in found:
        name, text = one.findtext("name/text"), one.findtext("questiontext/text")
        assert one.find("questiontext").get("format") == "html"
        assert one.findtext("idnumber") == name
        assert float(one.findtext("defaultgrade")) == 1
        answers = one.findall("answer")
        if one.get("type") == "multichoice":
            assert one.findtext("single") == one.findtext("shuffleanswers") == "true"
            assert sorted(a.get("fraction") for a in answers) == ["0"] * (len(answers) - 1) + [
                "100"
            ]
            answers = [(a.findtext("text"), a.findtext("feedback/text"), a.get("fraction") == "100")
                       for a in answers]  # fmt: skip
        else:
            assert one.get("type") == "numerical"
            (answer,) = answers
            assert answer.get("fraction") == "100"
            number, near = (Decimal(answer.findtext(tag)) for tag in ("text", "tolerance"))
            answers = (number - near, number + near, one.findtext("generalfeedback/text"))
        back.append((name, text, answers))
    assert back == asked(page)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_canvas_gives_back_what_is_asked(files, page):
    root = canvas(files, page)
    fields = {f.findtext("fieldlabel"): f.findtext("fieldentry")
              for f in root.findall("objectbank/qtimetadata/qtimetadatafield")}  # fmt: skip
    assert fields == {"bank_title": f"Reading Neural Networks: {bank.title(page)}"}
    back = []
    for one in root.iter("item"):
        fields = {f.findtext("fieldlabel"): f.findtext("fieldentry")
                  for f in one.iter("qtimetadatafield")}  # fmt: skip
        text = one.findtext("presentation/material/mattext")
        said = {f.get("ident"): f.findtext("flow_mat/material/mattext")
                for f in one.findall("itemfeedback")}  # fmt: skip
        linked = [show.get("linkrefid") for show in one.iter("displayfeedback")]
        assert sorted(linked) == sorted(said), one.get("ident")
        (right,) = [c for c in one.iter("respcondition") if c.findtext("setvar") == "100"]
        assert {v.get("respident") for v in right.find("conditionvar").iter()} <= {
            None,
            "response1",
        }
        if fields["question_type"] == "multiple_choice_question":
            labels = {label.get("ident"): label.findtext("material/mattext")
                      for label in one.iter("response_label")}  # fmt: skip
            assert all(name.isdigit() for name in labels)  # how its importer finds what is said
            assert fields["original_answer_ids"].split(",") == [*labels]
            correct = right.findtext("conditionvar/varequal")
            answers = [(t, said[f"{name}_fb"], name == correct) for name, t in labels.items()]
        else:
            assert fields["question_type"] == "numerical_question"
            low, high = (Decimal(right.findtext(f".//{tag}")) for tag in ("vargte", "varlte"))
            assert low <= Decimal(right.findtext(".//varequal")) <= high
            answers = (low, high, said["general_fb"])
        back.append((one.get("ident"), text, answers))
    assert back == asked(page)


#: The children of the elements of QTI that we use, as its DTD has them; others have none.
MODELS = {
    "questestinterop": "<objectbank>",
    "objectbank": "<qtimetadata>(<item>)+",
    "qtimetadata": "(<qtimetadatafield>)+",
    "qtimetadatafield": "<fieldlabel><fieldentry>",
    "item": "<itemmetadata><presentation><resprocessing>(<itemfeedback>)+",
    "itemmetadata": "<qtimetadata>",
    "presentation": "<material>(<response_lid>|<response_str>)",
    "material": "<mattext>",
    "response_lid": "<render_choice>",
    "response_str": "<render_fib>",
    "render_choice": "(<response_label>)+",
    "render_fib": "<response_label>",
    "response_label": "(<material>)?",
    "resprocessing": "<outcomes>(<respcondition>)+",
    "outcomes": "<decvar>",
    "respcondition": "<conditionvar>(<setvar>)*(<displayfeedback>)*",
    "conditionvar": "<varequal>|<other>|<or>",
    "or": "<varequal><and>",
    "and": "<vargte><varlte>",
    "itemfeedback": "<flow_mat>",
    "flow_mat": "<material>",
}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_package_has_the_structure_of_qti(files, page):
    for element in canvas(files, page).iter():
        children = "".join(f"<{child.tag}>" for child in element)
        assert re.fullmatch(MODELS.get(element.tag, ""), children), (element.tag, children)


def test_the_package_lists_its_file(files):
    for page in PAGES:
        with ZipFile(files / f"{page.stem}-canvas.zip") as packed:
            root = ElementTree.fromstring(packed.read("imsmanifest.xml"))
            (resource,) = root.iter(f"{{{bank.PACKAGE}}}resource")
            (file,) = resource
            assert resource.get("type") == "imsqti_xmlv1p2"
            assert packed.namelist() == ["imsmanifest.xml", file.get("href")]


def test_names_are_unique(files):
    names = Counter(one.name for page in PAGES for one in bank.questions(page)[0])
    assert set(names.values()) == {1}
    for page in PAGES:
        idents = [one.get("ident") for one in canvas(files, page).iter("response_label")]
        chosen = [ident for ident in idents if ident != "answer1"]
        assert len(chosen) == len(set(chosen))


def test_the_same_pages_give_the_same_files(files, tmp_path):
    bank.write(tmp_path)
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert written == {path.name: path.read_bytes() for path in files.iterdir()}


PAGE = """\
# A page: with a `name`

## A section of $x$

{text}

{answers}
"""
CHOICES = """\
<details class="answer"><summary><code>a &lt; b</code></summary>

**No.** It is $a < b$, as in {numref}`fig-unit` of {doc}`linear`.

</details>

<details class="answer"><summary>2<!-- = 1 + 1 --></summary>

**Right.** A {term}`seed <seed>` & more.

</details>
"""
NUMBER = """\
<details class="answer number"{data}><summary>Compare your number</summary>

It is **1,200%**<!-- here # -->, and not 7.

</details>
"""


@pytest.fixture
def page(tmp_path):
    def write(text, answers):
        path = tmp_path / f"page{len([*tmp_path.iterdir()])}.md"
        path.write_text(PAGE.format(text=text, answers=answers), "utf-8")
        return bank.questions(path)

    return write


def test_what_a_text_becomes(page):
    (one,), left_out = page("**What do you expect?** Is $a<b$ *true*? <!-- asks: b -->", CHOICES)
    place = "<p>From the chapter <em>A page: with a <code>name</code></em>, section <em>A section "
    assert one.text == place + r"of \(x\)</em>.</p>" + "\n" + r"<p>Is \(a&lt;b\) <em>true</em>?</p>"
    assert [choice.text for choice in one.choices] == ["<code>a &lt; b</code>", "2"]
    assert [choice.right for choice in one.choices] == [False, True]
    assert "<em>Linear" in one.choices[0].why
    assert f"as in {bank.FIGURE} of" in one.choices[0].why
    assert one.choices[1].why == "<p><strong>Right.</strong> A seed &amp; more.</p>"
    assert left_out == 0


def test_a_number_is_near_within_a_tenth(page):
    ((one,), _) = page("How many?", NUMBER.format(data=' data-from="0" data-to="1500"'))
    assert (one.number, one.tolerance) == (1200, 150)
    assert "<p>Give a number from 0 to 1500. Numbers that differ by at most 150" in one.text
    ((one,), _) = page("How many?", NUMBER.format(data=""))
    assert (one.number, one.tolerance) == (1200, 120)
    assert "Give a number" not in one.text


@pytest.mark.parametrize("text", ["What does {numref}`fig-unit` show?", "So? <!-- needs: page -->"])
def test_what_needs_its_page_is_left_out(page, text):
    assert page(text, CHOICES) == ([], 1)
