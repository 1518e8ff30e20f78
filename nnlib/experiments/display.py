"""What was measured, as the book shows it: Markdown tables, and numbers printed by name."""

import numpy as np
from IPython.display import Markdown

from nnlib.experiments.results import rows_by_seed, shorten, to_value


def markdown_table(rows):
    """Return `rows`, dicts with the same keys, as a table in Markdown, for a notebook to show.

    Columns that hold numbers only, also as text, stand flush right.
    """
    names = list(rows[0])
    numbers = {
        name: all(isinstance(to_value(str(row[name])), (int, float)) for row in rows)
        for name in names
    }
    lines = [names, ["---:" if numbers[name] else "---" for name in names]]
    lines += [[str(shorten(row[name])) for name in names] for row in rows]
    return Markdown("\n".join("| " + " | ".join(line) + " |" for line in lines))


def seed_table(checkpoints, digits: int = 4, column="mse", table: str = "noise"):
    """Return a column of a table for a notebook to show, with a row for each seed.

    Args:
        checkpoints: networks by name, each a `nnlib.experiments.grid.Checkpoint`.
        digits: after the point.
        column, table: as for `nnlib.experiments.results.by_seed`.
    """
    found = rows_by_seed(checkpoints.values(), column, table)
    return markdown_table(
        [
            {"seed": seed}
            | {name: f"{value:.{digits}f}" for name, value in zip(checkpoints, row, strict=True)}
            for seed, row in found.items()
        ]
    )


def print_numbers(named, form: str = ".4f") -> None:
    """Print a line for each name: a number, several, or whatever else `form` can format."""
    for name, values in named.items():
        numbers = ", ".join(format(value, form) for value in np.ravel(values))
        print(f"{' '.join(name.split())}: {numbers}")
