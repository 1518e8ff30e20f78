"""The classroom: two versions out of one source, and what both promise."""

import asyncio
import importlib
import re
import sys
from itertools import pairwise
from pathlib import Path
from zipfile import ZipFile

import nbformat
import pytest
import yaml
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from nnlib.checks import _notebook

ROOT = Path(__file__).parents[2]
CLASS = ROOT / "_build" / "class"
EXERCISES = sorted(path.stem for path in ROOT.glob("book/exercises/*.ipynb"))
SOLUTION = re.compile(r"# BEGIN SOLUTION\n(.*?)# END SOLUTION", re.DOTALL)

sys.path[:0] = [str(ROOT / "book" / "_class"), str(ROOT / "book" / "_ext")]
box, build, grader, submissions, teaching = map(
    importlib.import_module, ["box", "build", "grade", "submissions", "teaching"]
)

pytestmark = pytest.mark.skipif(not CLASS.is_dir(), reason="it is not made; run `make class`")


def read(path):
    return nbformat.read(path, as_version=4)


def version(exercise, kind):
    return read(CLASS / exercise / kind / f"{exercise}.ipynb")


def grade(notebook, exercise):
    """Grade a notebook; return its record."""
    cells = submissions.read("x.ipynb", nbformat.writes(notebook).encode())
    return asyncio.run(grader.examine(cells, exercise))


def changed(notebook, start, *lines):
    """Change lines of the cell that begins so."""
    (cell,) = (cell for cell in notebook.cells if cell.source.startswith(start))
    for old, new in zip(lines[::2], lines[1::2], strict=True):
        assert old in cell.source
        cell.source = cell.source.replace(old, new)
    return notebook


# --- Two versions --------------------------------------------------------------------------------


@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_student_finds_no_solution(exercise):
    source = read(ROOT / "book" / "exercises" / f"{exercise}.ipynb")
    cells = [cell.source for cell in source.cells]
    secrets = [
        line for cell in cells for part in SOLUTION.findall(cell) for line in part.split("\n")
    ]
    begins = [at for at, cell in enumerate(cells) if cell == "# BEGIN SOLUTION"]
    for begin in begins:  # explanations of solutions, and answers in words
        inside = source.cells[begin + 1 : cells.index("# END SOLUTION", begin)]
        secrets += "\n".join(c.source for c in inside if c.cell_type == "markdown").split("\n")
    secrets = {line.strip() for line in secrets if len(line.strip()) > 18}
    assert len(secrets) >= 4, "fewer than 4 lines of solution are long enough to be looked for"
    with ZipFile(CLASS / f"{exercise}.zip") as zipped:
        handed_out = nbformat.reads(zipped.read(f"{exercise}.ipynb").decode(), as_version=4)
    for notebook in (version(exercise, "student"), handed_out):
        text = "\n".join(cell.source for cell in notebook.cells)
        assert [line for line in secrets if line in text] == []
        assert "SOLUTION" not in text
        assert not any(cell.get("outputs") for cell in notebook.cells)


def test_every_solution_says_why():
    for exercise in EXERCISES:
        cells = read(ROOT / "book" / "exercises" / f"{exercise}.ipynb").cells
        sources = [cell.source for cell in cells]
        for begin in [at for at, source in enumerate(sources) if source == "# BEGIN SOLUTION"]:
            inside = cells[begin + 1 : sources.index("# END SOLUTION", begin)]
            why = "\n".join(cell.source for cell in inside if cell.cell_type == "markdown")
            assert len(re.findall(r"[.:)](?=\s|$)", why)) >= 2, f"{exercise}: {inside[0].source}"


def test_pictures_are_described_and_no_cell_reports_a_bare_true():
    for exercise in EXERCISES:
        for cell in read(ROOT / "book" / "exercises" / f"{exercise}.ipynb").cells:
            if cell.cell_type == "code":
                alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
                drawn = [o for o in cell.outputs if "image/png" in o.get("data", {})]
                assert len(alt) > 40 or not drawn, f"{exercise} has a picture without alt text"
                printed = "".join(output.get("text", "") for output in cell.outputs)
                assert not re.search(r"\b(True|False)\b", printed), f"{exercise} says {printed}"


#: What must hold once a solution has run: what its text says, and what its pictures show.
PROMISES = {
    "linear": """
assert losses[-1] < 0.1 and right.mean() > 0.85
row, column = divmod(int(learned.argmax()), 28)
assert row in range(5, 10) and column in range(11, 18), "the roof is not what speaks for a nine"
""",
    "activations": "assert 0.24 < steepest(TheirSigmoid()) < 0.26 < 0.9 < steepest(TheirTanH())",
    "sequential": "assert losses[-1] < 1e-3 and abs(network.forward(X) - Y).max() < 0.05",
    "softmax": """
assert sure.mean() > right.mean() + 0.01 and right.mean() > 0.85, "on test images: not too sure"
assert counts.sum() == len(guesses) and counts[label, guess] > 20
""",
    "losses": "assert curves['cross-entropy'][0] > 4 > 1 > curves['squared error'][0]",
    "autoencoder": """
assert np.mean((outputs - ten) ** 2) < np.mean((mean_image - ten) ** 2) / 2, "nothing was learned"
assert between(outputs) > between(ten) / 2, "all outputs are alike"
by_digit = [errors[Y_test == digit].mean() for digit in range(10)]
assert np.argmin(by_digit) == 1 and set(np.argsort(by_digit)[-2:]) == {2, 8}
assert sum(error > by_digit[0] for error in by_digit) >= 3, "ink explains the zero"
""",
    "denoising": """
best = [min(errors, key=lambda name: errors[name][at]) for at in range(len(levels))]
assert best == ["nothing"] * 2 + ["network"] * 3 + ["mean image"]
assert all(np.less(errors["network"], errors["filter"])), "the filter is best somewhere"
ink = {name: np.mean((images - X)[X > 0.5] ** 2) for name, images in strongest.items()}
assert ink["filter"] < 0.8 * ink["network"], "the network's pictures are easier to read"
""",
    "inpainting": """
def error(rounds):
    return np.mean((inpaint(network, X, mask, rounds) - X)[:, mask] ** 2)


of_mean = np.mean((baseline - X)[:, mask] ** 2)
assert error(0) > error(1) > of_mean > error(2) > error(10)
assert change < 1e-5, "it does not come to an end"
assert inpaint(network, X, mask, 1)[:, mask].mean() < 0.8 * X[:, mask].mean(), "not too little ink"
""",
    "luck": """
assert not any(has_learned(errors.mean(axis=1), mean_image).any() for errors in first.values())
assert all(has_learned(errors.mean(axis=1), mean_image).all() for errors in runs.values())
ends = {k: interval(logs[k]) for k in logs}
assert [verdict(*ends[k][1:], LEAST, MOST) for k in (24, 20)] == ["holds", "undecided"]
assert verdict(*interval(log_ratios(*first.values()))[1:], 1 / LEAST, LEAST) == "holds"
assert max(low for _, low, _ in named.values()) > min(high for *_, high in named.values())
means = {k: errors.mean(axis=1) for k, errors in runs.items()}
of_20, of_24 = (share_within(means[16], means[k], LEAST, MOST) for k in (20, 24))
assert 0.2 < of_20 < 0.5 < of_24 < 1, "one run would not have misled, or always"
""",
    "project": "assert min(scores, key=scores.get) == 'yours' and parameters <= 60_000",
}


def unpack(exercise, folder):
    """Unpack what a student gets, and the library that comes with it."""
    with ZipFile(CLASS / f"{exercise}.zip") as zipped:
        zipped.extractall(folder / "work")
    (wheel,) = (folder / "work").glob("*.whl")
    with ZipFile(wheel) as zipped:
        zipped.extractall(folder / "site")


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_solution_gets_all_marks_and_what_the_text_says_happens(
    exercise, tmp_path, monkeypatch
):
    unpack(exercise, tmp_path)  # with the library and the data that students get
    monkeypatch.setattr(box, "LIBRARY", tmp_path / "site" / "nnlib")
    monkeypatch.setattr(box, "DATA", tmp_path / "work" / "data")
    notebook = version(exercise, "teacher")
    where = f"import nnlib\nassert nnlib.__file__.startswith({str(tmp_path)!r})\n"
    assert exercise in PROMISES, "say in PROMISES what must hold when the solution has run"
    notebook.cells.append(nbformat.v4.new_code_cell(where + PROMISES[exercise]))
    record = grade(notebook, exercise)
    assert record["notes"] == []
    assert record["flags"] == []
    tested = {name: pair for name, pair in record["marks"].items() if pair[0] is not None}
    assert all(mark == most for mark, most in tested.values())
    assert sum(most for _, most in tested.values()) >= 7


@pytest.mark.parametrize("exercise", EXERCISES)
def test_who_did_nothing_gets_nothing_and_is_told_why(exercise):
    record = grade(version(exercise, "student"), exercise)
    assert grader.total(record) == 0
    assert all(len(said.split()) > 3 for said in record["messages"].values())
    assert not any(record["words"].values())


@pytest.mark.parametrize(
    ("exercise", "question", "start", "lines"),
    [
        ("linear", "gradients", "def gradients", ["G.sum(axis=0)", "G.mean(axis=0)"]),
        ("sequential", "optim", "class Optim", ["        self.network.zero_grad()\n", ""]),
        ("inpainting", "known", "def keep_known", ["copies, images)", "images, copies)"]),
        (
            "softmax",
            "confusion",
            "def confusion",
            [
                "for label, guess in zip(labels, guesses, strict=True)",
                "for _ in range(1)",
                "counts[label, guess]",
                "counts[labels, guesses]",
            ],
        ),
    ],
)
def test_a_mistake_costs_the_marks_of_its_step_and_no_others(exercise, question, start, lines):
    record = grade(changed(version(exercise, "teacher"), start, *lines), exercise)
    lost = {name for name, (mark, most) in record["marks"].items() if mark not in (None, most)}
    assert lost == {question}
    assert "Likely cause: " in record["messages"][question]


def test_ten_gray_spots_do_not_count_as_copies(tmp_path, monkeypatch):
    unpack("autoencoder", tmp_path)
    gray = changed(version("autoencoder", "teacher"), "data = mnist.load()", "0.01", "0.0001")
    gray.cells.append(nbformat.v4.new_code_cell(PROMISES["autoencoder"]))
    # As a student does: in the unpacked folder, where nothing says where the data are.
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    monkeypatch.delenv("NNLIB_DATA", raising=False)
    client = NotebookClient(gray, resources={"metadata": {"path": tmp_path / "work"}}, timeout=300)
    with pytest.raises(CellExecutionError, match="nothing was learned"):
        client.execute()


def test_ids_are_the_same_from_build_to_build_and_answers_in_words_name_their_question():
    for exercise in EXERCISES:
        source = read(ROOT / "book" / "exercises" / f"{exercise}.ipynb")
        known = {cell.id for cell in source.cells}
        asked = {one.name for one in build.exercise.questions(exercise) if one.manual}
        cells = version(exercise, "student").cells
        assert all(cell.id.removesuffix("-after").removesuffix("-after") in known for cell in cells)
        answers = [cell for cell in cells if cell.source == build.exercise.PLACEHOLDER]
        assert {cell.metadata["question"] for cell in answers} == asked
        assert len(answers) == len(asked)


# --- Before it is handed in ----------------------------------------------------------------------


def told(exercise, kind, folder):
    """Return what `python -m nnlib.checks` finds in a version of an exercise."""
    notebook = version(exercise, kind)
    notebook.metadata["exercise"] = version(exercise, "student").metadata["exercise"]
    nbformat.write(notebook, folder / f"{exercise}.ipynb")
    return _notebook.examine(folder / f"{exercise}.ipynb")


@pytest.mark.parametrize("exercise", EXERCISES)
def test_who_did_nothing_is_told_so_before_it_is_handed_in(exercise, tmp_path):
    asked = build.exercise.questions(exercise)
    report = told(exercise, "student", tmp_path)
    assert [one.question for one in report.answers] == [one.name for one in asked]
    assert [one.points for one in report.answers] == [one.points for one in asked]
    assert [one.marks for one in report.answers] == [None if q.manual else 0 for q in asked]
    assert all(one.said.startswith("not answered") for one in report.answers)
    assert report.flags == []


@pytest.mark.parametrize("exercise", ["linear", "sequential", "softmax", "losses"])
def test_the_solution_is_told_its_marks_before_it_is_handed_in(exercise, tmp_path):
    report = told(exercise, "teacher", tmp_path)
    tested = [one for one in report.answers if one.marks is not None]
    assert all(one.marks == one.points for one in tested)
    assert len(tested) == sum(not one.manual for one in build.exercise.questions(exercise))
    assert report.notes == report.flags == []


def test_what_a_notebook_says_of_itself_is_what_its_student_sees():
    for exercise in EXERCISES:
        notebook = version(exercise, "student")
        code = {cell.source for cell in notebook.cells if cell.cell_type == "code"}
        about = notebook.metadata["exercise"]
        assert {*about["given"], about["setup"]} == code
        assert {one["check"] for one in about["questions"]} - {None} <= code
        hidden = {test for one in build.exercise.questions(exercise) for test in one.tests.values()}
        assert not any(test in str(about) for test in hidden - code)


def test_the_zip_holds_the_workflow_with_the_actions_of_our_own():
    def actions(text):
        return dict(re.findall(r"uses: (\S+)@(\w+)  #", text))

    with ZipFile(CLASS / "linear.zip") as zipped:
        handed_out = zipped.read(".github/workflows/points.yml").decode()
        assert [name for name in zipped.namelist() if name.endswith(".whl")]
    ours = actions((ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8"))
    assert actions(handed_out).items() <= ours.items()
    assert len(actions(handed_out)) == handed_out.count("uses:") == 2


def test_points_stand_in_one_place():
    for exercise in EXERCISES:
        cells = read(ROOT / "book" / "exercises" / f"{exercise}.ipynb").cells
        begins = [cell for cell in cells if cell.source.startswith("# BEGIN QUESTION")]
        assert all(cell.source.count("points:") == 1 for cell in begins)
        assert not any("points:" in cell.source for cell in cells if cell not in begins)


# --- The order of the exercises ------------------------------------------------------------------

#: The lessons and experiments, by the number that the book gives them.
PARTS = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))["parts"]
CHAPTERS = [
    chapter["file"].removeprefix("book/")
    for part in PARTS
    if part.get("numbered")
    for chapter in part["chapters"]
]
ROW = re.compile(r"^\| (\d|project) \| .+? \| (.+?) \| (\d+) \| .*?/class/(\w+)\.zip", re.MULTILINE)


def table():
    """Return the rows of the page of exercises: number, chapters, minutes, name of the file."""
    page = (ROOT / "book" / "exercises.md").read_text(encoding="utf-8")
    return [
        (number, re.findall(r"{doc}`(\w+)`", after), int(minutes), name)
        for number, after, minutes, name in ROW.findall(page)
    ]


def test_each_exercise_names_what_it_needs_and_comes_after_it():
    rows = table()
    assert sorted(name for *_, name in rows) == EXERCISES
    assert [row[0] for row in rows] == [*map(str, range(1, len(rows))), "project"]
    last = 0
    for number, after, minutes, name in rows:
        opening = read(ROOT / "book" / "exercises" / f"{name}.ipynb").cells[1].source
        title = "# Project" if number == "project" else f"# Exercise {number}:"
        assert opening.startswith(title)
        assert f"About {minutes} minutes" in opening
        needs = opening.partition("**You need**")[2].partition("\n")[0]
        needed = [int(chapter) for chapter in re.findall(r"chapters? (\d+)", needs)]
        needed += [int(chapter) for chapter in re.findall(r"chapters? \d+ to (\d+)", needs)]
        for at, title in re.findall(r"chapter (\d+) \(\*(.+?)\*\)", needs):
            first = read(ROOT / "book" / f"{CHAPTERS[int(at) - 1]}.ipynb").cells[0].source
            assert first.startswith(f"# {title}\n"), f"{name}: chapter {at} is not {title}"
        chapter = CHAPTERS[max(needed) - 1]
        assert chapter in after, f"{name} says chapter {max(needed)}, which is {chapter} now"
        assert number == "project" or max(needed) >= last, f"{name} comes later than it can"
        last = max(needed)


def test_a_chapter_after_which_an_exercise_comes_leads_to_it():
    for *_, after, _, name in table():
        chapters = [read(ROOT / "book" / f"{chapter}.ipynb").cells for chapter in after]
        texts = ["\n".join(cell.source for cell in cells) for cells in chapters]
        assert any(f"{{doc}}`exercises/{name}`" in text for text in texts), name


def test_the_plans_of_the_guide_for_teachers_add_up():
    guide = (ROOT / "book" / "teachers.md").read_text(encoding="utf-8")
    plans = re.findall(r"^\*\*(?:Four|Eight|Twelve) hours.*", guide, re.MULTILINE)
    assert len(plans) == 3
    takes = {number: minutes for number, _, minutes, _ in table()}
    for plan in plans:
        steps = re.findall(r"([^()]*)\(\{minutes\}`([^`]*)`", plan)
        counted = [sum(minutes_of(name) for name in names.split()) for _, names in steps]
        assert 200 <= sum(counted) <= 240, plan  # the rest is for talking
        for (step, _), minutes in zip(steps, counted, strict=True):
            for number in re.findall(r"exercise (\d)", step):
                assert takes[number] <= minutes, step


def test_the_lesson_on_the_clock_adds_up():
    guide = (ROOT / "book" / "teachers.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| \{clock\}`(.*?)` \| .*? \| (?:\{minutes\}`(.*?)`)? ?\|", guide, re.MULTILINE
    )
    (start, _), (*_, (_, last)) = rows[0], rows
    assert (start, last) == ("0", "")
    passed = []
    for (begins, takes), (ends, _) in pairwise(rows):
        assert begins.split() == (passed or ["0"])
        passed += takes.split()
        assert ends.split() == passed
    assert 230 <= teaching.together(ends) <= 250, "it is no longer a lesson of four hours"


def test_the_letter_to_students_says_what_the_grader_does():
    guide = (ROOT / "book" / "teachers.md").read_text(encoding="utf-8")
    told = re.search(
        r"A cell may take (\d+) seconds, all cells together (\d+), and .* (\d+)\.", guide
    )
    assert [*map(int, told.groups())] == [grader.CELL, grader.COPY, grader.TEST]
    assert _notebook.CELL == grader.CELL
    assert build.exercise.PLACEHOLDER == _notebook.PLACEHOLDER


def minutes_of(name):
    """Return how long a notebook takes, as the guide counts it."""
    return teaching.minutes(str(ROOT / "book" / f"{name}.ipynb"))
