"""What the cells of a page cost a browser, counted where no browser is.

Where a page runs its code, Python has one thread and little memory, and NumPy has no BLAS (SciPy
has one, which `nnlib._fused` trains with). So what a cell takes there hangs on four numbers, which
depend on the code alone and not on the machine that counts them:

    products   FLOP of NumPy's matrix products, in billions: every `@` of the cell and of nnlib, and
               what NumPy solves. Those that run down LONG columns of the left matrix, as `X.T @ X`
               of all images does, leave the cache at each step, and count tenfold
    blas       FLOP of the products that go to SciPy's BLAS, in billions
    calls      of functions, in millions, those of matplotlib while it draws among them
    peak       bytes at most, in millions: of what the cell makes, and of what others keep

`seconds` and `heap` say from them what Pyodide takes. `python tests/book/browser_cost.py` counts
all pages (or those that are named) and writes the table `browser_cost.csv`. Cells tagged
`too-heavy` do not run in the page. What Pyodide really took, and what was counted of the pages as
they were then, is in `browser_measured.csv`.
"""

import ast
import builtins
import contextlib
import csv
import hashlib
import importlib.machinery
import io
import json
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

BOOK = Path(__file__).parents[2] / "book"
TABLE = Path(__file__).with_suffix(".csv")
COLUMNS = ("page", "cell", "source", "products", "blas", "calls", "peak")
LEFT_OUT = {"nbval-skip", "too-heavy", "remove-cell"}

#: What Pyodide 0.27.7 takes (in node, seconds of one core of a Xeon) for a billion FLOP of NumPy's
#: products, a billion of BLAS, and a million calls; and its memory, which never shrinks, for each
#: byte of the peak. Fitted on every other page of `browser_measured.csv`. On the pages between, the
#: seconds differ by 8% on average (the shortest page, which takes 9, by 37%), and memory by 5%.
PRODUCTS, BLAS, CALLS = 0.394, 0.214, 1.324
PER_BYTE = 1.40
LONG = 1500  # rows


def seconds(rows) -> float:
    """Return the seconds that a page of these rows takes."""
    costs = {"products": PRODUCTS, "blas": BLAS, "calls": CALLS}
    return sum(cost * sum(row[name] for row in rows) for name, cost in costs.items())


def heap(rows) -> float:
    """Return the megabytes of WebAssembly's memory after a page of these rows."""
    return PER_BYTE * max(row["peak"] for row in rows)


def read() -> dict[str, list[dict]]:
    """Return the table: the rows of each page."""
    pages = {}
    with TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            numbers = {name: float(row[name]) for name in COLUMNS[3:]}
            pages.setdefault(row["page"], []).append(row | numbers)
    return pages


def cells(notebook) -> list[dict]:
    """Return the code cells that run in the page."""
    return [
        cell
        for cell in notebook["cells"]
        if cell["cell_type"] == "code" and LEFT_OUT.isdisjoint(cell["metadata"].get("tags", []))
    ]


def digest(cell) -> str:
    """Return a few letters that change with the source of a cell."""
    return hashlib.sha256("".join(cell["source"]).encode()).hexdigest()[:12]


# --- Counting ------------------------------------------------------------------------------------

counted = dict.fromkeys(COLUMNS[3:6], 0)


class Products(ast.NodeTransformer):
    """Lets `a @ b` be counted: it becomes `__product__(a, b)`."""

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if isinstance(node.op, ast.MatMult):
            name = ast.Name("__product__", ast.Load())
            return ast.copy_location(ast.Call(name, [node.left, node.right], []), node)
        return node


def compiled(tree, name="<cell>", mode="exec"):
    """Compile a tree whose products are counted."""
    return compile(ast.fix_missing_locations(Products().visit(tree)), name, mode)


class Loader(importlib.machinery.SourceFileLoader):
    """Imports a module whose products are counted, from its source: nothing is cached."""

    def get_code(self, fullname):
        path = self.get_filename(fullname)
        return compiled(ast.parse(self.get_data(path)), path)


class Finder:
    """Finds the modules of nnlib for `Loader`."""

    @staticmethod
    def find_spec(name, path, target=None):
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if name.partition(".")[0] != "nnlib" or not spec or not spec.has_location:
            return None
        spec.loader = Loader(name, spec.origin)
        return spec


#: About how many FLOP a function of `np.linalg` does on a matrix of m rows and n columns.
SOLVERS = {
    "eigh": lambda m, n: 9 * n**3,
    "eigvalsh": lambda m, n: 4 / 3 * n**3,
    "lstsq": lambda m, n: 2 * m * n**2,
    "solve": lambda m, n: 2 / 3 * n**3,
    "svd": lambda m, n: 4 * m * n**2,
}


def count_products():
    """Count NumPy's products and those of SciPy's BLAS from now on."""
    import numpy as np
    from scipy.linalg import blas

    def product(a, b, *args, original=np.matmul, **kwargs):
        result, left = original(a, b, *args, **kwargs), np.asarray(a)
        down = left.ndim == 2 and left.shape[1] > LONG and left.strides[0] < left.strides[1]
        counted["products"] += (10 if down else 1) * 2 * np.size(result) * left.shape[-1] / 1e9
        return result

    def solver(original, flop):
        def solve(a, *args, **kwargs):
            counted["products"] += flop(*np.shape(a)[-2:]) / 1e9
            return original(a, *args, **kwargs)

        return solve

    def of_blas(original, share):
        def gemm(alpha, a, *args, **kwargs):
            result = original(alpha, a, *args, **kwargs)
            columns = np.size(result) / len(result)
            counted["blas"] += share * 2 * np.size(a) * columns / 1e9
            return result

        return gemm

    builtins.__product__ = np.matmul = product
    for name, flop in SOLVERS.items():
        setattr(np.linalg, name, solver(getattr(np.linalg, name), flop))
    for name, share in {"sgemm": 1, "dgemm": 1, "dsyrk": 1 / 2}.items():  # half of it is symmetric
        setattr(blas, name, of_blas(getattr(blas, name), share))
    sys.meta_path.insert(0, Finder)


def count_call(frame, event, argument):
    """Count a call, as `sys.setprofile` tells of it."""
    counted["calls"] += event in ("call", "c_call")


def show(value):
    """Work out what a notebook shows after a cell."""
    for name in ("_repr_mimebundle_", "_repr_png_", "_repr_html_", "__repr__"):
        if value is not None and hasattr(value, name):
            getattr(value, name)()
    if "matplotlib.pyplot" in sys.modules:
        from matplotlib import pyplot

        for number in pyplot.get_fignums():
            pyplot.figure(number).savefig(io.BytesIO(), format="png", bbox_inches="tight")
        pyplot.close("all")


def run(source, names):
    """Run a cell, and show its last value, as a notebook does."""
    body = ast.parse(source).body
    shown = body.pop().value if body and isinstance(body[-1], ast.Expr) else ast.Constant(None)
    exec(compiled(ast.Module(body, [])), names)  # noqa: S102
    show(eval(compiled(ast.Expression(shown), mode="eval"), names))  # noqa: S307


def count(notebook) -> list[list]:
    """Run a notebook; return for each cell its id, its digest and what was counted."""
    names, rows = {"__name__": "__main__"}, []
    for cell in cells(notebook):
        if not tracemalloc.is_tracing():  # a cell may have traced by itself, and ended it
            tracemalloc.start()
        tracemalloc.reset_peak()
        counted.update(dict.fromkeys(counted, 0))
        expected = (Exception,) if "raises-exception" in cell["metadata"].get("tags", []) else ()
        with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(*expected):
            sys.setprofile(count_call)
            try:
                run("".join(cell["source"]), names)
            finally:
                sys.setprofile(None)
        peak = tracemalloc.get_traced_memory()[1] / 1e6 if tracemalloc.is_tracing() else 0
        numbers = [f"{counted[name]:.3f}" for name in ("products", "blas")]
        calls = f"{counted['calls'] / 1e6:.2f}"
        rows.append([cell["id"], digest(cell), *numbers, calls, f"{peak:.0f}"])
    return rows


def main(paths):
    """Count each notebook in a process of its own, and write the table."""
    found = {}
    with TABLE.open(encoding="utf-8", newline="") as file:
        for page, *row in list(csv.reader(file))[1:]:
            found.setdefault(page, []).append([page, *row])
    for path in paths:
        command = [sys.executable, __file__, "--one", str(path)]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        found[path.stem] = [[path.stem, *row] for row in json.loads(told)]
        print(path.stem)
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(row for page in sorted(found) for row in found[page])


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        os.environ["MPLBACKEND"] = "agg"
        path = Path(sys.argv[2]).resolve()
        os.chdir(path.parent)
        count_products()
        print(json.dumps(count(json.loads(path.read_text(encoding="utf-8")))))
    else:
        main(list(map(Path, sys.argv[1:])) or sorted(BOOK.glob("*.ipynb")))
