"""Marks in the forms that course platforms take back: gradebooks, pages of feedback, and mails.

Moodle reads its grading worksheet by the names of the columns Identifier, Grade and Last modified
(grade): mod/assign/feedback/offline/importgradeslib.php. It reads feedback files from folders named
as those that it gave: mod/assign/feedback/file/importziplib.php. Canvas reads the columns of the
student first, and then one for each assignment: lib/gradebook_importer.rb of canvas-lms. Which
columns a worksheet has, mod/assign/gradingtable.php says.
"""

import io
import re
import sys
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from zipfile import ZIP_DEFLATED, ZipFile

import tables
from marks import TOTAL, as_html, as_markdown, feedback
from roster import Roster, safe

IDENTIFIER, GRADE, MOST = "Identifier", "Grade", "Maximum Grade"
CHANGED, OPEN, COMMENTS = "Last modified (grade)", "Grade can be changed", "Feedback comments"
CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
#: The folder that Moodle gives a student, of which the rest may be a file's name.
MOODLE = re.compile(r".+?_\d+_assignsubmission_[a-z]+")


def exercise_of(worksheet, marks, wanted) -> str:
    """Return the exercise that a worksheet is about: the one asked for, named, or the only."""
    known = sorted({exercise for _, exercise in marks.records if exercise})
    called = [one for one in known if one in worksheet.name.lower()]
    found = [wanted] if wanted else called if len(called) == 1 else known
    if len(found) != 1 or found[0] not in known:
        sys.exit(f"Which exercise is {worksheet.name} about? Write EXERCISE= with one of: "
                 f"{', '.join(known)}.")  # fmt: skip
    return found[0]


def moodle(worksheet, marks, roster=None, wanted="") -> list:
    """Write `gradebook-moodle.csv`: the worksheet, with grades and comments filled in."""
    exercise, theirs, said = exercise_of(worksheet, marks, wanted), marks.own(), []
    columns, *rows = tables.cells(worksheet) or [[]]
    missing = [one for one in (IDENTIFIER, GRADE, CHANGED) if one not in columns]
    if missing:
        sys.exit(f"{worksheet} has no column {' and no '.join(missing)}: download the grading "
                 "worksheet while Moodle speaks English.")  # fmt: skip
    if "Scale" in columns:
        sys.exit(f"{worksheet} is of an assignment with a scale: let Moodle grade it with points.")
    at = {name: columns.index(name) for name in columns}
    people, filled = Roster(worksheet), set()
    of_row = {one.row[IDENTIFIER]: one for one in people.people}
    students = {}
    for student in {student for student, name in marks.records if name == exercise}:
        listed = roster and next((one for one in roster.people if one.folder == student), None)
        more = (listed.email, *listed.ids) if listed else ()
        person, why = people.find(listed.name if listed else student, "", more)
        if person is None:
            said.append(f"{student} gets no row in Moodle's gradebook: {why}.")
        elif person.row[IDENTIFIER] in students:
            other = students[person.row[IDENTIFIER]]
            sys.exit(f"{student} and {other} are the same person in {worksheet}: rename one.")
        else:
            students[person.row[IDENTIFIER]] = student
    for row in rows:
        row += [""] * (len(columns) - len(row))
        if row[at[IDENTIFIER]] not in of_row or row[at[IDENTIFIER]] not in students:
            continue
        record = marks.records[students[row[at[IDENTIFIER]]], exercise]
        if not record["marks"]:
            continue
        if OPEN in at and row[at[OPEN]].strip().lower() == "no":
            said.append(f"{record['student']}: Moodle says that this grade cannot be changed.")
            continue
        points, of, _ = marks.total(record, marks.teacher())
        most = _points(row[at[MOST]], of) if MOST in at else of
        row[at[GRADE]] = f"{points * most / of:.2f}"
        filled.add(most / of)
        if COMMENTS in at:
            row[at[COMMENTS]] = "<br>".join(map(escape, _comments(record, points, of, theirs)))
    if filled - {1}:
        said.append("The maximum in Moodle's worksheet is not that of the exercise: grades are in "
                    "proportion.")  # fmt: skip
    if COMMENTS not in at:
        said.append("The worksheet has no Feedback comments (a setting of the assignment), so it "
                    "gets grades alone.")  # fmt: skip
    tables.write(marks.folder / "gradebook-moodle.csv", columns, rows, sign="", raw=True)
    return said


def _points(text, otherwise):
    """Return the points that a table tells, or else those of the exercise."""
    try:
        return tables.number(text) or otherwise
    except ValueError:
        return otherwise


def _comments(record, points, of, theirs):
    """Yield what the teacher has to say of a copy, in short."""
    yield f"{record['exercise']}: {points:g} of {of:g} marks"
    if late := record.get("late"):
        yield "handed in late" if late == "yes" else f"handed in late, by {late}"
    for name in (*record["marks"], TOTAL):
        comment = theirs.get((record["student"], record["exercise"], name), ("", ""))[1]
        if comment:
            yield comment if name == TOTAL else f"{name}: {comment}"


def canvas(marks, roster=None) -> list:
    """Write `gradebook-canvas.csv`: a column for each exercise, named as in Canvas's own export."""
    exercises = sorted({exercise for _, exercise in marks.records if exercise})
    theirs, said, most, rows = marks.teacher(), [], {}, []
    titles = {name: name for name in exercises}
    for name in exercises if roster else ():
        own = [
            one for one in roster.columns if name in one.lower() and re.search(r" \(\d+\)$", one)
        ]
        if len(own) == 1:  # "linear (7)": Canvas knows the assignment by its number
            titles[name] = own[0]
    points = {}
    for (student, exercise), record in marks.records.items():
        if record["marks"]:
            points[student, exercise], most[exercise], _ = marks.total(record, theirs)
    students = {student for student, _ in points}
    people = roster.people if roster else []
    for person in people:
        told = [person.row.get(one, "") for one in CANVAS]
        if not person.row.get("Student"):
            told = [person.name, "", "", person.email, ""]
        rows.append((person.folder, told))
    strangers = sorted(students - {one.folder for one in people})
    if roster and strangers:
        said.append(f"Not in the roster, and so not in Canvas's gradebook: {', '.join(strangers)}.")
    elif not roster:
        rows = [(student, [student, "", "", "", ""]) for student in strangers]
    table = [
        [*told, *(_short(points.get((student, name), "")) for name in exercises)]
        for student, told in rows
    ]
    possible = [_short(most.get(name, 0)) for name in exercises]
    first = ["    Points Possible", *[""] * (len(CANVAS) - 1), *possible]
    columns = [*CANVAS, *(titles[name] for name in exercises)]
    tables.write(marks.folder / "gradebook-canvas.csv", columns, [first, *table], sign="")
    return said


def _short(points):
    """Return points as Canvas shows them, with two digits after the point at most."""
    return f"{points:.2f}".rstrip("0").rstrip(".") if points != "" else ""


def pages(marks, roster=None, sources=()) -> list:
    """Write what goes back to students: a .zip for Moodle of each exercise, and mails.

    Args:
        marks: the records.
        roster: knows the addresses.
        sources: {(student, exercise): the path of a file in the download}.
    """
    theirs, said = marks.own(), []
    packed = {}
    for (student, exercise), path in sorted(dict(sources).items()):
        found = MOODLE.match(path.split("/")[0])
        if found and (student, exercise) in marks.records:
            page = as_html(feedback(marks, student, theirs, exercise)).encode()
            packed.setdefault(exercise, {})[f"{found[0]}/feedback.html"] = page
    for exercise, files in packed.items():
        out = io.BytesIO()
        with ZipFile(out, "w", ZIP_DEFLATED) as file:
            for name, page in files.items():
                file.writestr(name, page)
        tables.write_bytes(marks.folder / f"feedback-moodle-{exercise}.zip", out.getvalue())
    for person in roster.people if roster else ():
        if "@" not in person.email or not any(key[0] == person.folder for key in marks.records):
            continue
        page = feedback(marks, person.folder, theirs)
        mail = EmailMessage(policy=SMTP)
        try:
            mail["To"] = person.email
        except ValueError:
            said.append(f"{person.name} gets no mail: {person.email} is no address.")
            continue
        mail["Subject"] = "Your exercises: marks and feedback"
        mail["X-Unsent"] = "1"  # mail programs open it as a draft
        mail.set_content(as_markdown(page))
        mail.add_alternative(as_html(page), subtype="html")
        path = marks.folder / "mails" / f"{safe(person.folder)}.eml"
        tables.write_bytes(path, mail.as_bytes())
    return said


def write(marks, roster=None, worksheet=None, exercise="", sources=()) -> list:
    """Write all of them; return what the teacher should know of it."""
    said = moodle(worksheet, marks, roster, exercise) if worksheet else []
    said += canvas(marks, roster) + pages(marks, roster, sources)
    theirs = marks.teacher()
    unread = sum(bool(marks.total(one, theirs)[2]) for one in marks.records.values())
    if unread:
        said.append(f"Sums that lack marks for answers in words: {unread}. Fill in the column "
                    "teacher of marks.csv, and run the same command again.")  # fmt: skip
    return said
