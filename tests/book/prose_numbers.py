"""Numbers in the prose, each held to the place that it comes from.

A number in a page's text is followed by a comment, which neither JupyterLab nor the page shows. It
says where the number stands, with `#` in the number's place (at the end, if there is none):

    an error of 0.040<!-- latent 16, clipped: MSE # -->  in what the page's cells print
    1.02<!-- R11 > not clipped > # ( -->                 in a table: row > column > in the cell
    0.6<!-- @levels amplitude=# -->                      … in the cell with the id `levels`
    0.040<!-- denoising@levels … MSE # -->               … of another page; `…` skips a part
    a factor of 49<!-- = SIDE**2 / 16 -->                worked out from the library's own values

The number must be the one that stands there, rounded to the digits shown; shares may be printed
as 0.94 and told as 94%. Outputs are searched first, then code. A place that is found twice
with different numbers is refused. Without a comment, only the phrases of `known` may hold numbers:
each is made from the library. What is mathematics and no result stands in a formula: $0$ or $1$.

In exercises, and on the pages about them, whole numbers are mostly part of the task: there, only
decimals, thousands and shares are looked at.

`python tests/book/prose_numbers.py book/loss.ipynb …` lists faults, and how many wrong numbers
pass.
"""

import functools
import math
import re
import sys
from pathlib import Path

import nbformat

from nnlib import mnist
from nnlib.experiments import (
    claims,
    controls,
    grid,
    multiverse,
    results,
    statistics,
    tuning,
    variance,
    verdicts,
)

BOOK = Path(__file__).parents[2] / "book"

NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:e[-+]?\d+)?"
#: A number in the prose: no part of a name (R10, float32, 3.11.2) or of a formula (10^9).
TOLD = re.compile(rf"(?<![\w.^_{{\\,])(?<!\d-)({NUMBER})(?![\w^]|[.,]\d|-\w)")
PRINTED = re.compile(rf"(?<![\w.])({NUMBER})(\s?%)?")
#: What may stand between a number and its comment: a unit, the end of a formula or of emphasis.
SOURCE = re.compile(r"[*_)$]{0,3}(\s?%)?[*_)$]{0,3}<!--(.*?)-->", re.DOTALL)
#: No prose: code, formulas set apart, addresses, numbers of headings, lists and questions, and
#: wrong answers to choose from. How long something takes a reader is an estimate, which no cell
#: can prove.
NO_PROSE = re.compile(
    r"(```+)[^\n]*\n.*?\1|(?<!`)`[^`]+`|\$\$.*?\$\$"
    r"|\]\([^)]*\)|https?://[^\s)>]+|<code>[^<]*</code>|<summary>[^\n]*</summary>(?=\s+\*\*No\.)"
    r"|<[a-z/][^>]*>|^\([\w-]+\)=$"
    r"|\b(?:[Cc]hapters?|[Ee]xercises?|Step) \d+"
    r"|^(?:#+)?\s*\d+\.\s|^\*\*\d+\.|^# Exercise \d+|\d+ (?:minutes|hours)\b"
    r"|\{[a-z:]+\}`[^`]*`",
    re.DOTALL | re.MULTILINE,
)
#: What stands between such fences is prose, though.
BOXED = re.compile(
    r"^(```+)\{(?:note|tip|warning|admonition|dropdown|important|glossary)\}.*?^\1$",
    re.DOTALL | re.MULTILINE,
)
#: In a formula, only results are looked at: decimals, and numbers of three digits and more.
FORMULA = re.compile(r"(?<!\$)\$(?!\$)([^$]+)\$(?!\$)")
ABOUT = re.compile(r"\b(about|around|some|roughly|nearly|almost)\s+[-±]?$", re.IGNORECASE)


@functools.cache
def known():
    """Return the phrases whose numbers need no comment, for the library says them."""
    side, runs = mnist.SIDE, len({checkpoint.config for checkpoint in grid.CHECKPOINTS})
    phrases = {f"{side} × {side}", f"{side**2} pixels", "70,000", "56,000", "14,000"}
    phrases |= {
        f"{len(grid.CHECKPOINTS)} {what}" for what in ("networks", "autoencoders", "checkpoints")
    }
    phrases |= {f"{runs} runs", f"{runs} training runs", "0 and 1", "0 to 1", "0 to 9"}
    phrases |= {f"{2 * steps} layers" for steps in grid.GRID_AXES["steps"]}
    phrases |= {
        f"{what} of {k}" for what in ("code", "codes") for k in grid.GRID_AXES["latent_dim"]
    }
    phrases |= {f"code {k}" for k in grid.GRID_AXES["latent_dim"]}
    phrases |= {f"batches of {size}" for size in grid.GRID_AXES["batch_size"]}
    phrases |= {f"{epochs} epochs" for epochs in grid.EPOCHS["bce"]}
    levels = {error.level for claim in claims.CLAIMS for statement in claim.statements
              for error in statement.ratio.numerator if error.corruption == "noise"}  # fmt: skip
    phrases |= {f"±{level}" for level in levels}
    return sorted(phrases, key=len, reverse=True)


@functools.cache
def names():
    """Return what a comment that begins with `=` may use."""
    builtin = {f.__name__: f for f in (len, sum, min, max, abs, round)}
    ours = (
        mnist, claims, controls, grid, multiverse, results, statistics, tuning, variance,
        verdicts, math,
    )  # fmt: skip
    modules = {module.__name__.rpartition(".")[2]: module for module in ours}
    return {"__builtins__": {}, "SIDE": mnist.SIDE, **builtin, **modules}


class Page:
    """The prose of a page, and what its cells print and say."""

    def __init__(self, name, cells, prose, of_a_task=False):
        self.name, self.cells, self.prose, self.of_a_task = name, cells, prose, of_a_task

    @classmethod
    def read(cls, path):
        if path.suffix == ".md":
            of_a_task = path.stem in ("exercises", "teachers")
            return cls(path.stem, {}, path.read_text(encoding="utf-8"), of_a_task)
        of_a_task = path.parent.name == "exercises"
        return cls.of(nbformat.read(path, as_version=4), path.stem, of_a_task)

    @classmethod
    def of(cls, notebook, name="this page", of_a_task=False):
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        prose = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
        prose += [caption(cell) for cell in code]
        cells = {cell.id: (list(printed(cell)), cell.source) for cell in code}
        return cls(name, cells, "\n\n".join(prose), of_a_task)

    def numbers(self):
        """Yield (start, end, number, percent, comment) of each number in the prose."""
        text = BOXED.sub(lambda box: box[0].replace(box[1], " " * len(box[1])), self.prose)
        text = NO_PROSE.sub(lambda found: " " * len(found[0]), text)
        comments = [found.span() for found in re.finditer(r"<!--.*?-->", text, re.DOTALL)]
        formulas = [found.span() for found in FORMULA.finditer(text)]
        for found in TOLD.finditer(text):
            if any(start <= found.start() < end for start, end in comments):
                continue
            after = SOURCE.match(text, found.end())
            percent = re.match(r"[*_)$]{0,3}\s?%", text[found.end() :])
            if self.of_a_task and not percent and not re.search(r"[.,]", found[1]):
                continue
            inside = [end for start, end in formulas if start <= found.start() < end]
            if inside:
                if not re.search(r"\.|\d{3}", found[1]):
                    continue
                after = SOURCE.match(text, inside[0] - 1)
            comment = " ".join(after[2].split()) if after else None
            yield found.start(), found.end(), found[1], bool(percent), comment


def caption(cell):
    """Return the caption of a cell's figure."""
    return cell.metadata.get("mystnb", {}).get("figure", {}).get("caption", "")


def printed(cell):
    """Yield each output of a cell as text; what a figure or a widget is called is none."""
    for output in cell.outputs:
        if "text" in output:
            yield output.text
        data = output.get("data", {})
        if "text/markdown" in data:
            yield data["text/markdown"]
        elif set(data) == {"text/plain"}:
            yield data["text/plain"]


@functools.cache
def page(name):
    """Return another page of the book, by its name."""
    return Page.read(BOOK / f"{name}.ipynb")


def faults(this):
    """Yield a sentence for each number in the prose of a `Page` that nothing stands behind."""
    for start, end, number, percent, comment in this.numbers():
        if reason := wrong(this, start, end, number, percent, comment):
            around = re.sub(r"<!--.*?-->", "", this.prose[max(0, start - 60) : end + 40])
            yield f"{number}: {reason} (… {' '.join(around.split())} …)"


def wrong(this, start, end, number, percent, comment):
    """Return what is wrong with a number in the prose, or None."""
    if comment is None:
        if is_known(this.prose, start, end):
            return None
        return "no comment says where this number comes from"
    try:
        values = sources(this, comment)
    except (LookupError, ValueError) as error:
        return str(error)
    about = bool(ABOUT.search(this.prose[max(0, start - 20) : start]))
    if any(agrees(number, percent, about, value, shown) for value, shown in values):
        return None
    return f"{comment!r} is {', '.join(f'{value:g}' for value, _ in values)}"


def is_known(prose, start, end):
    for phrase in known():
        at = prose.find(phrase, max(0, start - len(phrase)), end + len(phrase))
        if at >= 0 and at <= start and end <= at + len(phrase):
            before, after = prose[at - 1 : at], prose[at + len(phrase) : at + len(phrase) + 1]
            if not re.match(r"[\w.,]", before) and not re.match(r"\w", after):
                return True
    return False


def agrees(number, percent, about, value, shown_as_percent):
    """Return whether `number`, as it stands in the prose, is `value` rounded."""
    digits = number.replace(",", "")
    if percent != shown_as_percent:
        value = 100 * value if percent else value / 100
    places = len(digits.partition("e")[0].partition(".")[2])
    if "e" in digits:
        return f"{value:.{places}e}" == f"{float(digits):.{places}e}"
    if f"{abs(value):.{places}f}" == digits:
        return True
    if not about or not value or "." in digits:
        return False
    # "about 40" is 38.7 with one digit.
    significant = len(digits.rstrip("0")) or 1
    return f"{abs(value):.{significant - 1}e}" == f"{float(digits):.{significant - 1}e}"


def sources(this, comment):
    """Return what stands at the place that a comment names, as pairs (value, in percent)."""
    if comment.startswith("="):
        return [(calculated(comment[1:].strip()), False)]
    prefix = re.match(r"([\w-]*)@([\w-]*):?\s", comment)
    if prefix:
        this = page(prefix[1]) if prefix[1] else this
        comment = comment[prefix.end() :]
    ids = [prefix[2]] if prefix and prefix[2] else list(this.cells)
    if unknown := set(ids) - set(this.cells):
        raise LookupError(f"{this.name} has no cell {unknown.pop()!r}")
    outputs = [text for one in ids for text in this.cells[one][0]]
    codes = [this.cells[one][1] for one in ids]
    find = in_table if " > " in comment else in_text
    found = find(outputs, comment) or (in_text(codes, comment) if find is in_text else [])
    values = sorted({(float(one.replace(",", "").replace("_", "")), bool(p)) for one, p in found})
    if not values:
        raise LookupError(f"nothing on {this.name} reads {comment!r}")
    if len(values) > 1:
        told = ", ".join(f"{value:g}" for value, _ in values)
        raise LookupError(f"{comment!r} stands on {this.name} with different numbers: {told}")
    return values


def calculated(expression):
    if not re.search(r"[a-zA-Z]|[-+*/]", expression):
        raise ValueError(f"{expression!r} is a number typed by hand")
    try:
        return float(eval(expression, names()))  # noqa: S307 - our own text, in our own repository
    except Exception as error:
        raise ValueError(f"{expression!r} cannot be worked out: {error}") from None


@functools.cache
def pattern(place):
    """Return a regular expression for a place: `#` is the number, `…` skips."""
    place = place if "#" in place else f"{place} #"
    parts = []
    for part in re.split(r"(\s*…\s*|\s*#\s*|\s+)", place):
        if "…" in part:
            parts.append(".*?")
        elif "#" in part:
            parts.append(rf"\s*[-+−±]?(?<![\d.])(\d+(?:_\d{{3}})+|{NUMBER})(\s?%)?\s*")
        else:
            parts.append(r"\s+" if part.isspace() else re.escape(part))
    return re.compile("".join(parts))


def in_text(texts, place):
    return [(m[1], m[2]) for text in texts for line in text.splitlines()
            for m in pattern(place).finditer(line)]  # fmt: skip


def in_table(texts, place):
    row, column, *inside = (part.strip() for part in place.split(" > "))
    found = []
    for text in texts:
        lines = [[cell.strip() for cell in line.strip().strip("|").split("|")]
                 for line in text.splitlines() if line.lstrip().startswith("|")]  # fmt: skip
        if len(lines) < 3 or column not in lines[0]:
            continue
        at = lines[0].index(column)
        for cells in lines[2:]:
            if row in cells[:at] or " ".join(cells[:2]) == row:
                cell = cells[at].replace("**", "")
                found += in_text([cell], inside[0]) if inside else PRINTED.findall(cell)[:1]
    return found


# --- How much does it let through? ---------------------------------------------------------------


def passing(this):
    """Return, by kind of number, the share of wrong numbers that would pass on a page.

    Each number of the prose is replaced by every other of its kind: decimals by 0.01 to 0.99,
    shares by 1% to 99%, whole numbers by 1 to 99.
    """
    kinds = {"decimals": [f"{n / 100:.2f}" for n in range(1, 100)],
             "percentages": [str(n) for n in range(1, 100)],
             "whole numbers": [str(n) for n in range(1, 100)]}  # fmt: skip
    tried = dict.fromkeys(kinds, 0)
    passed = dict.fromkeys(kinds, 0)
    for start, end, number, percent, comment in this.numbers():
        kind = "percentages" if percent else "decimals" if "." in number else "whole numbers"
        for other in kinds[kind]:
            if float(other) == float(number.replace(",", "")):
                continue
            prose = this.prose[:start] + other + this.prose[end:]
            moved = Page(this.name, this.cells, prose, this.of_a_task)
            tried[kind] += 1
            new_end = start + len(other)
            passed[kind] += not wrong(moved, start, new_end, other, percent, comment)
    return {kind: (passed[kind], tried[kind]) for kind in kinds}


if __name__ == "__main__":
    failed = False
    for path in map(Path, sys.argv[1:]):
        this = Page.read(path)
        found = list(faults(this))
        failed |= bool(found)
        shares = ", ".join(f"{kind} {p / t:.1%}" for kind, (p, t) in passing(this).items() if t)
        print(f"{path.name}: {len(list(this.numbers()))} numbers, faults: {len(found)}.",
              f"Wrong ones that pass: {shares}")  # fmt: skip
        print(*(f"  {fault}" for fault in found), sep="\n")
    sys.exit(failed)
