"""What a submission may not do: whatever an exercise has no use for, and a cheat has.

An answer is Python, and runs beside the checks. So a cell that imports more than the exercises
need, changes what it imported, or reaches behind Python's scenes, is not run: it is replaced by an
error that says why. This stops what a student tries; a box round the whole (`grade.py`) limits what
anything else can reach.
"""

import ast

ALLOWED = {
    *("abc", "collections", "dataclasses", "enum", "functools", "itertools", "math", "operator"),
    *("random", "statistics", "time", "typing", "warnings"),
    *("IPython", "ipywidgets", "matplotlib", "nnlib", "numpy", "tqdm"),
}
FORBIDDEN = {
    *("__import__", "breakpoint", "compile", "delattr", "eval", "exec", "exit", "get_ipython"),
    *("globals", "input", "locals", "open", "quit", "setattr", "vars"),
}
#: Names that the tests use, and methods that look into running code.
KEPT = {"CheckFailed", "checks", "nnlib", "np", "numpy"}
BEHIND = ("ag_", "co_", "cr_", "f_", "gi_", "tb_")
HARMLESS = {"__init__", "__name__", "__doc__", "__version__", "__call__", "__repr__", "__len__"}
FILES = {"ctypeslib", "fromfile", "loadtxt", "memmap", "save", "savetxt", "savez", "tofile"}


class Objection(ast.NodeVisitor):
    """Collects a sentence for everything in a cell that is not allowed."""

    def __init__(self, imported):
        self.imported, self.found = imported, []

    def object_to(self, what):
        """Note one thing."""
        self.found.append(what)

    def visit_Import(self, node):
        for alias in node.names:
            self._import(alias.name, alias.asname or alias.name.partition(".")[0], alias.name)

    def visit_ImportFrom(self, node):
        for alias in node.names:
            whole = f"{node.module}.{alias.name}"
            self._import(node.module or "", alias.asname or alias.name, whole)

    def _import(self, module, name, whole):
        if module.partition(".")[0] not in ALLOWED:
            self.object_to(f"it imports {module}, which the exercises have no use for")
        if name in KEPT and whole not in (
            "numpy",
            "nnlib",
            "nnlib.checks",
            "nnlib.checks.CheckFailed",
        ):
            self.object_to(f"it gives the name {name} to something else")
        self.imported.add(name)

    def visit_Name(self, node):
        if node.id in FORBIDDEN or (node.id.startswith("__") and node.id not in HARMLESS):
            self.object_to(f"it uses {node.id}")
        if node.id in KEPT and not isinstance(node.ctx, ast.Load):
            self.object_to(f"it gives the name {node.id} to something else")

    def visit_Attribute(self, node):
        if (node.attr.startswith("__") and node.attr not in HARMLESS) or (
            node.attr.startswith(BEHIND) or node.attr in FILES
        ):
            self.object_to(f"it uses .{node.attr}")
        root = node
        while isinstance(root, ast.Attribute | ast.Subscript):
            root = root.value
        name = root.id if isinstance(root, ast.Name) else None
        if not isinstance(node.ctx, ast.Load) and name in self.imported | KEPT:
            self.object_to(f"it changes {name}.{node.attr}, which is not its own")
        self.generic_visit(node)

    def _definition(self, node):
        if node.name in KEPT:
            self.object_to(f"it gives the name {node.name} to something else")
        self.generic_visit(node)

    visit_FunctionDef = visit_ClassDef = visit_AsyncFunctionDef = _definition


def objections(source, imported) -> list[str]:
    """Return what is wrong with a cell; `imported` collects the names that cells import."""
    if any(line.lstrip().startswith(("!", "%")) for line in source.splitlines()):
        return ["it has a line that begins with ! or %"]
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []  # it stops with that error when it is run
    visitor = Objection(imported)
    visitor.visit(tree)
    return sorted(set(visitor.found))


def sift(notebook) -> list[str]:
    """Replace the cells that may not run, in place; return a sentence for each."""
    told, imported = [], set()
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type != "code":
            continue
        if cell.get("id") == "setup" or "remove-cell" in cell.metadata.get("tags", []):
            cell.source = ""  # what brings nnlib to a browser: not needed here
        elif found := objections(cell.source, imported):
            sentence = f"cell {number} was not run: {'; '.join(found)}."
            cell.source = f"raise PermissionError({sentence!r})"
            told.append(sentence)
    return told
