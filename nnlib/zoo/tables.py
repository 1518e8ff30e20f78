"""Tables of measurements. Floor 5."""

import csv
import os
from pathlib import Path

import numpy as np

from nnlib.mnist import folder
from nnlib.zoo.claims import Error
from nnlib.zoo.grid import Member, Setting


def results(name: str) -> Path:
    """Return the file of the table called `name` in the book's data."""
    return folder() / "results" / f"{name}.csv"


def write(path, rows) -> None:
    """Write `rows`, dicts with the same keys, as CSV: six digits of a float, nothing for None.

    The file appears whole or not at all.
    """
    path = Path(path)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with unfinished.open("w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, rows[0], lineterminator="\n")
            table.writeheader()
            for row in rows:
                table.writerow({key: short(value) for key, value in row.items()})
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def short(value):
    """Return a float as text of six significant digits, and all else as it is."""
    return f"{value:.6g}" if isinstance(value, float) else value


def read(path) -> list[dict]:
    """Return the rows of a table; what looks like a number is one, and nothing is None."""
    with Path(path).open(newline="", encoding="utf-8") as file:
        return [{key: _value(text) for key, text in row.items()} for row in csv.DictReader(file)]


def _value(text: str):
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text or None


def markdown(rows):
    """Return `rows`, dicts with the same keys, as a table for a notebook to show.

    Columns that hold numbers only, also as text, stand flush right.
    """
    from IPython.display import Markdown

    names = list(rows[0])
    numbers = {
        name: all(isinstance(_value(str(row[name])), (int, float)) for row in rows)
        for name in names
    }
    lines = [names, ["---:" if numbers[name] else "---" for name in names]]
    lines += [[str(short(row[name])) for name in names] for row in rows]
    return Markdown("\n".join("| " + " | ".join(line) + " |" for line in lines))


def tell(named, form: str = ".4f") -> None:
    """Print a line for each name: a number, several, or whatever else `form` can format."""
    for name, values in named.items():
        numbers = ", ".join(format(value, form) for value in np.ravel(values))
        print(f"{' '.join(name.split())}: {numbers}")


#: The columns with the error on each digit's images.
DIGITS = [f"digit_{digit}" for digit in range(10)]


def by_seed(members, column="mse", table: str = "noise") -> np.ndarray:
    """Return a column of a table, (seeds, networks): by default, the errors on whole images.

    The seeds are those with which all of the networks were trained.

    Args:
        members: the networks, each a `nnlib.zoo.grid.Member`.
        column: of `nnlib.zoo.evaluate.evaluate`, or of the table `training`; a list of several
            gives (seeds, networks, columns).
        table: "noise", of which the rows without noise count, or "training".
    """
    return np.array(list(_by_seed(members, column, table).values()), float)


def seeds(members, digits: int = 4, column: str = "mse", table: str = "noise"):
    """Return a column of a table for a notebook to show, with a row for each seed.

    Args:
        members: networks by name, each a `nnlib.zoo.grid.Member`.
        digits: after the point.
        column, table: as for `by_seed`.
    """
    found = _by_seed(members.values(), column, table).items()
    return markdown(
        [
            {"seed": seed}
            | {name: f"{value:.{digits}f}" for name, value in zip(members, row, strict=True)}
            for seed, row in found
        ]
    )


def _by_seed(members, column, table) -> dict[int, list]:
    members, found = list(members), {}
    for row in read(results(table)):
        if not row.get("level"):
            member = member_of(row)
            one = row[column] if isinstance(column, str) else [row[name] for name in column]
            found.setdefault(row["seed"], {})[member] = one
    return {
        seed: [found[seed][member] for member in members]
        for seed in sorted(found)
        if found[seed].keys() >= set(members)
    }


def member_of(row: dict) -> Member:
    """Return the network that a row tells of."""
    return Member(Setting(*(row[field] for field in Setting._fields)), row["epochs"])


class Errors:
    """The errors that the tables tell, as `nnlib.zoo.verdicts.judge` asks for them.

    Calling it with a `claims.Error` and a score, "mse" or "ssim", returns a dict of the error by
    seed. For SSIM, the error is 1 - SSIM of the whole images.
    """

    def __init__(self):
        self.rows, self.others = {}, {}
        for name in ("noise", "masks", "uncut"):
            for row in read(results(name)) if name != "uncut" or results(name).is_file() else ():
                where = (member_of(row), row["corruption"], row["level"])
                self.rows.setdefault(where, {})[row["seed"]] = row
        for row in read(results("baselines")):
            self.others[row["method"], row["corruption"], row["level"]] = row

    def __call__(self, error, score: str) -> dict[int, float]:
        where = (error.corruption, error.level)
        if error.member is None:
            seeds = {seed for by_seed in self.rows.values() for seed in by_seed}
            by_seed = dict.fromkeys(seeds, self.others["none", *where])
        else:
            by_seed = self.rows[error.member, *where]
        return {seed: value(row, score, error.masked) for seed, row in by_seed.items()}

    def levels(self, corruption="noise") -> list:
        """Return the levels of a corruption, from 0 up."""
        return sorted({level for _, kind, level in self.rows if kind == corruption})

    def seeds(self, member, corruption="noise", score="mse", masked=False) -> np.ndarray:
        """Return the errors of a network at every level of a corruption, (seeds, levels)."""
        return self.series({"": member}, corruption, score, masked)[""]

    def series(self, named, corruption="noise", score="mse", masked=False) -> dict:
        """Return the errors of several at every level, by name, as `nnlib.plots.curves` takes them.

        Args:
            named: by name, networks (`nnlib.zoo.grid.Member`), of which the result has a line for
                each seed with which all of them were trained, (seeds, levels); or the names of
                methods, (levels,).
        """
        by_level = {
            name: [
                self(Error(one, corruption, level, masked), score)
                for level in self.levels(corruption)
            ]
            for name, one in named.items()
            if not isinstance(one, str)
        }
        trained = [set(errors) for of_one in by_level.values() for errors in of_one]
        shared = sorted(set.intersection(*trained)) if trained else []
        return {
            name: np.array([[errors[seed] for errors in by_level[name]] for seed in shared], float)
            if name in by_level
            else self.baseline(one, corruption, score, masked)
            for name, one in named.items()
        }

    def baseline(self, method, corruption="noise", score="mse", masked=False) -> np.ndarray:
        """Return the errors of a method of `nnlib.zoo.baselines` at every level, (levels,).

        "none" is the spoilt image itself.
        """
        rows = [self.others[method, corruption, level] for level in self.levels(corruption)]
        return np.array([value(row, score, masked) for row in rows], float)


def value(row: dict, score: str, masked=False):
    """Return the error that a row tells: None for missing pixels where none are missing."""
    if score == "ssim":
        return 1 - row["ssim"]
    return row["mse_masked" if masked else "mse"]
