"""Which cells of a page a cell needs: told from their code, before anything runs.

A cell needs the cells that made what the names in it stand for, and those that may have changed an
object among these: by a method, or by handing it to a function. Data, such as arrays and numbers,
count as changed only where a cell stores into them, for nnlib never changes what it is given.
"""

import ast
import builtins
import contextlib
from typing import NamedTuple

#: How a call begins that returns data: with a module of this name, or a function of Python's own.
OF_DATA = {"np", "mnist", "stats", "math", "results", "statistics", "estimate", *dir(builtins)}
OF_DATA -= {"iter", "next"}
#: Methods of lists, dicts, sets and arrays that change them.
CHANGING = {"append", "extend", "insert", "pop", "update", "setdefault", "sort", "fill", "add"}


class Names(NamedTuple):
    """What a cell does with names."""

    makes: set  # gives them a value
    takes: set  # takes their values from cells above
    stores: set  # stores into what they stand for
    hands: set  # calls them, or hands them to a call
    objects: dict  # of the names made: those of objects, with the names that they may hold


class Reader(ast.NodeVisitor):
    """Reads a cell in the order in which it runs."""

    def __init__(self):
        self.names = Names(set(), set(), set(), set(), {})
        self.local = []  # the names of each function or comprehension around a node
        self.loaded = []  # what each statement around a node loads

    def visit_all(self, *nodes):
        """Visit nodes and lists of nodes, leaving out what is not there."""
        for node in nodes:
            for one in node if isinstance(node, list) else [node]:
                if one is not None:
                    self.visit(one)

    def make(self, name):
        """Take down that a name gets a value here."""
        (self.local[-1] if self.local else self.names.makes).add(name)

    def visit_Name(self, node):
        if isinstance(node.ctx, ast.Store):
            self.make(node.id)
        elif not any(node.id in names for names in self.local):
            if node.id not in self.names.makes:
                self.names.takes.add(node.id)
            for loaded in self.loaded:
                loaded.add(node.id)

    def visit_Import(self, node):
        for alias in node.names:
            self.make(alias.asname or alias.name.partition(".")[0])

    visit_ImportFrom = visit_Import

    def visit_Assign(self, node):
        self.loaded.append(set())
        self.visit_all(node.value)
        loaded = self.loaded.pop()
        for target in getattr(node, "targets", None) or [node.target]:
            self.visit(target)
            for one in ast.walk(target):
                if isinstance(one, ast.Attribute | ast.Subscript):
                    self.names.stores.add(root(one))
                elif isinstance(one, ast.Name) and not self.local:
                    self.names.objects.pop(one.id, None)
                    if node.value is not None and not is_data(node.value):
                        self.names.objects[one.id] = loaded

    visit_AnnAssign = visit_NamedExpr = visit_Assign

    def visit_AugAssign(self, node):
        self.visit_all(node.value, ast.Name(root(node.target), ast.Load()))
        self.names.stores.add(root(node.target))

    def visit_Delete(self, node):
        self.visit_all([ast.Name(root(target), ast.Load()) for target in node.targets])
        self.names.stores.update(map(root, node.targets))

    def visit_For(self, node):
        self.visit_all(node.iter, node.target, node.body, node.orelse)

    def visit_ListComp(self, node):
        self.local.append(set())
        for part in node.generators:
            self.visit_all(part.iter, part.target, part.ifs)
        self.visit_all(*(getattr(node, name, None) for name in ("key", "value", "elt")))
        self.local.pop()

    visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_ListComp

    def visit_FunctionDef(self, node):
        given = node.args
        self.visit_all(getattr(node, "decorator_list", None), given.defaults, given.kw_defaults)
        self.loaded.append(set())
        self.local.append({one.arg for one in ast.walk(given) if isinstance(one, ast.arg)})
        self.visit_all(node.body)
        self.local.pop()
        loaded = self.loaded.pop()
        if not isinstance(node, ast.Lambda):
            self.make(node.name)
            if not self.local:  # whoever calls it may change what it takes from the notebook
                self.names.objects[node.name] = loaded

    visit_AsyncFunctionDef = visit_Lambda = visit_FunctionDef

    def visit_ClassDef(self, node):
        self.visit_all(node.decorator_list, node.bases, node.keywords)
        self.local.append(set())
        self.visit_all(node.body)
        self.local.pop()
        self.make(node.name)

    def visit_Call(self, node):
        self.visit_all(node.func, node.args, node.keywords)
        self.names.hands.add(root(node.func))
        if isinstance(node.func, ast.Attribute) and node.func.attr in CHANGING:
            self.names.stores.add(root(node.func))
        for one in [*node.args, *node.keywords]:
            self.names.hands.update(part.id for part in ast.walk(one) if isinstance(part, ast.Name))


def root(node):
    """Return the name at the beginning of `a.b[c].d(...)`, or none."""
    while node is not None and not isinstance(node, ast.Name):
        node = getattr(node, "value", None) or getattr(node, "func", None)
    return node.id if node else ""


def is_data(value):
    """Return whether an expression gives data, and no object that others may change."""
    match value:
        case ast.Call():
            return root(value.func) in OF_DATA and "default_rng" not in ast.unparse(value.func)
        case ast.List() | ast.Tuple() | ast.Set():
            return all(map(is_data, value.elts))
        case ast.Dict():
            return all(map(is_data, value.values))
        case ast.ListComp() | ast.GeneratorExp() | ast.SetComp():
            return is_data(value.elt)
        case ast.DictComp():
            return is_data(value.value)
        case ast.IfExp():
            return is_data(value.body) and is_data(value.orelse)
    return not isinstance(value, ast.Name | ast.Lambda | ast.Await)


def read(source) -> Names:
    """Return what a cell does with names: nothing, where it is no Python."""
    reader = Reader()
    with contextlib.suppress(SyntaxError, ValueError, RecursionError):
        reader.visit(ast.parse(source))
    return reader.names


def needed(sources, at) -> list[int]:
    """Return the positions, in order, of the cells that the cell at position `at` needs."""
    cells = [read(source) for source in sources[: at + 1]]
    found, waiting = set(), [at]
    while waiting:
        here = waiting.pop()
        for name in cells[here].takes:
            new = {*behind(cells, name, here)} - found
            found |= new
            waiting += new
    return sorted(found)


def behind(cells, name, here):
    """Yield the cells above `here` that made, or may have changed, what `name` stands for there."""
    for made in reversed(range(here)):
        if name in cells[made].stores:
            yield made
        if name in cells[made].makes:
            yield made
            if name not in cells[made].takes:
                break
    else:
        return
    if name not in cells[made].objects:
        return
    group = {name}  # with all that holds it: who gets one of them may change it
    for position in range(made, here):
        group |= {other for other, holds in cells[position].objects.items() if holds & group}
        if position > made and cells[position].hands & group:
            yield position
