"""Sort what was handed in by student, and list it: `python book/_class/collect.py SUBMISSIONS`.

Into a folder, `collected`, come STUDENT/EXERCISE.ipynb (of several, the latest), what it replaced
in STUDENT/earlier/, and what cannot be graded in STUDENT/other/; and `collected.csv`, which says of
each student and exercise what became of it. Each run adds what is new, and deletes nothing.
"""

import argparse
import hashlib
import json
import shutil
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile

import exercise as exercises
import tables
from roster import Roster, local, safe
from submissions import COLLECTED, files

COLUMNS = ["student", "exercise", "status", "late", "when", "file", "note", "name", "email", "id"]
STORE = ".collected"  # all files that were ever taken in, by their digests
ROSTER = "roster.csv"


def due_time(text) -> datetime | None:
    """Return when an exercise is due; a day alone counts to its end."""
    if not text:
        return None
    try:
        due = local(datetime.fromisoformat(text))
    except ValueError:
        sys.exit(f'DUE is {text!r}, which is no date: write it as "2026-12-01 12:00".')
    return due + timedelta(days=1) if len(text.strip()) == 10 else due


def span(delta) -> str:
    """Return how long something takes, in words."""
    minutes = max(1, round(delta.total_seconds() / 60))
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


class Collection:
    """All that was handed in, in a folder.

    An entry is a dict with what was known of a file when it came, and `path`, where it lies now;
    its content is in the store for good.
    """

    def __init__(self, folder, roster=None):
        self.folder, self.entries = folder, []
        if (folder / STORE / "files.json").exists():
            self.entries = json.loads((folder / STORE / "files.json").read_text("utf-8"))
        elif folder.is_dir() and any(folder.iterdir()):
            sys.exit(f"{folder} has files of other origin: name an empty folder, as OUT=folder.")
        self.told = Roster(roster) if roster else None  # it may be refused
        if roster:
            folder.mkdir(parents=True, exist_ok=True)
            if roster.resolve() != (folder / ROSTER).resolve():
                shutil.copyfile(roster, folder / ROSTER)
        self.roster = Roster(folder / ROSTER) if (folder / ROSTER).exists() else None
        self.folders = {one.folder: one for one in self.roster.people} if self.roster else {}

    def take(self, place, due=None) -> int:
        """Take in what is new of a folder or .zip, due at some time; return how many files."""
        aside, before = [], len(self.entries)
        known = {self._same(one): one for one in self.entries}
        for file in files(place, aside):
            entry = {
                "student": file.student, "number": file.number, "more": list(file.more),
                "exercise": file.exercise, "file": file.place or file.name, "name": file.name,
                "digest": file.digest, "trouble": file.trouble, "known": file.known,
                "when": self._when(file), "due": due.isoformat() if due else "",
                "late": file.late, "upload": file.upload, "run": 0, "path": "",
            }  # fmt: skip
            if old := known.get(self._same(entry)):
                old["late"] = old["late"] or file.late
                old["when"] = (self.told and entry["when"]) or old["when"]
                old["due"] = entry["due"] or old["due"]
                continue
            entry["run"] = 1 + max((one["run"] for one in self.entries[:before]), default=0)
            if file.digest:
                tables.write_bytes(self.folder / STORE / file.digest, file.content)
            known[self._same(entry)] = entry
            self.entries.append(entry)
        for name in aside:
            entry = {"file": name, "aside": True, "run": 0, "path": "", "digest": ""}
            if not any(one["file"] == name and one.get("aside") for one in self.entries):
                self.entries.append(entry)
        return sum(not one.get("aside") for one in self.entries[before:])

    def _when(self, file):
        """Return when a file was handed in: a worksheet, which is of one exercise, knows best."""
        person = self.told and self.told.find(file.student, file.number, file.more)[0]
        when = (person and person.when) or file.when
        return when.isoformat(" ", "seconds") if when else ""

    @staticmethod
    def _same(entry):
        """Return what two entries have in common that are the same file."""
        keys = ("student", "number", "exercise", "digest", "trouble")
        own = (entry["file"],) if not entry["digest"] else ()
        return (*(entry.get(key) for key in keys), *own)

    def place(self):
        """Give each file its student and its place, and return the rows of the list."""
        groups, unknown = {}, {}
        for entry in (one for one in self.entries if not one.get("aside")):
            person, why = None, ""
            if entry.get("who") in self.folders:  # the next worksheet has other numbers
                person = self.folders[entry["who"]]
            elif self.roster:
                person, why = self.roster.find(entry["student"], entry["number"], entry["more"])
                entry["who"] = person.folder if person else ""
            folder = person.folder if person else self._stranger(entry)
            unknown.setdefault(folder, why)
            groups.setdefault((folder, entry["exercise"]), []).append(entry)
        rows = []
        for (folder, exercise), group in groups.items():
            if not exercise:
                rows += [self._other(folder, entry, unknown[folder]) for entry in group]
                continue
            rows.append(self._row(folder, exercise, group, unknown[folder]))
        rows += self._missing({exercise for _, exercise in groups} - {""}, {*groups})
        rows += self._aside()
        self._put()
        return sorted(rows)

    def _stranger(self, entry):
        """Return the folder of somebody who is in no list."""
        folder = safe(entry["student"])
        numbers = {
            one["number"] for one in self.entries
            if one.get("student") == entry["student"] and one["exercise"] == entry["exercise"]
        }  # fmt: skip
        numbers |= {"", "of the roster"} if folder in self.folders else set()
        return safe(f"{folder} {entry['number'] or '(?)'}") if len(numbers) > 1 else folder

    def _row(self, folder, exercise, group, why):
        """Place the files of a student and an exercise; return their row."""
        ordered = sorted(group, key=lambda e: (e["run"], e["when"], e["upload"], e["file"]))
        # A time counts more than the order of runs, if all have one.
        if all(one["when"] for one in group):
            ordered.sort(key=lambda e: (e["when"], e["run"]))
        elif all(one["upload"] for one in group):
            ordered.sort(key=lambda e: e["upload"])
        *earlier, last = ordered
        for entry in earlier:
            entry["to"] = f"{folder}/earlier/{exercise} {entry['digest'][:8]}.ipynb"
        last["to"] = f"{folder}/{exercise}.ipynb"
        status, notes = [], []
        if why:
            status.append("not in the roster")
            notes.append(why)
        when, late = self._late(last)
        if late:
            status.append("late")
            by = "the platform says so" if late == "yes" else f"by {late}"
            notes.append(f"it came late: {by}")
        elif last["due"] and not when and not last["upload"]:
            notes.append("when it came is not known")
        if earlier:
            status.append("double")
            names = ", ".join(one["file"] for one in earlier)
            kept = ", ".join(one["to"].removeprefix(f"{folder}/") for one in earlier)
            sure = len({(e["when"], e["upload"], e["run"]) for e in group}) == len(group)
            notes.append(f"{last['file']} counts, as the latest; kept: {kept}" if sure else
                         f"which of {names} and {last['file']} is the latest is not known: the "
                         "last one was taken, look at them")  # fmt: skip
        numbers = sorted({one["number"] for one in group})
        if len(numbers) > 1:
            notes.append(f"handed in under several numbers, {' and '.join(numbers)}: is this one "
                         "person?")  # fmt: skip
        if exercise not in last["name"].lower():
            status.append("misnamed")
            notes.append(f"{last['name']} was taken for {exercise}, whose texts it has")
        elif not last["known"]:
            status.append("misnamed")
            notes.append(f"{last['name']} has none of the texts of {exercise}: is it another one?")
        return (folder, exercise, ", ".join(status) or "handed in", late, when, last["file"],
                "; ".join(notes), *self._known(folder))  # fmt: skip

    @staticmethod
    def _late(entry):
        """Return when a file came, and how late that is; "" if nobody knows, or it is not."""
        when, due = (entry[one] and datetime.fromisoformat(entry[one]) for one in ("when", "due"))
        late = span(when - due) if due and when and when > due else ""
        return when and when.isoformat(" ", "minutes"), late or ("yes" if entry["late"] else "")

    def _other(self, folder, entry, why):
        """Keep a file that cannot be graded; return its row."""
        if entry["digest"]:
            name = PurePosixPath(entry["name"])
            entry["to"] = f"{folder}/other/{safe(name.name)}"
            if any(one is not entry and one.get("to") == entry["to"] for one in self.entries):
                stem, suffix = safe(name.stem), safe(name.suffix)
                entry["to"] = f"{folder}/other/{stem} {entry['digest'][:8]}.{suffix}"
        when, late = self._late(entry)
        told = {"unreadable": True, "late": late, "not in the roster": why}
        status = ", ".join(one for one, holds in told.items() if holds)
        note = "; ".join(filter(None, (entry["trouble"], why)))
        return (folder, "", status, late, when, entry["file"], note, *self._known(folder))

    def _missing(self, names, found):
        """Yield a row for each student of the roster and exercise without a file."""
        for folder in self.folders:
            for exercise in sorted(names) or [""]:
                if (folder, exercise) in found:
                    continue
                own = (self.folder / folder / f"{exercise}.ipynb").exists()
                status = "handed in" if own else "missing"
                note = "it was put there by hand" if own else "nothing of this exercise came"
                yield (folder, exercise, status, "", "", "", note, *self._known(folder))

    def _aside(self):
        names = [one["file"] for one in self.entries if one.get("aside")]
        note = "it comes with an exercise or from a computer's system, and is no submission"
        return [("", "", "left aside", "", "", name, note, "", "", "") for name in names]

    def _known(self, folder):
        person = self.folders.get(folder)
        return (person.name, person.email, ", ".join(person.ids)) if person else ("", "", "")

    def _put(self):
        """Bring each file to its place: of what is there, nothing is lost."""
        placed = {one["path"] for one in self.entries} - {""}
        known = {one["digest"] for one in self.entries}
        wanted = {one["to"]: one for one in self.entries if one.get("to")}
        for path in placed - {*wanted}:  # it has another place now
            if _digest(self.folder / path) in known:
                (self.folder / path).unlink()
        for path, entry in wanted.items():
            place, there = self.folder / path, _digest(self.folder / path)
            if there not in (None, entry["digest"]) and entry["path"] == path:
                continue  # somebody has mended it
            if there not in {None, *known}:
                hand = f"{place.stem} by hand {there[:8]}{place.suffix}"
                (place.parent / "earlier").mkdir(exist_ok=True)
                place.rename(place.parent / "earlier" / hand)
            if there != entry["digest"]:
                content = (self.folder / STORE / entry["digest"]).read_bytes()
                tables.write_bytes(place, content)
        for entry in self.entries:
            entry["path"] = entry.pop("to", "")

    def save(self, rows):
        """Write the list, and what the next run has to know."""
        tables.write_text(self.folder / STORE / "files.json", json.dumps(self.entries, indent=1))
        tables.write(self.folder / COLLECTED, COLUMNS, rows)


def _digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def late(folder) -> dict:
    """Return how late copies of a collected folder are: {(student, exercise): how}."""
    if not (folder / COLLECTED).is_file():
        return {}
    _, rows = tables.read(folder / COLLECTED)
    plain = [{key: tables.plain(value) for key, value in row.items()} for row in rows]
    return {(row["student"], row["exercise"]): row["late"] for row in plain if row.get("late")}


def sources(folder) -> dict:
    """Return the file of the download that counts: {(student, exercise): its path}."""
    path = folder / STORE / "files.json"
    entries = json.loads(path.read_text("utf-8")) if path.is_file() else []
    placed = [(PurePosixPath(one["path"]), one["file"]) for one in entries if one["path"]]
    return {(path.parts[0], path.stem): file for path, file in placed if len(path.parts) == 2}


def main(place, folder, roster=None, due=""):
    """Take in what was handed in, and write the list."""
    due = due_time(due)
    if not place.exists():
        sys.exit(f"{place} is not there: name what was downloaded, as SUBMISSIONS=folder or .zip.")
    collection = Collection(folder, roster)
    try:
        new = collection.take(place, due)
    except BadZipFile:
        sys.exit(f"{place} is neither a folder nor a .zip: name what the platform gave.")
    rows = collection.place()
    if not rows:
        sys.exit(f"There is nothing in {place}.")
    collection.save(rows)
    counts = Counter(one for row in rows for one in row[2].split(", "))
    if due:
        print(f"Due {due:%Y-%m-%d %H:%M}.")
        if any("when it came is not known" in row[6] for row in rows):
            print("Of some files it is not known when they came. Moodle tells it in its grading "
                  "worksheet (ROSTER=…), and a .zip tells more than a folder.")  # fmt: skip
    print(f"{new} new files. In {folder / COLLECTED}: "
          + ", ".join(f"{number} {name}" for name, number in counts.items()))  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("submissions", type=Path, help="a folder, or a .zip, of submissions")
    parser.add_argument("--out", type=Path, default=exercises.ROOT / "collected", help="where to")
    parser.add_argument("--roster", type=Path, help="a table of the class, as CSV")
    parser.add_argument("--due", default="", help='"2026-12-01 12:00"')
    if len(sys.argv) == 1:
        sys.exit("Which folder or .zip? make collect SUBMISSIONS=download.zip")
    given = parser.parse_args()
    main(given.submissions, given.out, given.roster, given.due)
