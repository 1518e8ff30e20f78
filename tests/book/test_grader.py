"""The grader: odd copies get what they deserve, and marks outlive all but their owner's wish."""

import asyncio
import copy
import csv
import importlib
import os
import re
import signal
import subprocess
import sys
import warnings
from contextvars import ContextVar
from pathlib import Path

import odd_copies
import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "book" / "_class"))
box, collect, exercise, flags, grade, marks, submissions = map(
    importlib.import_module,
    ["box", "collect", "exercise", "nnlib.checks._flags", "grade", "marks", "submissions"],
)

MADE = exercise.CLASS.is_dir()
pytestmark = pytest.mark.skipif(not MADE, reason="the exercises are not made; run `make class`")
EVERYONE = odd_copies.all_of_them() if MADE else []


@pytest.fixture
def boxed():
    """Whether there is a box; its absence is a failure if it was asked for and could be had."""
    if why := box.missing():
        allowed = subprocess.run(["unshare", "-Urm", "true"], capture_output=True).returncode == 0
        if os.environ.get("NO_SKIP") and allowed:
            pytest.fail(f"There is no box: {why}. Is bubblewrap installed?", pytrace=False)
        warnings.warn(f"this was tried without a box: {why}", stacklevel=1)
    return not why


def read_table(folder):
    """Return the rows of `marks.csv`."""
    with (folder / "marks.csv").open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Grade the whole class; copies with the same code share one run.

    What never ends has a tenth of the time that students have; all else has all of it.
    """
    folder = tmp_path_factory.mktemp("class")
    odd_copies.write(folder / "in", boxed=not box.missing())
    examine, run, known, share = grade.examine, box.Kernel.run, {}, ContextVar("share")

    async def once(cells, name):
        code = tuple(cell.source for cell in cells if cell.kind == "code")
        if code not in known:
            ends = not any("while True" in one or one == odd_copies.TOO_LARGE for one in code)
            share.set(1 if ends else 0.1)
            known[code] = await examine(cells, name)
        return copy.deepcopy(known[code]) | {"words": grade.words(cells, name)}

    def sooner(kernel, code, seconds):  # the grader's own question may wait for a flood of prints
        return run(kernel, code, seconds * (1 if code == grade.ROOM else share.get()))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grade, "examine", once)
        patch.setattr(grade, "AT_ONCE", 4)  # some of them only wait
        patch.setattr(box.Kernel, "run", sooner)
        patch.setattr(box, "GRACE", 2)
        grade.main(folder / "in", folder / "grades")
    return folder / "grades"


@pytest.fixture(scope="module")
def records(graded):
    found = {}
    for record in marks.Marks(graded).records.values():
        found.setdefault(record["student"], []).append(record)
    return found


class TestOddCopies:
    """One worker grades that class, and once (tests/conftest.py)."""

    @pytest.mark.parametrize("odd", EVERYONE, ids=lambda odd: odd.student)
    def test_an_odd_copy_gets_what_it_deserves(self, records, odd, boxed):
        if odd.needs_box and not boxed:
            return
        theirs = records[odd.student]
        (record,) = [one for one in theirs if one["exercise"] == "linear"] or [None]
        assert (grade.total(record) if record else None) == odd.marks
        said = [note for one in theirs for note in one["notes"]]
        said += [f"{name}: {text}" for one in theirs for name, text in one["messages"].items()]
        assert re.search(odd.says, "\n".join(said), re.DOTALL)
        flagged = "\n".join(flag for one in theirs for flag in one["flags"])
        assert odd.flag in flagged if odd.flag else flagged == ""
        for question, answer in (odd.words or {}).items():
            assert re.search(answer, record["words"][question] or "no answer")

    def test_every_mark_that_is_lost_has_a_sentence(self, graded):
        rows = read_table(graded)
        lost = [row for row in rows if row["marks"] and float(row["marks"]) < float(row["of"])]
        assert len(lost) >= 40
        for row in lost:
            assert len(row["note"].split()) > 3, row
            assert "Trying" not in row["note"]
            assert "Expecting" not in row["note"]
        everyone = {row["student"] for row in rows}
        assert everyone == {
            odd.student for odd in EVERYONE if not (odd.needs_box and box.missing())
        }

    def test_what_is_missing_has_a_row(self, graded):
        of_pdf = [row for row in read_table(graded) if row["student"] == "pdf"]
        (row,) = (row for row in of_pdf if row["exercise"] == "linear" and not row["question"])
        assert "nothing of this exercise was handed in" in row["note"]

    def test_a_page_tells_a_student_of_messages_and_not_of_flags(self, graded):
        page = (graded / "nnlib's own" / "feedback.md").read_text(encoding="utf-8")
        assert "linear: 10 of 10 marks" in page
        assert "look at" not in page
        page = (graded / "wrong" / "feedback.md").read_text(encoding="utf-8")
        assert "gradients: 0 of 3" in page
        assert "Likely cause: " in page
        words = (graded / "words.md").read_text(encoding="utf-8")
        assert "**words split**\n\n> First half.\n> \n> Second half." in words
        assert "**words deleted**\n\n> (no answer)" in words


# --- The box -------------------------------------------------------------------------------------


def examine(notebook):
    """Grade a notebook of odd copies, outside of any table."""
    cells = submissions.read("linear.ipynb", notebook)
    return asyncio.run(grade.examine(cells, "linear"))


def odd(student):
    return next(iter(next(odd for odd in EVERYONE if odd.student == student).files.values()))


def test_the_thief_succeeds_without_a_box_and_not_in_it(monkeypatch, boxed):
    stolen = odd("thief").replace(b"os.walk('/')", f"os.walk({str(ROOT / 'book')!r})".encode())
    if boxed:
        assert grade.total(examine(stolen)) == 0
    monkeypatch.setattr(box, "missing", lambda: "it is switched off")
    assert grade.total(examine(stolen)) == 2  # the first answer


def test_nothing_outlives_a_copy(boxed):
    if not boxed:
        return  # who starts a session of their own escapes then
    examine(odd("left running"))
    processes = subprocess.run(["ps", "-eo", "args="], capture_output=True, text=True).stdout
    assert "sleep 86399" not in processes


def test_in_the_box_are_the_interpreter_the_data_and_its_own_folder(boxed):
    if not boxed:
        return
    look = f"import pathlib\nfound = [*pathlib.Path({str(ROOT / 'book')!r}).rglob('*.ipynb')]\n"

    async def seen():
        async with box.Kernel() as kernel:
            replies = [
                await kernel.run(code, 20)
                for code in (
                    look + "raise ValueError(found)",
                    f"open({str(ROOT / 'data' / 'README.md')!r}).read()",
                    f"open({str(ROOT / 'data' / 'new')!r}, 'w')",
                    "open('/tmp/new', 'w')",
                    "open('mine', 'w').write('x')",
                    "import os; os.kill(os.getppid(), 9); os.listdir('/home')",
                )
            ]
        return [reply.error for reply in replies]

    notebooks, data, write_data, write_tmp, own, _ = asyncio.run(seen())
    assert notebooks == "ValueError: []"
    assert data is None
    assert "Read-only" in write_data
    assert "Read-only" in write_tmp
    assert own is None


def test_without_a_box_one_sentence_says_what_that_means(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    box.missing.cache_clear()
    assert box.missing() == "bubblewrap is not installed"
    (tmp_path / "in" / "ada").mkdir(parents=True)
    (tmp_path / "in" / "ada" / "x.txt").write_text("")
    grade.main(tmp_path / "in", tmp_path / "grades")
    box.missing.cache_clear()
    said = capsys.readouterr().out
    assert "no box on this machine (bubblewrap is not installed)" in said
    assert "read and write what you can" in said


# --- Marks that stay -----------------------------------------------------------------------------


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Grade without kernels: a copy gets as many marks as its first line of code says."""
    runs = []

    async def examine(cells, name):
        runs.append(name)
        code = next(cell.source for cell in cells if cell.kind == "code")
        if code == "stop":  # Ctrl-C
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.sleep(5)
        if code == "trouble":
            raise RuntimeError("no kernel")
        return {
            "marks": {"layer": [int(code), 5], "rate": [None, 1]},
            "messages": {"layer": "Likely cause: a sum.", "rate": "in words: to be read"},
            "words": {"rate": "x"}, "notes": [], "flags": [],
        }  # fmt: skip

    monkeypatch.setattr(grade, "examine", examine)
    monkeypatch.setattr(grade, "AT_ONCE", 1)

    def hand_in(folder, **students):
        for student, code in students.items():
            notebook = odd_copies.Notebook()
            notebook.it.cells.insert(0, odd_copies.new_code_cell(str(code)))
            path = tmp_path / folder / student / "linear.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(notebook.json())

    def table():
        rows = read_table(tmp_path / "grades")
        return {
            row["student"]: row["marks"] for row in rows if row["question"] == "layer"
        }  # fmt: skip

    def run(folder, **options):
        del runs[:]
        grade.main(tmp_path / folder, tmp_path / "grades", **options)
        return len(runs)

    return hand_in, run, table


def test_only_what_changed_is_graded_again(course):
    hand_in, run, table = course
    hand_in("all", ada=1, ben=2, eve=3)
    assert run("all") == 3
    assert run("all") == 0
    hand_in("all", ben=5)
    assert run("all") == 1
    assert table() == {"ada": "1", "ben": "5", "eve": "3"}
    assert run("all", again=True) == 3


def test_a_late_copy_leaves_all_other_rows_as_they_are(course):
    hand_in, run, table = course
    hand_in("all", ada=1, ben=2)
    run("all")
    hand_in("late", ben=4)
    assert run("late") == 1
    assert table() == {"ada": "1", "ben": "4"}
    assert run("all") == 0  # the copy that was replaced stays replaced
    assert table() == {"ada": "1", "ben": "4"}


def test_a_collection_brings_its_roster_and_what_is_late(course, tmp_path):
    hand_in, run, _ = course
    hand_in("all", **{"Ada_11_assignsubmission_file": 3, "Ben_12_assignsubmission_file": 4})
    sheet = tmp_path / "Grades-linear.csv"
    sheet.write_text(
        "Identifier,Full name,Grade,Last modified (submission),Last modified (grade)\n"
        "Participant 11,Ada,,2026-12-01 12:30,-\nParticipant 12,Ben,,-,-\n"
    )
    out = tmp_path / "collected"
    collect.main(tmp_path / "all", out, sheet, "2026-12-01 12:00")
    assert run("collected", worksheet=sheet) == 2

    def late():
        rows = read_table(tmp_path / "grades")
        return {row["student"]: row["late"] for row in rows if row["question"] == "total"}

    assert late() == {"Ada": "30 min", "Ben": ""}
    written = (tmp_path / "grades" / "gradebook-moodle.csv").read_text()
    assert "Participant 11,Ada,3.00,2026-12-01 12:30,-" in written
    assert (tmp_path / "grades" / "feedback-moodle-linear.zip").exists()
    collect.main(tmp_path / "all", out, sheet, "2026-12-02")
    assert run("collected") == 0
    assert late() == {"Ada": "", "Ben": ""}


def test_an_interrupted_run_goes_on_where_it_was(course):
    hand_in, run, table = course
    hand_in("all", ada=1, ben="stop", eve=3)
    with pytest.raises(SystemExit, match="the same command goes on"):
        run("all")
    assert table() == {"ada": "1"}
    hand_in("all", ben=2)
    assert run("all") == 2
    assert table() == {"ada": "1", "ben": "2", "eve": "3"}


def test_what_the_grader_could_not_do_is_said_and_tried_again(course, tmp_path):
    hand_in, run, table = course
    hand_in("all", ada="trouble", ben=2)
    run("all")
    assert table() == {"ben": "2"}
    (row,) = [row for row in read_table(tmp_path / "grades") if row["student"] == "ada"]
    assert "not graded" in row["note"]
    assert run("all") == 1
    hand_in("all", ben="trouble")
    run("all")
    assert table() == {"ben": "2"}, "marks that there were are lost"


def test_a_mark_that_changes_says_what_it_was(course, tmp_path):
    hand_in, run, _ = course
    hand_in("all", ada=1)
    run("all")
    hand_in("all", ada=4)
    run("all")
    notes = [row["note"] for row in read_table(tmp_path / "grades")]
    assert "graded again: 1 marks before" in notes


@pytest.mark.parametrize("spreadsheet", ["as it was", "semicolons", "cp1252"])
def test_what_the_teacher_wrote_stays_and_counts(course, tmp_path, spreadsheet):
    hand_in, run, table = course
    hand_in("all", ada=1, jörg=2)
    run("all")
    path = tmp_path / "grades" / "marks.csv"
    rows = read_table(path.parent)
    for row in rows:
        if row["student"] == "jörg":
            row["teacher"] = {"layer": "4", "rate": "0,5"}.get(row["question"], "")
    encoding = "cp1252" if spreadsheet == "cp1252" else "utf-8-sig"
    with path.open("w", newline="", encoding=encoding) as file:
        delimiter = ";" if spreadsheet == "semicolons" else ","
        out = csv.DictWriter(file, rows[0], delimiter=delimiter)
        out.writeheader()
        out.writerows(rows)
    hand_in("all", ada=3)
    run("all")
    kept = {(r["student"], r["question"]): r["teacher"] for r in read_table(path.parent)}
    assert kept["jörg", "layer"] == "4"
    assert kept["jörg", "rate"] == "0,5"
    assert table() == {"ada": "3", "jörg": "2"}
    assert "linear: 4.5 of 6 marks" in (path.parent / "jörg" / "feedback.md").read_text(
        encoding="utf-8"
    )


def write_marks(folder, marks):
    """Write marks of the teacher, {(student, question): mark}, into the table."""
    rows = read_table(folder)
    for row in rows:
        row["teacher"] = marks.get((row["student"], row["question"]), "")
    with (folder / "marks.csv").open("w", newline="", encoding="utf-8-sig") as file:
        out = csv.DictWriter(file, rows[0])
        out.writeheader()
        out.writerows(rows)


def test_a_teachers_mark_for_another_copy_is_to_be_looked_at_again(course, tmp_path):
    hand_in, run, _ = course
    hand_in("all", ada=1, ben=2)
    run("all")
    write_marks(tmp_path / "grades", {("ada", "layer"): "4", ("ben", "layer"): "3"})
    hand_in("all", ada=5)
    run("all")
    told = [row for row in read_table(tmp_path / "grades") if "another copy" in row["note"]]
    assert [(row["student"], row["note"]) for row in told] == [
        ("ada", "layer: your mark, 4, was given for another copy: look again")
    ]
    assert "another copy" not in (tmp_path / "grades" / "ada" / "feedback.md").read_text("utf-8")


@pytest.mark.parametrize("mark", ["good", "-1", "5.5", "nan", "1/2", "½"])
def test_a_mark_that_is_none_is_told_with_its_place(course, tmp_path, mark):
    hand_in, run, _ = course
    hand_in("all", ada=1)
    run("all")
    write_marks(tmp_path / "grades", {("ada", "layer"): mark})
    told = f"mark of ada for linear, layer, is '{mark}': write a number from 0 to 5"
    with pytest.raises(SystemExit, match=re.escape(told)):
        run("all")


def test_a_copy_with_the_numbers_of_another_course_is_told(course, tmp_path, monkeypatch):
    hand_in, run, _ = course
    hand_in("all", ada=1, ben=2)
    path = tmp_path / "all" / "ada" / "linear.ipynb"
    title = b"A layer of your own\\n\\n*Variant 8.*\\n"
    path.write_bytes(path.read_bytes().replace(b"a layer of your own\\n", title))
    run("all")

    def notes():
        return {row["student"]: row["note"] for row in read_table(tmp_path / "grades")
                if row["note"].startswith("it says")}  # fmt: skip

    assert notes() == {"ada": "it says that it is variant 8, and was graded as no variant"}
    monkeypatch.setattr(exercise, "VARIANT", "8")
    run("all", again=True)
    assert notes() == {"ben": "it says that it is no variant, and was graded as variant 8"}


def test_folders_of_students_may_lie_in_one_folder(course, tmp_path):
    hand_in, run, table = course
    hand_in("all/exercise 1/export", ada=1, ben=2)
    assert run("all") == 2
    assert table() == {"ada": "1", "ben": "2"}


def test_who_handed_in_nothing_or_a_link_has_a_row(course, tmp_path):
    hand_in, run, table = course
    hand_in("all", ada=4)
    (tmp_path / "all" / "zoe").mkdir()
    (tmp_path / "all" / "eve").mkdir()
    (tmp_path / "all" / "eve" / "linear.ipynb").symlink_to(tmp_path / "all/ada/linear.ipynb")
    run("all")
    assert table() == {"ada": "4"}
    notes = [f"{row['student']}: {row['note']}" for row in read_table(tmp_path / "grades")]
    assert "zoe: zoe: nothing in this folder can be graded" in notes
    assert "eve: linear.ipynb: it is a link, which is not followed" in notes


def test_a_name_is_no_formula_of_a_spreadsheet(course, tmp_path):
    hand_in, run, table = course
    hand_in("all", **{"=1+1": 3})
    run("all")
    assert table() == {"'=1+1": "3"}
    write_marks(tmp_path / "grades", {("'=1+1", "layer"): "5"})
    run("all")
    assert "linear: 5 of 5" in (tmp_path / "grades" / "=1+1" / "feedback.md").read_text("utf-8")


def test_a_table_that_cannot_be_read_is_not_written_over(course, tmp_path):
    hand_in, run, _ = course
    hand_in("all", ada=1)
    run("all")
    (tmp_path / "grades" / "marks.csv").write_text("my own notes\n1,2\n")
    with pytest.raises(SystemExit, match="has not the columns"):
        run("all")
    assert (tmp_path / "grades" / "marks.csv").read_text() == "my own notes\n1,2\n"


def test_marks_are_kept_where_no_command_removes_them():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    removed = re.findall(r"rm -rf (.*)", makefile)
    assert len(removed) >= 3
    assert not any("grades" in line for line in removed)
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"/grades/", "/collected/"} <= {*ignored}, "names and marks must not be committed"


def test_two_students_of_one_name_are_two(tmp_path):
    for number in (1, 2):
        path = tmp_path / f"Ada Lovelace_{number}_assignsubmission_file_" / "linear.ipynb"
        path.parent.mkdir()
        path.write_bytes(odd("plain"))
    found, _ = grade.sort(tmp_path)
    assert list(found) == [("Ada Lovelace", "linear"), ("Ada Lovelace 2", "linear")]


def test_a_packed_file_cannot_pass_for_another_student(tmp_path):
    name = "Ben_1_assignsubmission_file_linear.ipynb"
    (tmp_path / "ada").mkdir()
    content = odd_copies.zipped(**{name: odd("plain"), "../ben/linear.ipynb": odd("plain")})
    (tmp_path / "ada" / "linear.zip").write_bytes(content)
    found, _ = grade.sort(tmp_path)
    assert {student for student, _ in found} == {"ada"}


def test_a_download_may_stay_packed(tmp_path):
    names = {"ada/linear.ipynb": odd("plain"), "ben_77_88_linear.ipynb": odd("plain")}
    (tmp_path / "all.zip").write_bytes(odd_copies.zipped(**names))
    found, _ = grade.sort(tmp_path / "all.zip")
    assert set(found) == {("ada", "linear"), ("ben", "linear")}


def test_grading_nothing_says_so(tmp_path):
    with pytest.raises(SystemExit, match="is not there"):
        grade.main(tmp_path / "nowhere", tmp_path / "grades")
    with pytest.raises(SystemExit, match="nothing to grade"):
        grade.main(tmp_path, tmp_path / "grades")


# --- Flags ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "import os.path",
        "from os import system",
        "import numpy.ctypeslib, ctypes",
        "import nnlib.checks as c\nc.linear = None",
        "from nnlib import checks\ndel checks.linear",
        "c = checks\nd = c\nd.linear = None",
        "checks.functions.signal.alarm(0)",
        "np.linalg.norm = max",
        "vars(checks)['linear'] = None",
        "checks.__dict__['linear'] = None",
        "().__class__.__base__.__subclasses__()",
        "x = !ls",
        "%%bash\nls",
        "from nnlib import Linear as L",
        "import nnlib\nclass Linear(nnlib.Linear): pass",
    ],
)
def test_a_flag_names_the_line(source):
    (first, *_) = flags.flags([source], [], ["Linear"])
    assert any(f"`{line}`" in first for line in source.splitlines())


@pytest.mark.parametrize(
    "source",
    [
        "import numpy as np, copy, time, math\nimport matplotlib.pyplot as plt\nimport pandas",
        "plt.rcParams['figure.dpi'] = 90\nnp.random.seed(1)",
        "class A:\n    def f(self, input):\n        self.__x = self.__class__.__name__",
        "network.params['0.weight'] *= 2\nlayer.x = 3",
        "%%time\nx = 1\n%matplotlib inline",
        "vars = 3\nx = (7\n    % 3)",
        "def (",
    ],
)
def test_honest_code_has_no_flag(source):
    assert flags.flags([source], [], ["Linear"]) == []
