"""What a teacher may want to look at in a submission. A flag costs nothing, and stops nothing.

The grader and `python -m nnlib.checks` read it, and both have IPython.
"""

import ast

from IPython.core.inputtransformer2 import TransformerManager

import nnlib

#: Modules that reach beyond an exercise, names and attributes that reach behind Python's scenes.
MODULES = {
    *("builtins", "ctypes", "gc", "importlib", "inspect", "multiprocessing", "os", "pty", "shutil"),
    *("signal", "socket", "subprocess", "threading"),
}
NAMES = {"__builtins__", "__import__", "delattr", "eval", "exec", "get_ipython", "open", "setattr"}
CALLED = {"globals", "locals", "vars"}  # as names of variables they are harmless
ATTRIBUTES = {
    *("__bases__", "__closure__", "__code__", "__dict__", "__globals__", "__subclasses__"),
    *("_getframe", "modules", "settrace", "setprofile"),
}
TIMES = {"%%time", "%%timeit", "%%capture"}  # magics whose cell is plain Python


class Look(ast.NodeVisitor):
    """Collects a reason for each line that stands out; the imported names grow from cell to cell.

    Args:
        asked: the names that the exercise asks for, which nnlib may have too.
    """

    def __init__(self, asked):
        self.asked, self.imported, self.reasons = asked, {"checks", "np", "nnlib"}, {}

    def flag(self, node, reason):
        self.reasons.setdefault(node.lineno, reason)

    def _import(self, node):
        module = getattr(node, "module", None) or ""
        for alias in node.names:
            whole = f"{module}.{alias.name}".strip(".")
            self.imported.add(alias.asname or alias.name.partition(".")[0])
            if not MODULES.isdisjoint(whole.split(".")):
                self.flag(node, f"uses {whole}")
            elif module.startswith("nnlib") and alias.name in self.asked:
                self.flag(node, f"nnlib's own {alias.name}")

    visit_Import = visit_ImportFrom = _import

    def visit_Name(self, node):
        if node.id in NAMES:
            self.flag(node, f"uses {node.id}")

    def visit_Call(self, node):
        if isinstance(node.func, ast.Name) and node.func.id in CALLED:
            self.flag(node, f"uses {node.func.id}()")
        self.generic_visit(node)

    def visit_Attribute(self, node):
        if node.attr in MODULES | ATTRIBUTES:
            self.flag(node, f"uses .{node.attr}")
        elif self._is_imported(node.value):
            if not isinstance(node.ctx, ast.Load):
                self.flag(node, f"changes {ast.unparse(node)}")
            elif node.attr in self.asked:
                self.flag(node, f"nnlib's own {node.attr}")
        self.generic_visit(node)

    def visit_Assign(self, node):
        if isinstance(node.value, ast.Name | ast.Attribute) and self._is_imported(node.value):
            # another name for it
            self.imported |= {one.id for one in node.targets if isinstance(one, ast.Name)}
        self.generic_visit(node)

    def _is_imported(self, node):
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id in self.imported


def flags(sources, given, asked, setup="") -> list[str]:
    """Return a sentence for each line that stands out.

    Args:
        sources: the code of the cells.
        given: the code that was handed out; its lines are not the student's.
        asked: the names that the exercise asks for.
        setup: a cell that was handed out, too, whose lines are unusual elsewhere.
    """
    unchanged = {*given, setup}
    given = {line.strip() for source in given for line in source.splitlines()}
    look, found = Look(set(asked) & set(dir(nnlib))), {}
    for source in sources:
        if source in unchanged:
            continue
        first, _, rest = source.lstrip().partition("\n")
        if first.startswith("%%"):
            if first.split()[0] not in TIMES:
                found[first] = "runs what is not Python"
                continue
            source = rest
        look.reasons, lines = {}, source.lstrip().splitlines()
        try:
            look.visit(ast.parse(TransformerManager().transform_cell(source)))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue  # it stops with that error when it is run
        for number, reason in look.reasons.items():
            line = lines[number - 1].strip() if number <= len(lines) else ""
            if line not in given and not line.startswith("%"):
                found[line] = "runs a program" if line.startswith("!") else reason
    return [f"look at `{line}`: {reason}" for line, reason in found.items()]
