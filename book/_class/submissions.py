"""Finds what students handed in: notebooks under any name, packed or not, from any platform.

A folder, or a .zip, has a folder for each student (`ada/linear.ipynb`); or it is what Moodle or
Canvas gives to download, with the student in the name of each file.
"""

import hashlib
import io
import json
import logging
import re
import warnings
from collections import Counter
from functools import partial
from itertools import takewhile
from typing import NamedTuple
from zipfile import BadZipFile, ZipFile

import nbformat
from exercise import SOURCES, handed_out

LARGEST = 200 * 2**20  # bytes of a file; a notebook holds its pictures
#: How platforms call what they give to download.
PLATFORMS = [
    re.compile(r"(?P<student>.+?)_(?P<number>\d+)_assignsubmission_[a-z]+(_(?P<file>.*))?$"),
    re.compile(r"(?P<student>[^_]+)(_LATE)?_(?P<number>\d+)_\d+_(?P<file>.+)$"),
]
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


def files(place):
    """Yield the files of a folder or a .zip; and for each student without any, one that says so."""
    if place.is_dir():
        paths = {one.relative_to(place).as_posix(): one for one in sorted(place.rglob("*"))}
        found = {
            f"{name}/" if path.is_dir() else name: (path.lstat().st_size, partial(_bytes, path))
            for name, path in paths.items()
        }
        yield from _all(found)
    else:
        with ZipFile(place) as packed:
            entries = packed.infolist()
            yield from _all({e.filename: (e.file_size, partial(packed.read, e)) for e in entries})


def _all(found):
    """Yield the files of a class: {name: (size, get)}, with "/" at the end for a folder."""
    names = [name for name in found if name and not BESIDE.search(name)]
    above = [name.split("/")[:-1] for name in names if not name.endswith("/")]
    together = takewhile(lambda folders: len(set(folders)) == 1, zip(*above, strict=False))
    held = [folders[0] for folders in together]  # what all files lie in
    next_ones = {tuple(folders[len(held) : len(held) + 1]) for folders in above}
    if held and len(next_ones) > 1 and () not in next_ones:
        print(f"The folders in {'/'.join(held)} are taken for the students.")
        start = len("/".join([*held, ""]))
        names = [name for name in names if len(name) > start]
        found = {name[start:]: found[name] for name in names}
        names = [name[start:] for name in names]
    given = set()
    for name in (name for name in names if not name.endswith("/")):
        given.add(name.split("/")[0])
        yield from _files(_whose(name), *found[name])
    for first in sorted({name.split("/")[0] for name in found if "/" in name} - given - {""}):
        if not BESIDE.search(f"{first}/"):
            nothing = "nothing in this folder can be graded"
            yield _whose(f"{first}/")._replace(name=first, trouble=nothing)


def _bytes(path):
    if path.is_symlink():  # to another's copy, or to the solution
        raise OSError("it is a link, which is not followed")
    return path.read_bytes()


def _whose(name):
    """Return a file without content: the student, and the rest of a path."""
    first, *rest = name.split("/")
    for found in filter(None, (platform.match(first) for platform in PLATFORMS)):
        own = [found["file"]] if found["file"] else []
        return File(found["student"], found["number"], "/".join([*own, *rest]))
    return File(re.sub(r"\.(zip|ipynb)$", "", first), "", "/".join(rest) or name)


def _files(file, size, get, depth=3):
    """Yield a file, or those that are packed in it."""
    if BESIDE.search(file.name) or file.name.endswith("/"):
        return
    try:
        if size > LARGEST:
            raise ValueError(f"it is larger than {LARGEST >> 20} MB")
        content = get()
        if not file.name.lower().endswith(".zip") or not depth:
            cells = read(file.name, content)
            exercise, known = exercise_of(cells, file.name)
            digest = hashlib.sha256(content).hexdigest()
            yield file._replace(digest=digest, exercise=exercise, cells=cells, known=known)
            return
        with ZipFile(io.BytesIO(content)) as packed:
            for one in packed.infolist():
                inside = file._replace(name=f"{file.name}/{one.filename}".replace("\\", "/"))
                yield from _files(inside, one.file_size, partial(packed.read, one), depth - 1)
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
