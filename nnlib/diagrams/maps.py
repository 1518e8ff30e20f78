"""A map of the library, read from what holds its layers, so that it cannot be out of date."""

import ast
import textwrap
import tomllib
from pathlib import Path

from nnlib.diagrams.svg import Diagram

PACKAGE = Path(__file__).parents[1]
#: What a beginner reads; a test counts its lines.
TO_READ = {"module", "linear", "activations", "losses", "sequential", "autoencoder", "optim",
           "train", "metrics", "gradient_check"}  # fmt: skip

# What the drawing says, for those who translate it.
LEGEND = "to read in the lessons"
IMPORTS = "imports from below only"


def _layers() -> list[list[str]]:
    """Return the layers of the library from top to bottom, each with the names of its modules."""
    settings = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    lines = next(one["layers"] for one in contracts if "layers" in one)
    return [[name.strip() for name in line.replace("|", ":").split(":")] for line in lines]


def _summary(module: str) -> str:
    """Return the first line of a module's docstring, without importing it."""
    file = PACKAGE / f"{module}.py"
    file = file if file.exists() else PACKAGE / module / "__init__.py"
    text = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
    return text.partition("\n")[0].replace("`", "")


def library() -> Diagram:
    """Draw the layers of the library and what each module says of itself.

    A module imports only from layers below its own. The drawing needs the repository, whose
    `pyproject.toml` lists the layers.
    """
    rows = [{module: textwrap.wrap(_summary(module), 35) for module in line} for line in _layers()]
    heights = [8 + sum(6 + 14 * len(lines) for lines in row.values()) for row in rows]
    names = "; ".join(", ".join(row) for row in rows)
    title = f"The layers of nnlib, from top to bottom: {names}. Each imports from below only."
    picture = Diagram(340, 30 + sum(heights) + 6 * len(rows), title)
    picture.box(4, 4, 12, 12, "value-area", rx=3)
    picture.text(22, 10, LEGEND, "quiet", "start", 11)
    picture.text(320, 10, IMPORTS, "quiet", "end", 11)
    picture.line((330, 3), (330, 17), look="quiet", arrow=True, stroke="currentColor")
    y = 26
    for row, height in zip(rows, heights, strict=True):
        picture.box(2, y, 336, height, "faint", rx=5)
        line = y + 14
        for module, lines in row.items():
            if module in TO_READ:
                picture.box(5, line - 10, 330, 14 * len(lines) + 5, "value-area", rx=3)
            weight = None if module.startswith("_") else "bold"
            picture.text(10, line, module, anchor="start", font_weight=weight)
            for text in lines:
                picture.text(120, line, text, "quiet", "start", 11)
                line += 14
            line += 6
        y += height + 6
    return picture
