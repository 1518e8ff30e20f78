"""The teacher's marks: a file for each student and exercise, and tables and pages made of them.

They lie outside `_build`, a file is written as each copy is done, and a new one replaces only its
own. In `marks.csv` the column `teacher` is the teacher's: a mark there counts instead of the
tests' one, and is kept.
"""

import json
import re
import sys

import tables

COLUMNS = ["student", "exercise", "question", "marks", "of", "teacher", "note"]


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
        """Return what the teacher wrote into the table: {(student, exercise, question): mark}."""
        if not self.table.exists():
            return {}
        columns, rows = tables.read(self.table)
        if not set(COLUMNS) <= set(columns):
            sys.exit(f"{self.table} has not the columns {', '.join(COLUMNS)}: mend it, or move it.")
        marks = {}
        for row in rows:
            student, exercise, question, of, mark = (
                row[c] for c in ("student", "exercise", "question", "of", "teacher")
            )
            if mark := mark.strip():
                most = tables.number(of or "inf")
                if not re.fullmatch(r"\d*[.,]?\d+", mark) or tables.number(mark) > most:
                    sys.exit(
                        f"{self.table}: the teacher's mark of {student} for {exercise}, "
                        f"{question}, is {mark!r}: write a number from 0 to {most:g}."
                    )
                marks[tables.plain(student), exercise, question] = mark
        return marks

    def rows(self):
        """Yield the rows of the table, without the teacher's column."""
        students, exercises = (sorted({key[i] for key in self.records}) for i in (0, 1))
        for student in students:
            for exercise in exercises:
                record = self.records.get((student, exercise))
                if not record:
                    note = "nothing of this exercise was handed in" if exercise else None
                    yield from [(student, exercise, "", "", "", note)] if note else []
                    continue
                for name, (mark, most) in record["marks"].items():
                    note = "" if mark == most else record["messages"][name].split("\n")[-1]
                    mark = "" if mark is None else f"{mark:g}"
                    yield student, exercise, name, mark, most, note
                for note in [*record["notes"], *record["flags"]]:
                    yield student, exercise, "", "", "", note

    def write_table(self):
        """Write `marks.csv`."""
        theirs, rows = self.teacher(), []
        for *key, mark, most, note in self.rows():
            own = theirs.pop(tuple(key), "") if key[2] else ""
            rows.append([*key, mark, most, own, note])
        for key, mark in theirs.items():
            gone = "the teacher's; there is no such question any more"
            rows.append([*key, "", "", mark, gone])
        tables.write(self.table, COLUMNS, rows)

    def write_pages(self):
        """Write a page of feedback for each student, and one with all answers in words."""
        theirs = self.teacher()
        for student in {student for student, _ in self.records}:
            lines = [f"# {student}\n"]
            for record in (self.records[key] for key in sorted(self.records) if key[0] == student):
                lines += _feedback(record, theirs)
            tables.write_text(self.folder / student / "feedback.md", "\n".join(lines))
        lines = []
        for exercise in sorted({exercise for _, exercise in self.records}):
            records = [self.records[key] for key in sorted(self.records) if key[1] == exercise]
            for name in dict.fromkeys(name for record in records for name in record["words"]):
                lines.append(f"# {exercise}: {name or 'under no question'}\n")
                for record in (record for record in records if name in record["words"]):
                    answer = record["words"][name] or "(no answer)"
                    lines += [f"**{record['student']}**\n"]
                    lines += [f"> {line}" for line in answer.splitlines()] + [""]
        tables.write_text(self.folder / "words.md", "\n".join(lines))


def _feedback(record, theirs):
    """Yield the lines of one exercise."""
    student, exercise, marks = record["student"], record["exercise"], dict(record["marks"])
    for name, (_, most) in record["marks"].items():
        if mark := theirs.get((student, exercise, name)):
            marks[name] = [tables.number(mark), most]
    known = [pair for pair in marks.values() if pair[0] is not None]
    total, most = (sum(pair[at] for pair in known) for at in (0, 1))
    yield f"## {exercise}: {total:g} of {most:g} marks\n" if exercise else "## Other files\n"
    yield from (f"- {note}" for note in record["notes"])
    for name, (mark, most) in marks.items():
        got = "to be read by your teacher" if mark is None else f"{mark:g} of {most:g}"
        yield f"- {name}: {got}"
        if mark is not None and mark < most and name in record["messages"]:
            yield "\n" + "\n".join(f"      {one}" for one in record["messages"][name].split("\n"))
            yield ""
    yield ""
