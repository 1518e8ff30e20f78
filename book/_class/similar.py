"""List submissions whose code is alike: `python book/_class/similar.py SUBMISSIONS`.

copydetect compares them with names and comments left out. It sees only lines that a student wrote,
not those handed out. What the solution has, which is public, or many students have, tells nothing
and is left out as well. What remains may have honest reasons: the page is for reading.
"""

import argparse
import io
import sys
from collections import Counter
from functools import cache
from html import escape
from itertools import combinations
from pathlib import Path

import exercise as exercises
import nbformat
import tables
from copydetect import CodeFingerprint, compare_files
from submissions import files
from tqdm import tqdm

LENGTH = 60  # signs, without names and spaces, of what is alike at least
SHARE = 0.5  # of the shorter one's own code
LINES = 3
MANY = 0.1  # of the class: what more of them have is the exercise's
FEW = 4  # … and no fewer than these

STYLE = """\
pre { margin: 0 } mark { background: #ffe08a; color: #000 }
.pair { display: grid; gap: 1rem; grid-template-columns: minmax(0, 1fr) }
@media (width > 40rem) { .pair { grid-template-columns: repeat(2, minmax(0, 1fr)) } }
"""


def own_code(sources, known) -> str:
    """Return the lines of code cells that are not known, empty ones left out."""
    lines = [line.rstrip() for source in sources for line in source.splitlines()]
    return "\n".join(line for line in lines if line.strip() and line.strip() not in known)


def fingerprint(code) -> CodeFingerprint:
    """Return what of a code is compared: each piece of LENGTH signs."""
    return CodeFingerprint("answer.py", LENGTH, 1, fp=io.StringIO(f"{code}\n"))


def alike(codes, public="") -> list[tuple]:
    """Return pairs: how many lines are the same to the letter, the share of what is alike, both
    names, and the lines of both that are alike, by their numbers.

    Args:
        codes: {student: code}.
        public: a code whose pieces do not count.
    """
    prints = {who: fingerprint(code) for who, code in codes.items() if code.strip()}
    counts = Counter(piece for one in prints.values() for piece in one.hashes)
    most, known = max(FEW, MANY * len(prints)), fingerprint(public).hashes
    for one in prints.values():
        one.hashes = {piece for piece in one.hashes if counts[piece] <= most} - known
    holders = {}
    for who, one in prints.items():
        for piece in one.hashes:
            holders.setdefault(piece, []).append(who)
    pairs = {pair for whose in holders.values() for pair in combinations(whose, 2)}
    found = []
    for first, second in pairs:
        *_, slices = compare_files(prints[first], prints[second])
        lines = [
            _lines(codes[who], piece) for who, piece in zip((first, second), slices, strict=True)
        ]
        share = max(
            len(one) / len(codes[who].splitlines())
            for who, one in zip((first, second), lines, strict=True)
        )
        texts = [
            {codes[who].splitlines()[number - 1].strip() for number in at}
            for who, at in zip((first, second), lines, strict=True)
        ]
        if min(map(len, lines)) >= LINES and share >= SHARE:
            found.append((len(set.intersection(*texts)), share, first, second, *lines))
    return sorted(found, key=lambda one: (-one[0], -one[1], *one[2:4]))


def _lines(code, slices) -> list[int]:
    """Return the numbers of the lines that lie in slices of a code, from 1 on."""
    at = {
        code.count("\n", 0, int(position)) + 1
        for start, end in zip(*slices, strict=True)
        for position in range(int(start), min(int(end), len(code)))
        if not code[position].isspace()
    }
    return sorted(at)


@cache
def given(name) -> set:
    """Return the lines of an exercise that are handed out."""
    cells = exercises.handed_out(name)
    return {line.strip() for cell in cells for line in cell.source.splitlines()}


def solution(name) -> str:
    """Return the lines that only the teacher's version has."""
    path = exercises.CLASS / name / "teacher" / f"{name}.ipynb"
    cells = [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    return own_code([cell.source for cell in cells], given(name))


def classes(place) -> dict:
    """Return {exercise: {student: code of their own}} of a folder or .zip."""
    found = {}
    for file in files(place):
        if file.trouble:
            continue
        sources = [cell.source for cell in file.cells if cell.kind == "code"]
        code = own_code(sources, given(file.exercise))
        who = f"{file.student} {file.number}".strip()
        found.setdefault(file.exercise, {})[who] = code
    return found


def main(place, folder):
    """Compare what was handed in, and write `similar.html`."""
    if not place.exists():
        sys.exit(f"{place} is not there: it must have a folder for each student.")
    found, parts, count = classes(place), ["<h1>Similar code</h1>"], 0
    if not found:
        sys.exit(f"There is nothing to compare in {place}: no STUDENT/EXERCISE.ipynb.")
    for name, codes in tqdm(sorted(found.items()), unit="exercise"):
        pairs = alike(codes, solution(name))
        count += len(pairs)
        parts.append(f"<h2>{escape(name)}: {len(pairs)} pairs of {len(codes)} students</h2>")
        for same, share, first, second, *lines in pairs:
            told = f"{first} and {second}: {share:.0%} alike, {same} lines to the letter"
            tqdm.write(f"{name}: {told}")
            parts.append(f"<h3>{escape(told)}</h3>")
            parts.append("<div class=pair>")
            for who, at in zip((first, second), lines, strict=True):
                parts.append(f"<pre>{_marked(codes[who], at)}</pre>")
            parts.append("</div>")
    page = tables.page("Similar code", STYLE, "\n".join(parts))
    tables.write_text(folder / "similar.html", page)
    print(f"{count} pairs are alike: {folder / 'similar.html'} shows their lines side by side.")


def _marked(code, at) -> str:
    """Return a code for a page, with some lines marked."""
    lines = enumerate(code.splitlines(), start=1)
    return "\n".join(
        f"<mark>{number:3} {escape(line)}</mark>" if number in at else f"{number:3} {escape(line)}"
        for number, line in lines
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("place", type=Path, help="a folder, or a .zip, of submissions")
    default = exercises.ROOT / "grades"
    parser.add_argument("--grades", type=Path, dest="folder", default=default, help="for the page")
    if len(sys.argv) == 1:
        sys.exit("Which folder? make similar SUBMISSIONS=collected")
    main(**vars(parser.parse_args()))
