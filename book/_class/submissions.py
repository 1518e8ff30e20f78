"""Finds what students handed in: notebooks under any name, packed or not, from any platform.

A folder, or a .zip, has a folder for each student (`ada/linear.ipynb`); or it is what Moodle,
Canvas or Gradescope gives to download, or mails (`.eml`), or what `collect.py` made of these.
"""

import email
import email.policy
import hashlib
import io
import json
import logging
import re
import warnings
from collections import Counter
from datetime import datetime
from email.utils import parseaddr
from functools import partial
from itertools import takewhile
from typing import NamedTuple
from zipfile import BadZipFile, ZipFile

import nbformat
import yaml
from exercise import SOURCES, handed_out
from roster import local, time

LARGEST = 200 * 2**20  # bytes of a file; a notebook holds its pictures
#: How platforms call what they give to download: Moodle (mod/assign/feedback/file/importziplib.php
#: reads it back), and Canvas (lib/content_zipper.rb), whose second number grows with each upload.
PLATFORMS = [
    re.compile(r"(?P<student>.+?)_(?P<number>\d+)_assignsubmission_[a-z]+(_(?P<file>.*))?$"),
    re.compile(r"(?P<student>[^_]+)(?P<late>_LATE)?_(?P<number>\d+)_(?P<upload>\d+)_(?P<file>.+)$"),
]
SCOPE = "submission_metadata.yml"  # Gradescope's list of who handed in which folder
COLLECTED = "collected.csv"  # what `collect.py` writes beside the folders of students
#: What comes with an exercise, or from the system, and is no submission.
BESIDE = re.compile(r"(^|/)(\.|__MACOSX/|data/|nnlib-[^/]*\.whl$|README\.txt$|Thumbs\.db$)")

logging.getLogger("traitlets").setLevel(logging.CRITICAL)  # nbformat complains, and reads on


class Cell(NamedTuple):
    """What counts of a cell."""

    kind: str
    source: str
    id: str | None
    question: str | None  # which it answers in words, as its metadata says


class File(NamedTuple):
    """A file that was handed in; the trouble is why it cannot be graded."""

    student: str
    number: str  # that a platform gave the student, if any
    name: str
    trouble: str | None = None
    digest: str = ""
    exercise: str = ""
    cells: tuple = ()
    known: bool = True  # it has texts of its exercise
    when: datetime | None = None  # it was handed in, as far as is known
    late: bool = False  # a platform says so
    upload: int = 0  # a number that grows with each, if the platform gives one
    more: tuple = ()  # other names of the student: email, number of the university
    place: str = ""  # in the folder or .zip
    content: bytes = b""


def files(place, aside=None):
    """Yield the files of a folder or a .zip; and for each student without any, one that says so.

    Names of files that are no submission are added to the list `aside`.
    """
    aside = [] if aside is None else aside
    if place.is_dir():
        paths = {one.relative_to(place).as_posix(): one for one in sorted(place.rglob("*"))}
        if COLLECTED in paths:  # the copies that count, not those that they replaced
            paths = {
                name: path
                for name, path in paths.items()
                if "/" in name and not re.match("[^/]+/earlier/", name)
            }
        found = {
            f"{name}/" if path.is_dir() else name: (
                path.lstat().st_size,
                partial(_bytes, path),
                None,
            )
            for name, path in paths.items()
        }
        yield from _all(found, aside)
    elif place.suffix == ".eml":
        yield from _mail(place.name, place.read_bytes(), aside)
    else:
        with ZipFile(place) as packed:
            yield from _all(
                {
                    e.filename: (e.file_size, partial(packed.read, e), _when(e))
                    for e in packed.infolist()
                },
                aside,
            )


def _when(entry):
    """Return the time of a packed file; where nobody wrote one, it is 1980."""
    try:
        return datetime(*entry.date_time) if entry.date_time[0] > 1980 else None
    except ValueError:
        return None


def _all(found, aside):
    """Yield the files of a class: {name: (size, get, when)}, with "/" at the end for a folder."""
    scope, people = next((name for name in found if name.split("/")[-1] == SCOPE), None), {}
    if scope:
        people = _people(found.pop(scope)[1]())
        above = scope.removesuffix(SCOPE)
        found = {name.removeprefix(above): one for name, one in found.items() if name != above}
    names = [name for name in found if name and not BESIDE.search(name)]
    above = [name.split("/")[:-1] for name in names if not name.endswith("/")]
    together = takewhile(lambda folders: len(set(folders)) == 1, zip(*above, strict=False))
    held = [folders[0] for folders in together]  # what all files lie in
    next_ones = {tuple(folders[len(held) : len(held) + 1]) for folders in above}
    start = 0
    if held and len(next_ones) > 1 and () not in next_ones:
        print(f"The folders in {'/'.join(held)} are taken for the students.")
        start = len("/".join([*held, ""]))
    given = set()
    aside += [one for one in found if BESIDE.search(one) and not one.endswith("/")]
    for whole in (name for name in names if not name.endswith("/")):
        name, (size, get, when) = whole[start:], found[whole]
        given.add(name.split("/")[0])
        if name.lower().endswith(".eml"):
            yield from _mail(whole, get(), aside)
            continue
        file = _whose(name)
        # Moodle and Canvas write the time of the download into what they pack.
        file = file._replace(place=whole, when=None if file.number else when)
        for one in people.get(name.split("/")[0], [{}]):
            yield from _files(file._replace(**one), size, get, aside)
    for first in sorted({name[start:].split("/")[0] for name in found if "/" in name[start:]}):
        if first and first not in given and not BESIDE.search(f"{first}/"):
            nothing = "nothing in this folder can be graded"
            yield _whose(f"{first}/")._replace(name=first, trouble=nothing, place=f"{first}/")


def _people(text):
    """Return what Gradescope's list says: {folder: [what is known of a student of it]}."""
    try:
        folders = yaml.safe_load(text)
        return {
            folder: [
                {
                    "student": str(one.get(":name") or one.get(":email")),
                    "more": tuple(str(one[key]) for key in (":email", ":sid") if one.get(key)),
                    "when": time(str(told.get(":created_at", ""))),
                }
                for one in told[":submitters"]
            ]
            for folder, told in folders.items()
        }
    except (yaml.YAMLError, AttributeError, KeyError, TypeError) as error:
        print(f"{SCOPE} is not as Gradescope writes it ({type(error).__name__}): its folders are "
              "taken for the students.")  # fmt: skip
        return {}


def _mail(place, content, aside):
    """Yield what is attached to a mail; its sender is the student."""
    mail = email.message_from_bytes(content, policy=email.policy.default)
    name, address = parseaddr(str(mail["from"] or ""))
    try:
        when = local(mail["date"].datetime)
    except (AttributeError, TypeError):  # no date, or none that can be read
        when = None
    file = File(name or address or place, "", "", when=when, more=(address,), place=place)
    parts = list(mail.iter_attachments())
    if not parts:
        yield file._replace(name=place, trouble="nothing is attached to this mail", content=content)
    for part in parts:
        called = part.get_filename() or part.get_content_type()
        packed = part.get_payload(decode=True) or b""
        file = file._replace(name=called.replace("\\", "/"), place=f"{place}/{called}")
        yield from _files(file, len(packed), partial(bytes, packed), aside)


def _bytes(path):
    if path.is_symlink():  # to another's copy, or to the solution
        raise OSError("it is a link, which is not followed")
    return path.read_bytes()


def _whose(name):
    """Return a file without content: the student, and the rest of a path."""
    first, *rest = name.split("/")
    for found in filter(None, (platform.match(first) for platform in PLATFORMS)):
        told = found.groupdict()
        own = [told["file"]] if told["file"] else []
        return File(
            told["student"], told["number"], "/".join([*own, *rest]),
            late=bool(told.get("late")), upload=int(told.get("upload", 0)),
        )  # fmt: skip
    return File(re.sub(r"\.(zip|ipynb)$", "", first), "", "/".join(rest) or name)


def _files(file, size, get, aside, depth=3):
    """Yield a file, or those that are packed in it."""
    if BESIDE.search(file.name) or file.name.endswith("/"):
        if not file.name.endswith("/"):
            aside.append(file.place)
        return
    try:
        if size > LARGEST:
            raise ValueError(f"it is larger than {LARGEST >> 20} MB")
        file = file._replace(content=get())
        file = file._replace(digest=hashlib.sha256(file.content).hexdigest())
        if not file.name.lower().endswith(".zip") or not depth:
            cells = read(file.name, file.content)
            exercise, known = exercise_of(cells, file.name)
            yield file._replace(exercise=exercise, cells=cells, known=known)
            return
        with ZipFile(io.BytesIO(file.content)) as packed:
            inner = [entry for entry in packed.infolist() if not entry.is_dir()]
            if not inner:
                raise ValueError("nothing is in it")
            for one in packed.infolist():
                called = one.filename.replace("\\", "/")
                inside = file._replace(
                    name=f"{file.name}/{called}", place=f"{file.place}/{called}", content=b""
                )
                get = partial(packed.read, one)
                yield from _files(inside, one.file_size, get, aside, depth - 1)
    except (BadZipFile, OSError, RuntimeError, ValueError) as error:
        yield file._replace(trouble=str(error))


def read(name, content) -> tuple[Cell]:
    """Return the cells of a notebook that Jupyter would open, however odd; or raise ValueError."""
    if ".ipynb" not in name.lower():
        raise ValueError("it is not a notebook")
    try:
        text = content.decode(json.detect_encoding(content))
        with warnings.catch_warnings(action="ignore"):
            notebook = nbformat.reads(text, as_version=4, capture_validation_error={})
        return tuple(
            Cell(
                cell.cell_type, "".join(cell.source).replace("\r\n", "\n"), cell.get("id"),
                (cell.get("metadata") or {}).get("question"),
            )
            for cell in notebook.cells
        )  # fmt: skip
    except Exception as error:  # nbformat's are of many kinds
        said = str(error).strip().partition("\n")[0][:100]
        raise ValueError(f"it is not a notebook ({type(error).__name__}: {said})") from None


def exercise_of(cells, name) -> tuple[str, bool]:
    """Return the exercise whose texts a notebook has most of, or that its name tells; and which."""
    texts = {cell.source.strip() for cell in cells}
    found = Counter()
    for path in SOURCES.glob("*.ipynb"):
        given = {c.source.strip() for c in handed_out(path.stem) if "deletable" in c.metadata}
        found[path.stem] = len(texts & given) or 0.5 * (path.stem in name.lower())
    ((exercise, score),) = found.most_common(1)
    if not score:
        raise ValueError("neither its name nor its texts are those of an exercise")
    return exercise, score >= 1
