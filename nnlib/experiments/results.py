"""The tables of measurements: their files, and what is asked of them."""

import csv
import os
from contextlib import suppress
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path

import numpy as np

from nnlib.datasets.paths import data_dir
from nnlib.experiments.grid import Checkpoint, Config

# Files


def path(name: str, data_set: str = "mnist") -> Path:
    """Return the file of the table called `name` in the book's data, about a data set."""
    folder = data_dir() / "results"
    return (folder if data_set == "mnist" else folder / data_set) / f"{name}.csv"


def read(file) -> list[dict]:
    """Return the rows of a table; what looks like a number is one, and nothing is None.

    Raises:
        ValueError: a row has more or fewer values than there are columns.
    """
    with Path(file).open(newline="", encoding="utf-8") as stream:
        names, *rows = [*filter(None, csv.reader(stream))] or [[]]  # without empty lines
    for number, row in enumerate(rows, 1):
        if len(row) != len(names):
            told = f"{len(row)} values for {len(names)} columns"
            raise ValueError(f"{file}: row {number} has {told}. Restore or mend the file.")
    columns = [to_values(column) for column in zip(*rows, strict=True)]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def write(file, rows) -> None:
    """Write `rows`, dicts with the same keys, as CSV: six digits of a float, nothing for None.

    The file appears whole or not at all.
    """
    file = Path(file)
    unfinished = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        with unfinished.open("w", newline="", encoding="utf-8") as stream:
            table = csv.DictWriter(stream, rows[0], lineterminator="\n")
            table.writeheader()
            for row in rows:
                table.writerow({name: shorten(value) for name, value in row.items()})
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


def upsert(file: Path, rows) -> None:
    """Write a table anew: these rows, and those of all other networks and seeds."""
    new = {row_key(row) for row in rows}
    kept = [row for row in read(file) if row_key(row) not in new] if file.is_file() else []
    write(file, sorted([*kept, *rows], key=row_key))


def row_key(row: dict) -> tuple:
    """Return what names a row of a table: the network, its seed, and the corruption."""
    names = ("seed", *Config._fields, "kind", "reduction", "rate", "epochs", "corruption", "level")
    return tuple(row[name] for name in names if name in row)


def shorten(value):
    """Return a float as text of six significant digits, and all else as it is."""
    return f"{value:.6g}" if isinstance(value, float) else value


def to_value(text: str):
    """Return the number that a text is, None if it is empty, and else the text."""
    try:
        return int(text) if text.isdecimal() else float(text)
    except ValueError:
        return text or None


def to_values(texts) -> list:
    """Return `to_value` of each text of a column. A column of one kind takes less time."""
    is_whole = [*map(str.isdecimal, texts)]
    with suppress(ValueError):
        if all(is_whole):
            return [*map(int, texts)]
        if not any(is_whole):
            return [*map(float, texts)]
    values = {text: to_value(text) for text in set(texts)}
    return [values[text] for text in texts]


def _texts(file):
    with Path(file).open(newline="", encoding="utf-8") as stream:
        yield from csv.DictReader(stream)


# The network that a row is about


def id_columns(checkpoint: Checkpoint, seed: int) -> dict:
    """Return the columns that name a network."""
    return checkpoint.config._asdict() | {"epochs": checkpoint.epochs, "seed": seed}


def checkpoint_of(row: dict) -> Checkpoint:
    """Return the network that a row is about."""
    return Checkpoint(Config(*_config_values(row)), row["epochs"])


_config_values = itemgetter(*Config._fields)


# Queries

#: The columns with the error on each digit's images.
DIGITS = [f"digit_{digit}" for digit in range(10)]


def by_seed(checkpoints, column="mse", table: str = "noise") -> np.ndarray:
    """Return a column of a table, (seeds, networks): by default, the errors on whole images.

    The seeds are those with which all of the networks were trained.

    Args:
        checkpoints: the networks, each a `nnlib.experiments.grid.Checkpoint`.
        column: of `evaluate.evaluate`, or of the table `training`; a list of several gives (seeds,
            networks, columns).
        table: "noise", of which the rows without noise count, or "training".
    """
    return np.array(list(rows_by_seed(checkpoints, column, table).values()), float)


def rows_by_seed(checkpoints, column="mse", table: str = "noise") -> dict[int, list]:
    """Return the rows of `by_seed`, by their seeds."""
    checkpoints, found = list(checkpoints), {}
    for texts in _texts(path(table)):
        if texts.get("level", "0") == "0":  # all other rows need not become numbers
            row = {name: to_value(text) for name, text in texts.items()}
            one = row[column] if isinstance(column, str) else [row[name] for name in column]
            found.setdefault(row["seed"], {})[checkpoint_of(row)] = one
    return {
        seed: [found[seed][checkpoint] for checkpoint in checkpoints]
        for seed in sorted(found)
        if found[seed].keys() >= set(checkpoints)
    }


@dataclass(frozen=True)
class Measurement:
    """What was measured of one network on the test set: as it is, under noise, or under masks.

    Attributes:
        checkpoint: the network; None is the corrupted image itself.
        corruption, level: "noise" and its amplitude, "unclipped" likewise, or "mask" and its pixels
            a side.
        masked: look at the masked pixels only.
    """

    checkpoint: Checkpoint | None
    corruption: str = "noise"
    level: float = 0.0
    masked: bool = False


class ErrorTable:
    """The errors that the tables of a data set tell.

    Calling it with a `Measurement` and a score, "mse", "ssim" or another column of the tables,
    returns a dict of the error by seed. For SSIM, the error is 1 - SSIM of the whole images.
    """

    def __init__(self, data_set: str = "mnist"):
        self.rows, self.baselines = {}, {}
        for name in ("noise", "masks", "unclipped"):
            # A study of one's own need not have the third.
            file = path(name, data_set)
            for row in read(file) if name != "unclipped" or file.is_file() else ():
                where = (checkpoint_of(row), row["corruption"], row["level"])
                self.rows.setdefault(where, {})[row["seed"]] = row
        for row in read(path("baselines", data_set)):
            self.baselines[row["method"], row["corruption"], row["level"]] = row

    def __call__(self, measurement: Measurement, score: str) -> dict[int, float]:
        where = (measurement.corruption, measurement.level)
        if measurement.checkpoint is None:
            seeds = {seed for by_seed in self.rows.values() for seed in by_seed}
            rows = dict.fromkeys(seeds, self.baselines["none", *where])
        else:
            rows = self.rows[measurement.checkpoint, *where]
        return {seed: error_of(row, score, measurement.masked) for seed, row in rows.items()}

    def levels(self, corruption="noise") -> list:
        """Return the levels of a corruption, from 0 up."""
        return sorted({level for _, kind, level in self.rows if kind == corruption})

    def seeds(self, checkpoint, corruption="noise", score="mse", masked=False) -> np.ndarray:
        """Return the errors of a network at every level of a corruption, (seeds, levels)."""
        return self.series({"": checkpoint}, corruption, score, masked)[""]

    def series(self, named, corruption="noise", score="mse", masked=False) -> dict:
        """Return the errors of several at every level, by name, as `nnlib.plots.curves` takes them.

        Args:
            named: by name, networks (`experiments.grid.Checkpoint`), of which the result has a line
                for each seed with which all of them were trained, (seeds, levels); or the names of
                methods, (levels,).
        """
        by_level = {
            name: [
                self(Measurement(one, corruption, level, masked), score)
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
        """Return the errors of a method of `nnlib.experiments.baselines` at every level, (levels,).

        "none" is the corrupted image itself.
        """
        rows = [self.baselines[method, corruption, level] for level in self.levels(corruption)]
        return np.array([error_of(row, score, masked) for row in rows], float)


def error_of(row: dict, score: str, masked=False):
    """Return the error that a row tells: None for masked pixels where none are masked."""
    if score == "ssim":
        return 1 - row["ssim"]
    return row["mse_masked" if masked else score]
