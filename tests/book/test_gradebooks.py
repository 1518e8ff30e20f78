"""Marks as platforms take them back, the teacher's comments, and what students get to read."""

import csv
import email
import email.policy
import importlib
import re
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "book" / "_class"))
collect, gradebooks, marks, roster, summary, tables = map(
    importlib.import_module, ["collect", "gradebooks", "marks", "roster", "summary", "tables"]
)

ADA, BEN, EVE = "Ada Lovelace", "Ben Böhm", "=Eve & Curie"
SHEET = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments\r\n"
    'Participant 11,Ada Lovelace,ada@x.org,"Submitted for grading - , late",,10.00,Yes,'
    '"Monday, 30 November 2026, 10:27 PM",-,\r\n'
    "Participant 12,Ben Böhm,ben@x.org,No submission,5.00,10.00,Yes,-,-,old\r\n"
    "Participant 13,Zoe Zuse,zoe@x.org,No submission,,10.00,Yes,-,-,\r\n"
)
CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,Exercise: linear (7),losses (8)
    Points Possible,,,,,10,5
"Lovelace, Ada",101,s1,ada@x.org,A,,
"Zuse, Zoe",104,s4,zoe@x.org,B,,
"""


@pytest.fixture
def graded(tmp_path):
    """Return marks of two exercises, made without a grader."""
    made = marks.Marks(tmp_path / "grades")
    for student, exercise, layer in ((ADA, "linear", 4), (BEN, "linear", 6), (ADA, "losses", 2)):
        made.save({
            "student": student, "exercise": exercise, "key": "k", "notes": [],
            "flags": ["look at x"],
            "marks": {"layer": [layer, 7], "rate": [None, 3]}, "words": {"rate": "because"},
            "messages": {"layer": "Likely cause: a <sum>.", "rate": "in words: to be read"},
            "late": "2 h 5 min" if student == ADA else "",
        })  # fmt: skip
    return made


def typed(graded, **cells):
    """Fill in cells of the table, as a teacher: {column: {(student, exercise, question): text}}."""
    _, rows = tables.read(graded.table)
    for row in rows:
        for column, texts in cells.items():
            row[column] = texts.get((row["student"], row["exercise"], row["question"]), row[column])
    with graded.table.open("w", newline="", encoding="utf-8") as file:
        out = csv.DictWriter(file, marks.COLUMNS)
        out.writeheader()
        out.writerows(rows)
    graded.write_table()


def test_a_row_has_the_sum_and_how_late_it_came(graded):
    def row():
        _, rows = tables.read(graded.table)
        return next(one for one in rows if one["question"] == "total" and one["student"] == ADA)

    assert (row()["marks"], row()["of"], row()["late"]) == ("4", "10", "2 h 5 min")
    assert "without rate, to be read" in row()["note"]
    typed(graded, teacher={(ADA, "linear", "rate"): "2,5", (ADA, "linear", "layer"): "7"})
    assert row()["marks"] == "9.5"
    assert "without" not in row()["note"]
    with pytest.raises(SystemExit, match="a total is counted; mark the questions"):
        typed(graded, teacher={(ADA, "linear", "total"): "10"})


def test_comments_of_the_teacher_stay_and_are_read(graded):
    typed(
        graded, comment={(ADA, "linear", "total"): "=Well & good", (ADA, "linear", "rate"): "<b>"}
    )
    graded.write_table()
    graded.write_pages()
    assert graded.own()[ADA, "linear", "total"] == ("", "=Well & good")
    page = (graded.folder / ADA / "feedback.md").read_text("utf-8")
    assert "- handed in late, by 2 h 5 min\n- your teacher: =Well & good\n" in page
    assert "- 3 more for answers in words, which your teacher has yet to read\n" in page
    assert "- rate, your teacher: <b>" in page
    assert "look at" not in page
    page = (graded.folder / ADA / "feedback.html").read_text("utf-8")
    assert "<pre>Likely cause: a &lt;sum&gt;.</pre>" in page
    assert "&lt;b&gt;" in page
    assert not re.search(r"</ul>\s*<li>|<(h2|pre)>[^<]*</\1>\s*<li>", page), "an item of no list"


def test_a_table_from_before_comments_is_read(graded):
    old = [one for one in marks.COLUMNS if one not in marks.NEW]
    _, rows = tables.read(graded.table)
    tables.write(graded.table, old, [[row[one] for one in old] for row in rows])
    graded.write_table()
    assert tables.read(graded.table)[0] == marks.COLUMNS


def sheet(tmp_path, text=SHEET, name="Grades-linear.csv"):
    path = tmp_path / name
    path.write_bytes(text.encode("utf-8-sig"))
    return path


def test_moodles_worksheet_comes_back_with_grades_and_comments_alone_changed(graded, tmp_path):
    typed(graded, teacher={(ADA, "linear", "rate"): "2.5"},
          comment={(ADA, "linear", "total"): "Look <here>"})  # fmt: skip
    assert gradebooks.moodle(sheet(tmp_path), graded) == []
    written = graded.folder / "gradebook-moodle.csv"
    assert not written.read_bytes().startswith(b"\xef\xbb\xbf"), "not all versions take the sign"
    (columns, *rows), (_, *old) = tables.cells(written), tables.cells(sheet(tmp_path))
    grade, comment = columns.index("Grade"), columns.index("Feedback comments")
    for row, before in zip(rows, old, strict=True):
        assert [one for at, one in enumerate(row) if at not in (grade, comment)] == [
            one for at, one in enumerate(before) if at not in (grade, comment)
        ]
    assert [row[grade] for row in rows] == ["6.50", "6.00", ""]
    assert rows[0][comment] == (
        "linear: 6.5 of 10 marks<br>handed in late, by 2 h 5 min<br>Look &lt;here&gt;"
    )


def test_a_maximum_of_100_gets_grades_in_proportion_and_what_is_locked_stays(graded, tmp_path):
    text = SHEET.replace("10.00,Yes", "100.00,Yes").replace("5.00,100.00,Yes", "5.00,100.00,No")
    said = "\n".join(gradebooks.moodle(sheet(tmp_path, text), graded))
    assert "in proportion" in said
    assert f"{BEN}: Moodle says that this grade cannot be changed" in said
    _, rows = tables.read(graded.folder / "gradebook-moodle.csv")
    assert [row["Grade"] for row in rows] == ["40.00", "5.00", ""]


@pytest.mark.parametrize(
    ("text", "name", "wanted", "says"),
    [
        (SHEET, "Grades.csv", "", "Which exercise is Grades.csv about.*linear, losses"),
        (SHEET, "Grades.csv", "nosuch", "Which exercise"),
        (SHEET.replace(",Grade,", ",Bewertung,"), "linear.csv", "", "no column Grade.*English"),
        ("", "linear.csv", "", "no column Identifier and no Grade"),
        (
            SHEET.replace("Maximum Grade", "Scale"),
            "linear.csv",
            "",
            "let Moodle grade it with points",
        ),
        (SHEET.replace("Zoe Zuse,zoe@x.org", "Ada Lovelace,"), "linear.csv", "", None),
    ],
)
def test_a_worksheet_that_cannot_serve_is_refused(graded, tmp_path, text, name, wanted, says):
    path = sheet(tmp_path, text, name)
    if says:
        with pytest.raises(SystemExit, match=says):
            gradebooks.moodle(path, graded, wanted=wanted)
    else:  # two of one name
        (said,) = gradebooks.moodle(path, graded)
        assert said.startswith(
            "Ada Lovelace gets no row in Moodle's gradebook: Ada Lovelace may be"
        )


def test_two_of_one_name_each_get_their_own_grade_in_moodle(graded, tmp_path):
    twin = SHEET.replace("Ben Böhm,ben@x.org", "Ada Lovelace,twin@x.org")
    people = listed(tmp_path, twin)
    (first, second) = (one.folder for one in people.people[:2])
    for student, points in ((first, 4), (second, 6)):
        record = graded.records[ADA, "linear"] | {"student": student}
        graded.save(record | {"marks": {"layer": [points, 10]}})
    graded.records.pop((ADA, "linear"))
    graded.records.pop((BEN, "linear"))
    assert gradebooks.moodle(sheet(tmp_path, twin), graded, people) == []
    _, rows = tables.read(graded.folder / "gradebook-moodle.csv")
    assert [row["Grade"] for row in rows] == ["4.00", "6.00", ""]


def listed(tmp_path, text):
    (tmp_path / "class.csv").write_text(text, encoding="utf-8")
    return roster.Roster(tmp_path / "class.csv")


def test_canvas_gets_its_own_columns_back(graded, tmp_path):
    (said,) = gradebooks.canvas(graded, listed(tmp_path, CANVAS))
    assert said == f"Not in the roster, and so not in Canvas's gradebook: {BEN}."
    columns, *rows = tables.cells(graded.folder / "gradebook-canvas.csv")
    assert columns == [*gradebooks.CANVAS, "Exercise: linear (7)", "losses (8)"]
    assert rows == [
        ["    Points Possible", "", "", "", "", "10", "10"],
        ["Lovelace, Ada", "101", "s1", "ada@x.org", "A", "4", "2"],
        ["Zuse, Zoe", "104", "s4", "zoe@x.org", "B", "", ""],
    ]
    # What Canvas's importer looks for (row_has_student_headers?, last_student_info_column).
    assert "Student" in columns[0]
    assert "ID" in columns[1]
    assert "Section" in columns[4]
    gradebooks.canvas(graded)
    columns, *rows = tables.cells(graded.folder / "gradebook-canvas.csv")
    assert columns[5:] == ["linear", "losses"]
    assert [row[0] for row in rows] == ["    Points Possible", ADA, BEN]


def test_feedback_goes_to_moodle_in_its_own_folders_and_into_mails(graded, tmp_path):
    sources = {
        (ADA, "linear"): "Ada Lovelace_11_assignsubmission_file/linear.ipynb",
        (BEN, "linear"): "Ben Böhm_12_assignsubmission_file_linear.ipynb",
        (ADA, "losses"): "ada_101_2001_losses.ipynb",  # Canvas
    }
    people = listed(tmp_path, "name,email\nAda Lovelace,ada@x.org\nBen Böhm,none\nZoe,zoe@x.org\n")
    gradebooks.pages(graded, people, sources)
    with ZipFile(graded.folder / "feedback-moodle-linear.zip") as packed:
        assert packed.namelist() == [
            "Ada Lovelace_11_assignsubmission_file/feedback.html",
            "Ben Böhm_12_assignsubmission_file/feedback.html",
        ]
        page = packed.read(packed.namelist()[0]).decode()
    assert "linear: 4 of 7 marks" in page
    assert "losses" not in page
    assert not (graded.folder / "feedback-moodle-losses.zip").exists()
    (mail,) = (graded.folder / "mails").iterdir()
    read = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
    assert read["To"] == "ada@x.org"
    assert "losses: 2 of 7 marks" in read.get_body(("plain",)).get_content()


def test_sums_that_lack_marks_are_told(graded):
    assert gradebooks.write(graded)[-1].startswith("Sums that lack marks for answers in words: 3.")


def test_what_a_student_is_called_breaks_nothing(tmp_path):
    made = marks.Marks(tmp_path / "grades")
    made.save({"student": EVE, "exercise": "linear", "key": "", "notes": [], "flags": [],
               "marks": {"layer": [2, 2]}, "messages": {}, "words": {}})  # fmt: skip
    made.write_pages()
    gradebooks.write(made)
    _, *rows = tables.cells(made.folder / "gradebook-canvas.csv")
    assert rows[1][0] == f"'{EVE}"
    assert "<h1>=Eve &amp; Curie</h1>" in (made.folder / EVE / "feedback.html").read_text("utf-8")


# --- Statistics ----------------------------------------------------------------------------------


def test_statistics_count_the_teachers_marks(graded):
    typed(graded, teacher={(ADA, "linear", "layer"): "7", (ADA, "linear", "rate"): "1.5"})
    summary.write(graded, {ADA: ADA, BEN: BEN})
    page = (graded.folder / "statistics.html").read_text("utf-8")
    assert "2 students; mean 7.2, median 7.2 of 10 marks, from 6 to 8.5" in page
    assert "Sums that lack marks for answers in words: 1." in page
    row = "<tr><td>layer</td><td>2</td><td>93%</td><td>1</td><td>0</td></tr>"
    assert row in page
    assert "<td>rate</td><td>1</td><td>50%</td>" in page
    assert page.count('<svg role="img" aria-label="Histogram of the sums of') == 2
    assert "Share of the points by question: layer 93%, rate 50%." in page
    assert "<b>Ada Lovelace</b><pre>because</pre>" in page
    summary.write(graded, {ADA: ADA, BEN: BEN})
    assert (graded.folder / "statistics.html").read_text("utf-8") == page, "the same each time"


def test_anonymous_answers_have_numbers_that_stay(graded):
    called = summary.numbers(graded.folder, [ADA, BEN])
    assert sorted(called.values()) == [1, 2]
    more = summary.numbers(graded.folder, [ADA, BEN, EVE, "Zoe"])
    assert more == called | {EVE: more[EVE], "Zoe": more["Zoe"]}
    assert sorted(more.values()) == [1, 2, 3, 4]
    summary.write(graded, more)
    graded.write_pages(more)
    for name in ("statistics.html", "words.md"):
        page = (graded.folder / name).read_text("utf-8")
        assert "because" in page
        assert "Ada" not in page
        assert "Ben" not in page


def test_an_exercise_without_marks_has_statistics_too(tmp_path):
    made = marks.Marks(tmp_path)
    made.save({"student": ADA, "exercise": "linear", "key": "", "notes": ["not graded, as …"],
               "flags": [], "marks": {}, "messages": {}, "words": {}})  # fmt: skip
    summary.write(made, {ADA: ADA})
    assert "Nobody has marks." in (tmp_path / "statistics.html").read_text("utf-8")
