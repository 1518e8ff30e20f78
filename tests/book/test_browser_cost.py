"""Does each page run whole where a browser runs it? By the rule of `browser_cost.py`.

The rule counts; the table that it wrote has to be of the cells as they are now.
"""

import ast
import copy
import csv
import json
import subprocess
import sys

import numpy as np
import pytest
from browser_cost import (
    BLAS,
    BOOK,
    CALLS,
    COLUMNS,
    PER_BYTE,
    PRODUCTS,
    TABLE,
    cells,
    digest,
    heap,
    read,
    seconds,
)
from scipy.optimize import nnls

SECONDS, MEGABYTES = 120, 1000
COUNTED = read()
PAGES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in BOOK.glob("*.ipynb")}


def heavy(cell):
    return "too-heavy" in cell["metadata"].get("tags", [])


@pytest.mark.parametrize("page", sorted(PAGES))
def test_counted_is_what_stands_there(page):
    now = [(cell["id"], digest(cell)) for cell in cells(PAGES[page])]
    then = [(row["cell"], row["source"]) for row in COUNTED.get(page, [])]
    assert now == then, f"count anew: .venv/bin/python tests/book/browser_cost.py book/{page}.ipynb"


@pytest.mark.parametrize("page", sorted(PAGES))
def test_a_page_runs_in_two_minutes_and_one_gigabyte(page):
    rows = COUNTED[page]
    dearest = max(rows, key=lambda row: seconds([row]))["cell"]
    largest = max(rows, key=lambda row: row["peak"])["cell"]
    assert seconds(rows) <= SECONDS, f"about {seconds(rows):.0f} s; lighten {dearest}"
    assert heap(rows) <= MEGABYTES, f"about {heap(rows):.0f} MB; lighten {largest}"


# --- Cells that do not run in the page -----------------------------------------------------------


def names_of(cell):
    """Return the names that a cell makes at its top, and all that it reads."""
    tree = ast.parse("".join(cell["source"]))
    read = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    made = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            made.add(node.name)
        if isinstance(node, ast.Import | ast.ImportFrom):
            made |= {(one.asname or one.name).partition(".")[0] for one in node.names}
    return made, read


def needed_of_heavy(notebook):
    """Yield sentences: names of cells that do not run, which cells that do run need."""
    missing = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        made, needed = names_of(cell)
        if heavy(cell):
            if not cell["metadata"].get("needs"):
                yield f"{cell['id']} is too heavy, and its metadata do not say what it `needs`"
            missing |= dict.fromkeys(made, cell["id"])
        else:
            for name in sorted(needed & missing.keys()):
                if name not in made:
                    yield f"{cell['id']} needs {name}, which {missing[name]} does not make"
            missing = {name: maker for name, maker in missing.items() if name not in made}


@pytest.mark.parametrize("page", sorted(PAGES))
def test_no_cell_needs_one_that_does_not_run(page):
    assert list(needed_of_heavy(PAGES[page])) == []


def test_a_needed_cell_is_noticed():
    notebook = copy.deepcopy(PAGES["loss"])
    first = next(cell for cell in notebook["cells"] if cell["id"] == "loss-43")
    first["metadata"] = {"tags": ["too-heavy"]}
    faults = list(needed_of_heavy(notebook))
    assert faults[0] == "loss-43 is too heavy, and its metadata do not say what it `needs`"
    assert faults[1] == "loss-45 needs tried, which loss-43 does not make"


# --- The rule ------------------------------------------------------------------------------------


def test_counts_by_hand(tmp_path):
    sources = [
        "import numpy as np\nfrom nnlib import Linear, mnist",
        "np.ones((1000, 200)) @ np.ones((200, 300))",
        "layer = Linear(500, 400, rng=0)\nx = np.ones((1000, 500), np.float32)",
        "_ = layer.backward(layer.forward(x))",
        "from scipy.linalg.blas import sgemm\n_ = sgemm(1, x, x, trans_b=True)",
        "[abs(-1) for _ in range(20_000)];",
        "x = np.ones(5_000_000)",
        "tall = np.ones((2000, 50))\n_ = tall.T @ tall",
    ]
    made = [
        {"cell_type": "code", "id": f"c{at}", "metadata": {}, "source": source}
        for at, source in enumerate(sources)
    ]
    path = tmp_path / "page.ipynb"
    path.write_text(json.dumps({"cells": made}), encoding="utf-8")
    command = [sys.executable, TABLE.with_suffix(".py"), "--one", path]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    rows = [dict(zip(COLUMNS[1:], row, strict=True)) for row in told]
    products = [float(row["products"]) for row in rows]
    assert products[1] == pytest.approx(2 * 1000 * 200 * 300 / 1e9)
    assert products[3] == pytest.approx(3 * 2 * 1000 * 500 * 400 / 1e9)
    assert products[7] == pytest.approx(10 * 2 * 50 * 2000 * 50 / 1e9)
    assert float(rows[4]["blas"]) == pytest.approx(2 * 1000 * 500 * 1000 / 1e9)
    assert products[4] == 0
    assert float(rows[5]["calls"]) == pytest.approx(0.02, abs=0.005)
    assert float(rows[6]["peak"]) - float(rows[5]["peak"]) == pytest.approx(40, abs=3)


def test_the_rule_was_fitted_on_half_of_the_pages():
    """The constants fit every other page, and the pages between are as far off as they say."""
    with TABLE.with_name("browser_measured.csv").open(encoding="utf-8", newline="") as file:
        pages = [[float(value) for value in row[1:]] for row in list(csv.reader(file))[1:]]
    *counts, peak, took, grown = np.transpose(pages)
    for costs, constants, found, mean_error in (
        (counts, [PRODUCTS, BLAS, CALLS], took, 0.09),
        ([peak], [PER_BYTE], grown, 0.06),
    ):
        shares, ones = np.transpose(costs) / found[:, None], np.ones(len(found))
        assert nnls(shares[::2], ones[::2])[0] == pytest.approx(constants, rel=0.01)
        assert abs(shares[1::2] @ constants - 1).mean() < mean_error
