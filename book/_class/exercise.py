"""What an exercise asks and what its points are: read from its notebook, where alone they stand."""

import ast
import builtins
import hashlib
import json
import os
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import nbformat
import yaml

ROOT = Path(__file__).resolve().parents[2]
#: The name of a course's own numbers (`variants.py`), and the line by which a notebook tells it.
VARIANT = os.environ.get("VARIANT", "")
VARIANT_LINE = re.compile(r"^\*Variant (\w+)\.\*$", re.MULTILINE)
BOOK = ROOT / "book" / "exercises"
CLASS = ROOT / "_build" / (f"class-{VARIANT}" if VARIANT else "class")
SOURCES = CLASS / "sources" if VARIANT else BOOK
PLACEHOLDER = "_Type your answer here, replacing this text._"  # Otter's

#: What every test is given beside the answers.
GIVEN = "import numpy as np\nfrom nnlib import checks, corruption, mnist, zoo\n"


class Question(NamedTuple):
    """A question: with tests, or in words; its points are shared evenly by its tests."""

    name: str
    points: float
    prompt: str  # the id of the cell that asks
    tests: dict  # their code, by the id of its cell
    manual: bool


@cache
def questions(exercise) -> list[Question]:
    """Return the questions of an exercise, as its raw cells (Otter's) tell them."""
    found, config, prompt, tests, testing = [], None, None, {}, False
    for cell in nbformat.read(SOURCES / f"{exercise}.ipynb", as_version=4).cells:
        if cell.source.startswith("# BEGIN QUESTION"):
            config, prompt, tests = yaml.safe_load(cell.source), None, {}
        elif cell.source.startswith("# END QUESTION"):
            name, points, manual = config["name"], config["points"], config.get("manual", False)
            found.append(Question(name, points, prompt, tests, manual))
        elif cell.source in ("# BEGIN TESTS", "# END TESTS"):
            testing = cell.source == "# BEGIN TESTS"
        elif testing:
            tests[cell.id] = cell.source
        else:
            prompt = prompt or cell.id
    return found


@cache
def handed_out(exercise) -> list:
    """Return the cells of the version for students."""
    path = CLASS / exercise / "student" / f"{exercise}.ipynb"
    return nbformat.read(path, as_version=4).cells


def answers(test) -> tuple[str]:
    """Return the names that a test takes from a notebook: what the student was asked for."""
    nodes = list(ast.walk(ast.parse(test)))
    names = [node for node in nodes if isinstance(node, ast.Name)]
    bound = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    bound |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    bound |= {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    given = {"np", "checks", "corruption", "mnist", "zoo", *dir(builtins)}
    return tuple(sorted({node.id for node in names} - bound - given))


def about(exercise, cells) -> dict:
    """Return what a version for students says of itself, so that `nnlib.checks` can look at it.

    Nothing in it is hidden from a student: a question has a check only if all its tests are shown.
    """
    code = [cell for cell in cells if cell.cell_type == "code"]
    setup = [cell.source for cell in code if "remove-cell" in cell.metadata.get("tags", ())]
    given = [cell.source for cell in code if cell.source not in setup]
    asked = []
    for one in questions(exercise):
        tests = set(one.tests.values())
        asked.append({
            "name": one.name,
            "points": one.points,
            "words": one.manual,
            "prompt": one.prompt,
            "answers": sorted({name for test in tests for name in answers(test)}),
            "check": "\n".join(tests) if tests and tests <= {*given} else None,
        })  # fmt: skip
    return {
        "title": cells[0].source.partition("\n")[0].strip("# "),
        "questions": asked,
        "cells": [cell.id for cell in cells],
        "given": given,
        "setup": "\n".join(setup),
    }


def mark(notebook):
    """Write into a notebook which edition it is: a copy that a reader saves keeps the mark."""
    sources = json.dumps(["".join(cell["source"]) for cell in notebook["cells"]])
    edition = hashlib.sha256(sources.encode()).hexdigest()[:10]
    notebook["metadata"]["nnlib"] = {"edition": edition}
