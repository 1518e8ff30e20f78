"""A made-up class, 120 copies of exercise 1, through the whole cycle, twice: `make rehearsal`.

The copies are answers that the tests know: layers of `tests/checks/answers`, right and wrong, and
odd notebooks of `tests/book/odd_copies.py`. So the marks of each are known beforehand. They come as
Moodle's download and its grading worksheet, are collected, graded (once interrupted) and compared.
Then the teacher writes marks and comments into the table, late copies and better ones come, and all
of it is done again. Nothing may be lost. The times of all stages are printed.
"""

import csv
import hashlib
import importlib
import io
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from email.message import EmailMessage
from html import unescape
from pathlib import Path
from zipfile import ZipFile

import nbformat

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / part) for part in ("tests/book", "tests/checks", "book/_class")]
answers, odd_copies, tables = map(importlib.import_module, ["answers", "odd_copies", "tables"])

NAME, DUE = "linear", "2026-12-01 12:00"
TESTED, MOST = 10, 12  # marks that tests give, and all; two are for answers in words
LAYER = 5  # of these for the layer
#: Odd copies of the class, by the names that `odd_copies` gives them.
ODD = [
    *("print left over", "forward(self, input)", "%%time", "harmless cells", "import os", "crash"),
    *("quit()", "answer retyped", "untouched", "SyntaxError", "endless answer", "no ids", "BOM"),
    *("nbformat 3", "21 MB", "cut off", "html", "print loop", "KeyboardInterrupt", "os._exit(0)"),
    *("memory", "checks alias", "nnlib's own", "own name", "zip in zip", "pdf", "words split"),
]
FIRST = [
    *("Ada", "Ben", "Chloé", "Dmitri", "Elif", "Fatou", "Goran", "Hana", "Inès", "José", "Kwame"),
    *("Łucja", "Mei", "Noor", "Oğuz", "Priya", "Quentin", "Rosa", "Søren", "Thị", "Uri", "Vera"),
    *("Wim", "Xenia", "Zoë"),
]
LAST = ["Lovelace", "Böhm", "van der Berg", "O'Neill", "Curie-Joliot"]

GRADED = r"(\d+) to be graded, (\d+) of them unchanged"
SHEET = [
    *("Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade"),
    *("Grade can be changed", "Last modified (submission)", "Last modified (grade)"),
    "Feedback comments",
]


class Student:
    """One of the list, and what they have handed in."""

    def __init__(self, number, name):
        self.number, self.name = number, name
        self.email = f"s{number}@x.org"
        self.files, self.marks, self.when = {}, None, ""  # marks by tests; None: nothing to mark

    @property
    def folder(self):
        """What Moodle calls the folder."""
        return f"{self.name}_{self.number}_assignsubmission_file"

    def hand_in(self, files, marks, when="2026-11-30 22:27"):
        self.files, self.marks, self.when = files, marks, when


def layer(answer):
    """Return a copy whose layer is somebody's answer, with its training and two texts."""
    notebook = odd_copies.Notebook(training=True)
    notebook.cell("layer").source = answer.source
    for cell, name in zip(notebook.typed, odd_copies.WORDS, strict=True):
        cell.source = f"About the {name}: {answer.name}."
    return notebook.json()


def pool():
    """Return the copies: [(files, marks by tests)]."""
    known = [one for lot in answers.LOTS for one in answers.read(lot) if one.kind == NAME]
    found = []
    for one in known:
        right = answers.verdict(NAME, one.load()) is None
        found.append(({f"{NAME}.ipynb": layer(one)}, TESTED if right else TESTED - LAYER))
    odd = {one.student: one for one in odd_copies.all_of_them()}
    for name in ODD:
        files = {path.split("/", 1)[1]: content for path, content in odd[name].files.items()}
        found.append((files, odd[name].marks))
    return found


def download(place, students):
    """Write what Moodle gives to download."""
    with ZipFile(place, "w") as packed:
        for student in students:
            for name, content in student.files.items():
                packed.writestr(f"{student.folder}/{name}", content)


def worksheet(place, students):
    """Write Moodle's grading worksheet."""
    rows = []
    for one in students:
        status = "Submitted for grading - " if one.files else "No submission - "
        rows.append((f"Participant {one.number}", one.name, one.email, status, "", f"{MOST:.2f}",
                     "Yes", one.when or "-", "-", ""))  # fmt: skip
    tables.write(place, SHEET, rows, raw=True)


def mail(folder, student):
    """Write a mail with what a student attached."""
    message = EmailMessage()
    message["From"], message["Date"] = f"X <{student.email}>", "Thu, 03 Dec 2026 09:00:00"
    message.set_content("Moodle was closed.")
    for name, content in student.files.items():
        message.add_attachment(content, "application", "json", filename=name)
    folder.mkdir()
    (folder / "1.eml").write_bytes(message.as_bytes())


def run(stage, program, *given, interrupt=None):
    """Run a program of `book/_class`; print how long it took, and return what it says."""
    command = [sys.executable, ROOT / "book" / "_class" / f"{program}.py", *given]
    began = time.monotonic()
    process = subprocess.Popen(
        list(map(str, command)), cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    said = ""
    for line in process.stdout:
        said += line
        if interrupt and said.count(" of ") > interrupt:  # Ctrl-C after some copies
            process.send_signal(signal.SIGINT)
            interrupt = None
    process.wait()
    took = time.monotonic() - began
    graded = re.search(GRADED, said)
    new = int(graded[1]) - int(graded[2]) if graded else 0
    rate = f", {60 * new / took:.0f} copies a minute" if new and not process.returncode else ""
    print(f"{took:6.1f} s  {stage}{rate}, load {os.getloadavg()[0]:.1f}", flush=True)
    return said


def rows_of(place):
    """Return a table's rows, with names as they are."""
    return [
        {key: tables.plain(value) for key, value in row.items()} for row in tables.read(place)[1]
    ]


def table(grades):
    """Return the rows of questions and sums: {(student, question): row}."""
    rows = rows_of(grades / "marks.csv")
    return {(row["student"], row["question"]): row for row in rows if row["question"]}


def digest(content):
    return hashlib.sha256(content).hexdigest()


def inside(content):
    """Yield the files of a zip, and of those in it; or the file itself."""
    if not content.startswith(b"PK"):
        yield content
        return
    with ZipFile(io.BytesIO(content)) as packed:
        for name in packed.namelist():
            yield from inside(packed.read(name))


def nothing_is_lost(given, collected):
    """Assert that all files ever handed in lie where the teacher sees them."""
    there = {
        digest(one.read_bytes())
        for one in collected.rglob("*")
        if one.is_file() and ".collected" not in one.parts
    }
    lost = [name for name, content in given
            if not {digest(one) for one in inside(content)} <= there]  # fmt: skip
    assert not lost


def everybody_is_listed(students, stranger, collected):
    """Assert that the list has each student, with what became of their files."""
    rows = {}
    for row in rows_of(collected / "collected.csv"):
        rows.setdefault(row["email"] or row["student"], []).append(row)
    assert {*rows} == {one.email for one in students} | {stranger.name}
    for one in students:
        told = [status for row in rows[one.email] for status in row["status"].split(", ")]
        assert ("missing" in told) == (one.marks is None), one.name
        assert ("unreadable" in told) == bool(one.files and one.marks is None), one.name
        assert ("late" in told) == (one.when > DUE), one.name
    return Counter(status for found in rows.values() for row in found
                   for status in row["status"].split(", "))  # fmt: skip


def marks_are_right(students, folders, grades, typed, comments):
    """Assert each mark, sum and comment, wherever it stands."""
    found = table(grades)
    sheet = {row["Email address"]: row for row in rows_of(grades / "gradebook-moodle.csv")}
    canvas = {row["SIS Login ID"]: row for row in rows_of(grades / "gradebook-canvas.csv")}
    with ZipFile(grades / f"feedback-moodle-{NAME}.zip") as packed:
        pages = {name.split("/")[0]: packed.read(name).decode() for name in packed.namelist()}
    for one in students:
        who, row, points = folders[one.email], sheet[one.email], canvas[one.email][NAME]
        if one.marks is None:
            assert (who, "total") not in found
            assert (row["Grade"], points, row["Feedback comments"]) == ("", "", "")
            assert one.folder not in pages
            continue
        own = {key: mark for key, mark in typed.items() if key[0] == who}
        for key, mark in own.items():
            assert found[key]["teacher"] == mark, key
        theirs = [one["teacher"].replace(",", ".") or one["marks"]
                  for key, one in found.items() if key[0] == who and key[1] != "total"]  # fmt: skip
        whole = sum(float(mark) for mark in theirs if mark)
        if not any(name in ("forward", "gradients", "layer") for _, name in own):
            by_tests = [found[who, name]["marks"] for name in ("forward", "gradients", "layer")]
            assert sum(map(float, by_tests)) == one.marks, (one.name, by_tests, one.marks)
        assert float(found[who, "total"]["marks"]) == whole
        assert float(row["Grade"]) == float(points) == whole, one.name
        assert f"{NAME}: {whole:g} of {MOST} marks" in row["Feedback comments"]
        page = pages.get(one.folder) or mail_of(grades, who)
        assert f"{NAME}: {whole:g} of " in page
        for (student, name), text in comments.items():
            if student == who:
                assert found[who, name]["comment"] == text
                assert text in unescape(page)
                assert text in unescape(row["Feedback comments"])
        assert ("late" in page) == (one.when > DUE), one.name
    count = sum(one.marks is not None for one in students)
    said = (grades / "statistics.html").read_text("utf-8")
    assert f"<p>{count + 1} students;" in said  # and the stranger


def mail_of(grades, who):
    return (grades / who / "feedback.html").read_text("utf-8")


def type_in(grades, typed, comments):
    """Fill in the teacher's columns, and save the table sorted and as a German spreadsheet does."""
    path = grades / "marks.csv"
    columns, rows = tables.read(path)
    for row in rows:
        key = tables.plain(row["student"]), row["question"]
        row["teacher"] = typed.get(key, row["teacher"])
        row["comment"] = comments.get(key, row["comment"])
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        out = csv.DictWriter(file, columns, delimiter=";")
        out.writeheader()
        out.writerows(sorted(rows, key=lambda row: (row["question"], row["student"])))


def copied(files):
    """Return a copy of somebody's answer, with other names."""
    notebook = nbformat.reads(files[f"{NAME}.ipynb"], as_version=4)
    cell = next(cell for cell in notebook.cells if cell.id == odd_copies.CELLS["layer"])
    names = re.findall(r"\bfor (\w+) in", cell.source)
    cell.source = re.sub(rf"\b({'|'.join(names)})\b", r"my_\1", cell.source)
    return {f"{NAME}.ipynb": nbformat.writes(notebook).encode()}


def test_a_class_of_120_loses_nothing(tmp_path):
    draw = random.Random(20)
    print(f"\n{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    names = [f"{first} {last}" for last in LAST for first in FIRST]
    names[7] = names[6]  # two of one name
    students = [Student(7000 + at, name) for at, name in enumerate(names)]
    copies = pool()
    assert len(copies) == 120
    stranger, *others = draw.sample(copies, len(copies))
    loops = next(at for at, (files, marks) in enumerate(others)
                 if marks == TESTED and b"for row" in files.get(f"{NAME}.ipynb", b""))  # fmt: skip
    others[loops - 1] = (copied(others[loops][0]), TESTED)
    outside = Student(9999, "Guest Auditor")
    outside.hand_in(*stranger)
    for student, (files, marks) in zip(students, others, strict=False):
        when = "2026-12-01 14:05" if draw.random() < 0.05 else "2026-11-30 22:27"
        student.hand_in(files, marks, when)
    double = next(one for one in students if one.marks == TESTED and len(one.files) == 1)
    double.files = {"a first try.ipynb": layer(answers.read("wrong")[0])} | double.files
    given = [(f"{one.name} {name}", content)
             for one in [*students, outside] for name, content in one.files.items()]  # fmt: skip

    collected, grades = tmp_path / "collected", tmp_path / "grades"
    sheet = tmp_path / f"Grades-{NAME}.csv"
    grading = ("grade", collected, "--grades", grades, "--worksheet", sheet)

    # The first time.
    worksheet(sheet, students)
    download(tmp_path / "1.zip", [*students, outside])
    said = run("collect", "collect", tmp_path / "1.zip", "--out", collected, "--roster", sheet,
               "--due", DUE)  # fmt: skip
    print(f"          {said.splitlines()[-1].partition(': ')[2]}")
    everybody_is_listed(students, outside, collected)
    nothing_is_lost(given, collected)
    folders = {row["email"]: row["student"] for row in rows_of(collected / "collected.csv")}
    assert len(set(folders.values())) == len(students) + 1, "two of one name share a folder"
    said = run("grade, until it is interrupted", *grading, interrupt=20)
    assert "the same command goes on" in said
    done = len(list(grades.glob(f"*/{NAME}.json")))
    assert 10 < done < 100
    said = run("grade, the rest", *grading)
    assert f", {done} of them unchanged" in said
    marks_are_right(students, folders, grades, {}, {})
    run("similar", "similar", collected, "--grades", grades)
    page = (grades / "similar.html").read_text("utf-8")
    pair = sorted(folders[students[at].email] for at in (loops - 1, loops))
    assert f"<h3>{pair[0]} and {pair[1]}:" in unescape(page)

    # The teacher reads, marks and comments.
    typed, comments = {}, {}
    marked = [one for one in students if one.marks is not None]
    for at, one in enumerate(marked):
        who = folders[one.email]
        typed |= {(who, "picture"): ["0", "0,5", "1"][at % 3], (who, "rate"): "1"}
        if at % 5 == 0:
            comments[who, "total"] = f"Well; see <page {at}>, & think."
        if at % 7 == 0:
            comments[who, "picture"] = f"=More precise, line {at}."
        if at % 11 == 0:
            typed[who, "layer"] = "4.5"
    type_in(grades, typed, comments)

    # The second time: late copies, better ones and a worse one, one by mail.
    right, wrong = (next(files for files, marks in copies if marks == most and len(files) == 1)
                    for most in (TESTED, TESTED - LAYER))  # fmt: skip
    missing = [one for one in students if not one.files]
    again = [one for one in marked if one.marks == TESTED - LAYER][:10]
    for at, one in enumerate([*missing[:4], *again]):
        answer = odd_copies.Notebook(training=True).add(f"# again, {at}").json()
        one.hand_in({f"{NAME}.ipynb": answer}, TESTED, "2026-12-02 08:00")
    worse = [one for one in marked if one.marks == TESTED][-1]
    worse.hand_in(wrong, TESTED - LAYER, "2026-12-02 08:30")
    by_mail = missing[4]
    given += [(f"{one.name} again {name}", content) for one in [*missing[:4], *again, worse]
              for name, content in one.files.items()]  # fmt: skip
    worksheet(sheet, students)
    download(tmp_path / "2.zip", [*students, outside])
    run("collect, once more", "collect", tmp_path / "2.zip", "--out", collected, "--roster", sheet,
        "--due", DUE)  # fmt: skip
    by_mail.hand_in(right, TESTED, "2026-12-03 09:00")
    mail(tmp_path / "mails", by_mail)
    run("collect, a mail", "collect", tmp_path / "mails", "--out", collected, "--due", DUE)
    everybody_is_listed(students, outside, collected)
    nothing_is_lost(given, collected)
    said = run("grade, once more", *grading)
    all_of_them, unchanged = map(int, re.search(GRADED, said).groups())
    assert all_of_them - unchanged == 4 + len(again) + 2, "only what is new is graded"
    marks_are_right(students, folders, grades, typed, comments)
    told = rows_of(grades / "marks.csv")
    for one in [*again, worse]:  # whose marks in words were for another copy
        notes = [row["note"] for row in told if row["student"] == folders[one.email]]
        assert any("another copy: look again" in note for note in notes), one.name
    run("similar, once more", "similar", collected, "--grades", grades)
    before = {one: one.read_bytes() for one in grades.rglob("*.csv")}
    run("grade, nothing new", *grading)
    assert {one: one.read_bytes() for one in grades.rglob("*.csv")} == before
