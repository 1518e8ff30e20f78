"""The list of a class, as Moodle, Canvas or a spreadsheet writes it, and who of it is meant.

Its columns are known by their names. Moodle's grading worksheet is such a list, too: it has the
numbers by which Moodle calls the files of an assignment, and the time of each submission.
"""

import re
import sys
import unicodedata
from datetime import datetime
from difflib import get_close_matches
from typing import NamedTuple

import tables

#: Names of columns. Moodle's participants and worksheet: lang/en/moodle.php and mod/assign of
#: Moodle; Canvas's gradebook: lib/gradebook_exporter.rb of canvas-lms.
NAME = ("name", "full name", "student", "student name", "identifier")  # the last: anonymous
FIRST = ("first name", "firstname", "given name")
LAST = ("last name", "lastname", "surname", "family name")
EMAIL = ("email address", "email", "e-mail", "mail")
IDS = (
    *("id number", "id", "sis user id", "sis login id", "student id", "sid", "user id"),
    *("username", "login id", "identifier"),
)
WHEN = ("last modified (submission)",)
#: Rows of Canvas's gradebook that are no students.
NOBODY = re.compile(r"\s*(points possible|student, test|test student)\s*$", re.IGNORECASE)
#: How Moodle writes a time in English, in long and short.
TIMES = ("%A, %d %B %Y, %I:%M %p", "%d/%m/%y, %H:%M", "%A, %B %d, %Y, %I:%M %p")


class Person(NamedTuple):
    """A row of the list."""

    folder: str  # what the student's folder is called
    name: str
    email: str
    ids: tuple
    row: dict
    when: datetime | None = None  # of the submission, in a worksheet


def fold(text) -> str:
    """Return the letters and digits of a name, small and without accents."""
    letters = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in letters if letter.isalnum())


def safe(text) -> str:
    """Return a name that a folder may have on every system."""
    return re.sub(r'[\x00-\x1f<>:"/\\|?*]', "_", text).strip(" .") or "nameless"


def time(text) -> datetime | None:
    """Return the time of this computer's zone that a text tells; None: it tells none."""
    text = text.strip()
    for form in TIMES:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    try:
        return local(datetime.fromisoformat(text.removesuffix(" UTC")))
    except ValueError:
        return None


def local(when) -> datetime:
    """Return a time without zone, of this computer's."""
    return when.astimezone().replace(tzinfo=None) if when.tzinfo else when


class Roster:
    """The people of a class; `find` tells who is meant."""

    def __init__(self, path):
        self.path = path
        self.columns, rows = tables.read(path)
        known = {name.lower(): name for name in reversed(self.columns)}

        def column(names):
            return next((known[name] for name in names if name in known), None)

        name, first, last, email = map(column, (NAME, FIRST, LAST, EMAIL))
        if not (name or last or email):
            sys.exit(
                f"{path} has no column for names: it needs one called Name, Full name, Student, "
                f"First name and Last name, or Email. It has {', '.join(self.columns) or 'none'}."
            )
        ids = [known[one] for one in IDS if one in known]
        self.people, when = [], column(WHEN)
        for at, row in enumerate(rows, start=2):
            row = {key: tables.plain(value.strip()) for key, value in row.items()}
            whole = " ".join(row[one] for one in (first, last) if one).strip() or row.get(name, "")
            if NOBODY.match(whole) or not any(row.values()):
                continue
            if whole.count(",") == 1:  # Canvas: "Lovelace, Ada"
                whole = " ".join(reversed([part.strip() for part in whole.split(",")]))
            mail = row[email] if email else ""
            if not whole and not mail:
                sys.exit(f"{path}, row {at}, has neither a name nor an email address: mend it.")
            # Moodle's worksheet has "Participant 1234567"
            theirs = tuple(re.sub(r"^\D+ (?=\d+$)", "", row[one]) for one in ids if row[one])
            told = row[when] if when else ""
            moment = time(told) if told not in ("", "-") else None
            if told not in ("", "-") and not moment:
                print(f"{path}, row {at}: `{told}` is no date that can be read here; write it as "
                      "2026-12-01 12:00.")  # fmt: skip
            self.people.append(Person("", whole or mail, mail, theirs, row, moment))
        if not self.people:
            sys.exit(f"{path} lists nobody: it needs a row for each student.")
        self._unlike(path)
        names = [safe(one.name) for one in self.people]
        self.people = [
            one._replace(folder=name if names.count(name) == 1 else
                         safe(f"{name} {one.email or one.ids[0]}"))
            for one, name in zip(self.people, names, strict=True)
        ]  # fmt: skip

    def _unlike(self, path):
        """End if two rows cannot be told from each other."""
        seen = {}
        for one in self.people:
            for key in {*one.ids, one.email.casefold()} - {""}:
                if (other := seen.setdefault(key, one)) is not one:
                    sys.exit(f"{path}: {other.name} and {one.name} have the same {key}: which of "
                             "the two is right?")  # fmt: skip
        bare = [one.name for one in self.people if not one.ids and not one.email]
        for name in bare:
            if [one.name for one in self.people].count(name) > 1:
                sys.exit(f"{path}: {name} has two rows, which nothing tells from each other: add "
                         "a column with a number or an email address.")  # fmt: skip

    def find(self, student, number="", more=()) -> tuple[Person | None, str]:
        """Return who is meant by a name, a platform's number and more names; or None, and why.

        Nobody is taken who is only like it.
        """
        by_number = [one for one in self.people if number and number in one.ids]
        keys = {fold(key) for key in (student, *more)} - {""}
        by_name = [one for one in self.people if keys & _keys(one)]
        told = {fold(key) for key in more} - {""}  # an address tells two of one name apart
        by_name = [one for one in by_name if told & _own(one)] or by_name
        both = [one for one in by_number if one in by_name]
        found = both or by_number or by_name
        names = " and ".join(dict.fromkeys(one.folder for one in [*by_number, *by_name]))
        if by_number and by_name and not both:
            return None, f"its number {number} and its name {student} are of two people: {names}"
        if len(found) > 1:
            return None, f"{student} may be {names}"
        if found:
            return found[0], ""
        near = get_close_matches(student, [one.name for one in self.people], 1)
        return None, f"{student} is not in the roster" + (f"; is it {near[0]}?" if near else "")


def _keys(person) -> set:
    """Return all that may stand for a person, folded."""
    words = person.name.split()  # Canvas writes "lovelaceada", with any number of names
    turned = [" ".join(words[at:] + words[:at]) for at in range(len(words))]
    accounts = [one.partition("@")[0] for one in (person.email, *person.ids)]
    return ({fold(one) for one in (*turned, *accounts)} | _own(person)) - {""}


def _own(person) -> set:
    """Return what nobody else of the list has."""
    return {fold(one) for one in (person.email, *person.ids)} - {""}
