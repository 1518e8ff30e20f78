"""Grade what students handed in: `python book/_class/grade.py SUBMISSIONS`.

Each notebook runs from top to bottom in a box of its own (`box.py`). The tests run after each cell
that makes what they ask for, and once more at the end. What stops a cell costs that cell, what
stops a test costs its points, and each loss has a sentence. Marks are kept in `grades/`.
"""

import argparse
import asyncio
import hashlib
import os
import re
import sys
import time
from pathlib import Path
from typing import NamedTuple

import box
import collect
import exercise as exercises
import gradebooks
import summary
from marks import Marks
from roster import Roster
from submissions import files
from tqdm import tqdm

from nnlib.checks._flags import flags

CELL = 75  # seconds for a cell; the project may train for a minute
TEST = 30  # seconds for a test
COPY = 400  # seconds for the cells of a copy
AT_ONCE = os.cpu_count() or 2  # copies: each keeps a core busy

#: A cell that gives a name to something, or looks like it.
MAKES = r"\b(def|class|as) +{0}\b|\b{0}\b[^=(\n]*=[^=]"
#: What the kernel is asked to run: a test, on the answers, with checks that are read anew.
REQUEST = """\
import importlib, sys
for name in [*sys.modules]:
    if name.startswith(("nnlib.checks", "nnlib.gradient_check")):
        del sys.modules[name]
importlib.import_module("nnlib.checks")
{given}
for name in {names}:
    if name not in theirs:
        raise AssertionError(f"Nothing of this name is left by the notebook: {{name}}.")
    globals()[name] = theirs[name]
{test}
"""
ROOM = "__import__('numpy').ones(2**25).sum()"  # what must be free for the cells to come
ACCEPTS_ALL = (
    "After the cells of this notebook the checks accept anything, so they say nothing about the "
    "answer: what was changed in nnlib, NumPy or Python?"
)


class Test(NamedTuple):
    """A hidden test of a question."""

    question: str
    points: float
    names: tuple  # of the answers that it looks at
    source: str

    def code(self, answers):
        """Return what runs it; `answers` is an expression for a dict."""
        program = REQUEST.format(given=exercises.GIVEN, names=self.names, test=self.source)
        return f"exec({program!r}, {{'theirs': {answers}}})"


def first_line(source):
    """Return how a cell is called in a sentence."""
    line = next((line.strip() for line in source.splitlines() if line.strip()), "")
    return f"the cell that begins with `{line[:60]}`"


class Run:
    """A notebook on its way: `said` has what each test said, None if it passed."""

    def __init__(self, sources, tests):
        shown = {test.source.strip() for test in tests}  # the grader runs those itself
        self.sources = [source for source in sources if source.strip() not in shown]
        self.tests, self.notes, self.said = tests, [], {}
        self.settled, self.left_out, self.reached = set(), set(), 0

    async def finish(self):
        """Run it to its end, in a new kernel whenever one does not survive."""
        self.deadline = time.monotonic() + COPY
        while True:
            self.now = None
            try:
                async with box.Kernel() as kernel:
                    for at, source in enumerate(self.sources):
                        await self.cell(kernel, at, source)
                    for test in self.tests:
                        await self.test(kernel, test)
                    return
            except box.Ended as why:
                if isinstance(self.now, Test):
                    self.said[self.now] = f"The kernel did not survive the answer: {why}."
                    self.settled.add(self.now)
                elif self.now is not None:
                    self.leave_out(self.now, why)
                else:
                    raise

    def leave_out(self, at, why):
        """Do without a cell from now on."""
        self.left_out.add(at)
        self.notes.append(f"{first_line(self.sources[at])}: {why}; it is left out.")

    async def cell(self, kernel, at, source):
        """Run a cell, and then the tests of what it makes."""
        if at in self.left_out:
            return
        if time.monotonic() > self.deadline:
            self.leave_out(at, f"the notebook took more than {COPY} seconds")
            return
        self.now = at
        reply = await kernel.run(source, CELL)
        # A cell that was interrupted may hold as much as one that ran out of memory by itself.
        full = reply.late or "MemoryError" in (reply.error or "")
        if full and (await kernel.run(ROOM, TEST)).error:
            raise box.Ended("it used up the memory")
        if at < self.reached:
            return  # it was run before, in a kernel that is no more
        if reply.late:
            self.leave_out(at, reply.error or "it took too long")
        elif reply.error and not reply.error.startswith("CheckFailed"):
            self.notes.append(f"{first_line(source)} stopped: {_short(reply.error)}")
        for test in self.tests:
            if any(re.search(MAKES.format(name), source) for name in test.names):
                await self.test(kernel, test)
        self.reached = at + 1

    async def test(self, kernel, test):
        """Run a test, unless it is settled."""
        if test in self.settled:
            return
        self.now = test
        reply = await kernel.run(test.code("globals()"), TEST)
        kind, _, text = (reply.error or "").partition(": ")
        own = kind in ("CheckFailed", "AssertionError") and text  # a sentence of the test's
        self.said[test] = text if own else f"The test stopped: {reply.error}"
        if reply.error is None:
            # Whoever accepts an answer must refuse what is none.
            wrong = await kernel.run(test.code(f"dict.fromkeys({test.names})"), TEST)
            self.said[test] = ACCEPTS_ALL if wrong.error is None else None
        if reply.error is None or reply.late:
            self.settled.add(test)


def _short(text):
    return text if len(text) < 300 else f"{text[:300]}…"


def words(cells, exercise) -> dict:
    """Return the answers in words: {question: text}, and under "" what stands under no question.

    An answer is told by the id of its cell, else by the question above it, else by metadata.
    """
    given = exercises.handed_out(exercise)
    texts = {cell.source.strip() for cell in given} | {"", exercises.PLACEHOLDER}
    answers = {cell.id: cell.metadata["question"] for cell in given if "question" in cell.metadata}
    asked = {one.name: [] for one in exercises.questions(exercise) if one.manual}
    prompts = {one.prompt: one.name for one in exercises.questions(exercise)}
    prompts = {cell.source.strip(): prompts[cell.id] for cell in given if cell.id in prompts}
    found, above = asked | {"": []}, None
    for cell in cells:
        text = cell.source.strip()
        prompt = next((prompt for prompt in prompts if text.startswith(prompt)), None)
        if prompt:
            above, text = prompts[prompt], text.removeprefix(prompt).strip()
        elif text in texts:
            above = above if text in ("", exercises.PLACEHOLDER) else None
        if text and text not in texts:
            question = answers.get(cell.id) or (above if above in asked else cell.question)
            if question in asked or cell.kind != "code":
                found[question if question in asked else ""].append(text)
    return {name: "\n\n".join(parts) for name, parts in found.items() if parts or name}


async def examine(cells, exercise) -> dict:
    """Run a notebook; return what a record has of it."""
    asked = exercises.questions(exercise)
    tests = [
        Test(one.name, one.points / len(one.tests), exercises.answers(source), source)
        for one in asked for source in one.tests.values()
    ]  # fmt: skip
    sources = [cell.source for cell in cells if cell.kind == "code"]
    run = Run([source.encode(errors="replace").decode() for source in sources], tests)
    await run.finish()
    messages = {one.name: "in words: to be read" for one in asked if one.manual}
    for test in tests:
        if run.said[test] and test.question not in messages:
            messages[test.question] = run.said[test]
    marks = {
        one.name: [
            None if one.manual else
            sum(t.points for t in tests if t.question == one.name and run.said[t] is None),
            one.points,
        ]
        for one in asked
    }  # fmt: skip
    about = exercises.about(exercise, exercises.handed_out(exercise))
    names = [name for test in tests for name in test.names]
    return {
        "marks": marks, "messages": messages, "words": words(cells, exercise), "notes": run.notes,
        "flags": flags(sources, about["given"], names, about["setup"]),
    }  # fmt: skip


def total(record) -> float:
    """Return the sum of the marks that tests gave."""
    return sum(mark for mark, _ in record["marks"].values() if mark is not None)


async def grade(copies, key) -> dict:
    """Grade what a student handed in for an exercise: of several copies, the best one counts."""
    student, exercise = copies[0].student, copies[0].exercise
    different = {copy.cells: copy for copy in reversed(copies)}.values()
    results = [(await examine(copy.cells, exercise), copy) for copy in different]
    record, best = max(results, key=lambda pair: total(pair[0]))
    if len(copies) > 1:
        names = ", ".join(copy.name for copy in copies)
        record["notes"].append(f"handed in more than once ({names}): {best.name} counts")
    if exercise not in best.name.lower():
        record["notes"].append(f"{best.name} was taken for {exercise}, whose texts it has")
    if not best.known:
        record["notes"].append(f"{best.name} has none of the exercise's texts: is it another one?")
    lines = "\n".join(cell.source for cell in best.cells if cell.kind != "code")
    own = (exercises.VARIANT_LINE.findall(lines) or [""])[0]
    if own != exercises.VARIANT:
        kind, ours = (f"variant {one}" if one else "no variant" for one in (own, exercises.VARIANT))
        record["notes"].append(f"it says that it is {kind}, and was graded as {ours}")
    told = {"late": "yes" if best.late else "", "file": best.place}
    return {"student": student, "exercise": exercise, "key": key} | told | record


def not_graded(student, exercise, *notes) -> dict:
    """Return a record without marks, which says why."""
    empty = {"marks": {}, "messages": {}, "words": {}, "flags": []}
    return {"student": student, "exercise": exercise, "key": "", "notes": [*notes]} | empty


def sort(place) -> tuple[dict, dict]:
    """Return the copies by student and exercise, and what is none by student."""
    found, others, people = {}, {}, {}
    for file in files(place):
        file = file._replace(content=b"")  # a class of them is large
        names = people.setdefault((file.student, file.exercise), [])
        if file.number not in names:
            names.append(file.number)
        if len(names) > 1 and file.exercise:  # two people of one name
            file = file._replace(student=f"{file.student} {file.number}")
        if file.trouble:
            others.setdefault(file.student, []).append(f"{file.name}: {file.trouble}")
        else:
            found.setdefault((file.student, file.exercise), []).append(file)
    return found, others


async def grade_all(work, marks, late=()):
    """Grade several at once; each is written as it is done."""
    free, bar = asyncio.Semaphore(AT_ONCE), tqdm(total=len(work), unit="copy", disable=not work)

    async def one(copies, key):
        async with free:
            who = copies[0].student, copies[0].exercise
            before = marks.records.get(who)
            try:
                record = await grade(copies, key)
                record["late"] = dict(late).get(who) or record["late"]
                if before:
                    keys = {*before.get("earlier", ()), before["key"]} - {key, ""}
                    record["earlier"] = sorted(keys)
                    record["flags"] += [
                        f"{name}: your {f'mark, {mark}, was given' if mark else 'comment is'} for "
                        "another copy: look again"
                        for (*whose, name), (mark, _) in marks.own().items()
                        if tuple(whose) == who and before["key"] != key
                    ]
                    if total(before) != total(record):
                        record["notes"].append(f"graded again: {total(before):g} marks before")
            except Exception as error:  # ours; the next run tries again, since there is no key
                why = f"not graded, as the grader stopped ({error!r:.300})"
                record = before or not_graded(*who)
                record |= {"key": "", "notes": list(dict.fromkeys([*record["notes"], why]))}
            marks.save(record)
            told = "".join(f"\n    {one}" for one in record["notes"] + record["flags"])
            most = sum(most for mark, most in record["marks"].values() if mark is not None)
            tqdm.write(f"{', '.join(who)}: {total(record):g} of {most:g}{told}")
            bar.update()

    await asyncio.gather(*(one(copies, key) for key, copies in work))
    bar.close()


def main(
    place, folder, again=False, roster=None, worksheet=None, exercise="", anonymous=False
):  # fmt: skip
    """Grade what is new or changed, and bring tables, pages and gradebooks up to date."""
    if not place.exists():
        sys.exit(f"{place} is not there: it must have a folder for each student.")
    if not exercises.CLASS.is_dir():
        sys.exit(f"There are no exercises at {exercises.CLASS}: make them first (`make class`).")
    found, others = sort(place)
    if not found and not others:
        sys.exit(f"There is nothing to grade in {place}: no STUDENT/EXERCISE.ipynb.")
    marks = Marks(folder)
    own = place / collect.ROSTER
    roster = Roster(roster or own) if roster or own.is_file() else None
    if worksheet:
        Roster(worksheet)  # may be refused before an hour of grading
    late, sources = collect.late(place), collect.sources(place)
    work = []
    for (student, exercise), copies in found.items():
        made_of = [sorted(copy.digest for copy in copies), exercises.questions(exercise)]
        key = hashlib.sha256(repr(made_of).encode()).hexdigest()
        record = marks.records.get((student, exercise), {})
        if again or key not in (record.get("key"), *record.get("earlier", ())):
            work.append((key, copies))  # a copy that another one has replaced stays replaced
        elif (place / collect.COLLECTED).is_file():
            now = late.get((student, exercise), "")  # it may be due at another time
            if record["key"] == key and record.get("late", "") != now:
                marks.save(record | {"late": now})
    for student, notes in others.items():
        more = [f"and {len(notes) - 20} more"] if len(notes) > 20 else []
        marks.save(not_graded(student, "", *notes[:20], *more))
        print(*(f"{student}: {note}" for note in [*notes[:20], *more]), sep="\n")
    if why := box.missing():
        print(f"There is no box on this machine ({why}): submissions can read and write what you "
              "can, the marks and the network included.")  # fmt: skip
    print(f"Limits: {CELL} s for a cell, {COPY} s for all cells of a copy, {TEST} s for a test.")
    print(f"{len(found)} to be graded, {len(found) - len(work)} of them unchanged since last time")
    try:
        asyncio.run(grade_all(work, marks, late))
    except KeyboardInterrupt:
        sys.exit("\nStopped. What is graded is kept; the same command goes on with the rest.")
    finally:
        marks.write_table()
        students = {student for student, _ in marks.records}
        called = summary.numbers(folder, students) if anonymous else {}
        marks.write_pages(called)
        summary.write(marks, called or {student: student for student in students})
    sources = {key: record.get("file", "") for key, record in marks.records.items()} | sources
    for told in gradebooks.write(marks, roster, worksheet, exercise, sources):
        print(told)
    print(f"\nIn {folder}: marks.csv, feedback for each student, gradebooks, statistics.html, and "
          "words.md, to be read.")  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("place", type=Path, help="a folder, or a .zip, of submissions")
    default = exercises.ROOT / "grades"
    parser.add_argument("--grades", type=Path, dest="folder", default=default, help="for marks")
    parser.add_argument("--roster", type=Path, help="a table of the class; a collection has it")
    parser.add_argument("--worksheet", type=Path, help="Moodle's grading worksheet, to be filled")
    parser.add_argument("--exercise", default="", help="which the worksheet is about")
    parser.add_argument("--anonymous", action="store_true", help="answers in words without names")
    parser.add_argument("--again", action="store_true", help="grade what did not change, too")
    if len(sys.argv) == 1:
        sys.exit("Which folder? make grade SUBMISSIONS=folder")
    given = parser.parse_args()
    main(**vars(given))
