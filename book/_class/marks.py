"""The teacher's marks: a file for each student and exercise, and tables and pages made of them.

They lie outside `_build`, a file is written as each copy is done, and a new one replaces only its
own. In `marks.csv` the columns `teacher` and `comment` are the teacher's and kept: a mark there
counts instead of the tests' one, and students read the comment.
"""

import json
import re
import sys
from html import escape
from itertools import groupby

import tables

STYLE = "body { max-width: 45rem } ul { padding-left: 1.2rem } pre { margin-left: 1.2rem }"
COLUMNS = [
    *("student", "exercise", "question", "marks", "of", "teacher", "comment", "late", "note"),
]
NEW = {"comment", "late"}  # an older table does without
TOTAL = "total"  # stands for the question in the row of an exercise's sum


class Marks:
    """All that was graded, in a folder.

    A record is a dict: student, exercise, key (of what it was made from), marks ({question: [marks
    or None, of]}), messages and words ({question: text}), notes, and flags (for the teacher alone).
    """

    def __init__(self, folder):
        self.folder, self.table = folder, folder / "marks.csv"
        self.teacher()  # may refuse to go on
        found = [json.loads(path.read_text("utf-8")) for path in folder.glob("*/*.json")]
        self.records = {(one["student"], one["exercise"]): one for one in found}

    def save(self, record):
        """Store a record, and bring the table up to date."""
        path = self.folder / record["student"] / f"{record['exercise'] or 'other files'}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        tables.write_text(path, json.dumps(record, indent=1))
        self.records[record["student"], record["exercise"]] = record
        self.write_table()

    def teacher(self) -> dict:
        """Return the teacher's marks in the table: {(student, exercise, question): mark}."""
        return {key: mark for key, (mark, _) in self.own().items() if mark}

    def own(self) -> dict:
        """Return what is the teacher's: {(student, exercise, question): (mark, comment)}."""
        if not self.table.exists():
            return {}
        columns, rows = tables.read(self.table)
        if not set(COLUMNS) - NEW <= set(columns):
            sys.exit(f"{self.table} has not the columns {', '.join(COLUMNS)}: mend it, or move it.")
        found = {}
        for row in rows:
            student, exercise, question, of = map(
                row.get, ("student", "exercise", "question", "of")
            )
            mark, comment = (row.get(one, "").strip() for one in ("teacher", "comment"))
            if mark:
                whose = f"{self.table}: the teacher's mark of {student} for {exercise}, {question}"
                if question == TOTAL:
                    sys.exit(f"{whose}, is {mark!r}: a total is counted; mark the questions.")
                most = tables.number(of or "inf")
                if not re.fullmatch(r"\d*[.,]?\d+", mark) or tables.number(mark) > most:
                    sys.exit(f"{whose}, is {mark!r}: write a number from 0 to {most:g}.")
            if mark or comment:
                found[tables.plain(student), exercise, question] = mark, tables.plain(comment)
        return found

    def total(self, record, theirs) -> tuple[float, float, list]:
        """Return an exercise's sum with the teacher's marks, its most, and what has no mark yet."""
        points, unread = 0, []
        for name, (mark, _) in record["marks"].items():
            if own := theirs.get((record["student"], record["exercise"], name)):
                points += tables.number(own)
            elif mark is None:
                unread.append(name)
            else:
                points += mark
        return points, sum(most for _, most in record["marks"].values()), unread

    def rows(self):
        """Yield the rows of the table, without the teacher's columns."""
        theirs = self.teacher()
        students, exercises = (sorted({key[i] for key in self.records}) for i in (0, 1))
        for student in students:
            for exercise in exercises:
                record = self.records.get((student, exercise))
                if not record:
                    note = "nothing of this exercise was handed in" if exercise else None
                    yield from [(student, exercise, "", "", "", "", note)] if note else []
                    continue
                for name, (mark, most) in record["marks"].items():
                    note = "" if mark == most else record["messages"][name].split("\n")[-1]
                    mark = "" if mark is None else f"{mark:g}"
                    yield student, exercise, name, mark, most, "", note
                if record["marks"]:
                    points, most, unread = self.total(record, theirs)
                    note = "the sum, with the teacher's marks"
                    note += f"; without {', '.join(unread)}, to be read" if unread else ""
                    late = record.get("late", "")
                    yield student, exercise, TOTAL, f"{points:g}", most, late, note
                for note in [*record["notes"], *record["flags"]]:
                    yield student, exercise, "", "", "", "", note

    def write_table(self):
        """Write `marks.csv`."""
        theirs, rows = self.own(), []
        for *key, mark, most, late, note in self.rows():
            own = theirs.pop(tuple(key), ("", "")) if key[2] else ("", "")
            rows.append([*key, mark, most, *own, late, note])
        for key, own in theirs.items():
            gone = "the teacher's; there is no such question any more"
            rows.append([*key, "", "", *own, "", gone])
        tables.write(self.table, COLUMNS, rows)

    def write_pages(self, called=None):
        """Write a page of feedback for each student, and one with all answers in words.

        There, students are called as `called` says, if they are to be anonymous.
        """
        theirs = self.own()
        for student in {student for student, _ in self.records}:
            page = feedback(self, student, theirs)
            tables.write_text(self.folder / student / "feedback.md", as_markdown(page))
            tables.write_text(self.folder / student / "feedback.html", as_html(page))
        lines = []
        for exercise in sorted({exercise for _, exercise in self.records}):
            records = [self.records[key] for key in sorted(self.records) if key[1] == exercise]
            for name in dict.fromkeys(name for record in records for name in record["words"]):
                lines.append(f"# {exercise}: {name or 'under no question'}\n")
                if called:
                    records.sort(key=lambda one: called[one["student"]])
                for record in (record for record in records if name in record["words"]):
                    answer = record["words"][name] or "(no answer)"
                    who = (called or {}).get(record["student"], record["student"])
                    lines += [f"**{who}**\n"]
                    lines += [f"> {line}" for line in answer.splitlines()] + [""]
        tables.write_text(self.folder / "words.md", "\n".join(lines))


def feedback(marks, student, theirs, exercise=None) -> list[tuple]:
    """Return what a student reads, of one exercise or all, as (kind of block, text)."""
    page = [("h1", student)]
    for record in (marks.records[key] for key in sorted(marks.records) if key[0] == student):
        if exercise in (None, record["exercise"]):
            page += _feedback(record, theirs)
    return page


def _feedback(record, theirs):
    """Yield the blocks of one exercise."""
    student, exercise, marks = record["student"], record["exercise"], dict(record["marks"])
    own = {name: theirs.get((student, exercise, name), ("", "")) for name in (*marks, TOTAL)}
    for name, (_, most) in record["marks"].items():
        if own[name][0]:
            marks[name] = [tables.number(own[name][0]), most]
    known = [pair for pair in marks.values() if pair[0] is not None]
    total, most = (sum(pair[at] for pair in known) for at in (0, 1))
    yield "h2", f"{exercise}: {total:g} of {most:g} marks" if exercise else "Other files"
    if more := sum(most for mark, most in marks.values() if mark is None):
        yield "li", f"{more:g} more for answers in words, which your teacher has yet to read"
    if late := record.get("late"):
        yield "li", "handed in late" if late == "yes" else f"handed in late, by {late}"
    yield from (("li", note) for note in record["notes"])
    if own[TOTAL][1]:
        yield "li", f"your teacher: {own[TOTAL][1]}"
    for name, (mark, most) in marks.items():
        got = "to be read by your teacher" if mark is None else f"{mark:g} of {most:g}"
        yield "li", f"{name}: {got}"
        if own[name][1]:
            yield "li", f"{name}, your teacher: {own[name][1]}"
        if mark is not None and mark < most and name in record["messages"]:
            yield "pre", record["messages"][name]


def as_markdown(page) -> str:
    """Return blocks as Markdown."""
    lines = []
    for kind, text in page:
        if kind == "pre":
            lines += ["", *(f"      {line}" for line in text.split("\n")), ""]
        elif kind == "li":
            lines.append(f"- {text}")
        else:
            lines += ["", f"{'#' * int(kind[1])} {text}", ""]
    return "\n".join([*lines[1:], ""])


def as_html(page) -> str:
    """Return blocks as a page of its own, which any browser shows."""
    blocks = []
    for listed, items in groupby(page, key=lambda block: block[0] == "li"):
        lines = "\n".join(f"<{kind}>{escape(text)}</{kind}>" for kind, text in items)
        blocks.append(f"<ul>\n{lines}\n</ul>" if listed else lines)
    return tables.page(page[0][1], STYLE, "\n".join(blocks))
