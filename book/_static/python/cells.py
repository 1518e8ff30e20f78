"""Which cells of a page a cell needs: told from their code, before anything runs.

A cell needs the cells that made what the names in it stand for, and those that may have changed an
object among these: by a method, or by handing it to a function. Data, such as arrays and numbers,
count as changed only where a cell, or a function of the page, stores into them, under whichever
name: nnlib never changes what it is given. What a function takes from the page counts as it stands
where the function is called.
"""

import ast
import builtins
import contextlib
from functools import cache, lru_cache
from typing import NamedTuple

#: How a call begins that returns data: with a module of this name, or a function of Python's own.
OF_DATA = {"np", "mnist", "stats", "math", "results", "statistics", "estimate", *dir(builtins)}
OF_DATA -= {"enumerate", "filter", "iter", "map", "next", "open", "reversed", "zip"}
#: Functions that only look at what they are given, and modules of such.
LOOKING = {"print", "display", "len", "repr", "str", "type", "isinstance", "id", "round",
           "np", "plots"}  # fmt: skip
#: Methods of lists, dicts, sets and arrays that change them.
CHANGING = {"append", "extend", "insert", "pop", "update", "setdefault", "sort", "fill", "add",
            "clear", "remove", "reverse", "appendleft", "popleft", "resize"}  # fmt: skip
#: Functions that change their first argument.
FILLING = {"shuffle", "copyto", "fill_diagonal", "put", "setattr", "delattr"}
#: Functions and methods that return a part of what they are given, or something that holds it.
SHARING = {"reshape", "ravel", "transpose", "squeeze", "split", "asarray", "items", "values", "get",
           "enumerate", "filter", "iter", "list", "map", "next", "reversed", "tuple",
           "zip"}  # fmt: skip
#: Functions that change how all cells below run.
SETTING = {"set_printoptions", "seterr"}
#: Functions and methods that write and read files.
WRITING = {"save", "savez", "savetxt", "write_text", "write_bytes", "open"}
READING = {"load", "loadtxt", "read_text", "read_bytes", "open"}
#: What stands for all names, for files, and for the numbers that NumPy draws without a generator.
ALL, FILES, RANDOM = "*", "files", "np.random"


class Thing(NamedTuple):
    """What a name stands for."""

    kind: str  # "data", "object", "code" (a function or class), or "changer" (of its arguments)
    holds: set  # names of what may be within it, or may be used by it
    shares: set  # among them those of which it is a part, or which are parts of it


NOTHING = Thing("data", set(), set())


class Names(NamedTuple):
    """What a cell does with names."""

    makes: set  # gives them a value
    takes: set  # takes their values from cells above
    stores: set  # stores into what they stand for
    hands: set  # calls them, or hands them to a call
    inner: set  # stores into what they stand for when a function runs
    things: dict  # what the names made stand for
    grown: dict  # what others hold from now on as well


class Reader(ast.NodeVisitor):
    """Reads a cell in the order in which it runs."""

    def __init__(self):
        self.names = Names(set(), {ALL}, set(), set(), set(), {}, {})
        self.local = []  # the names of each function or comprehension around a node
        self.functions = 0  # around a node
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

    def store(self, name):
        """Take down that something is stored into what a name stands for."""
        if not any(name in names for names in self.local):
            (self.names.inner if self.functions else self.names.stores).add(name)
        elif self.functions == 1:
            self.changed.add(name)

    def take(self, name):
        """Take down that a name's value is taken."""
        self.visit(ast.Name(name, ast.Load()))

    def bind(self, target, value, loaded):
        """Take down what the names in a target of an assignment stand for, and hold."""
        shares = shared(value)
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Call):  # as a figure, its axes
            loaded = loaded | {one.id for one in ast.walk(target) if isinstance(one, ast.Name)}
        kind = "code" if isinstance(value, ast.Lambda) else "data" if is_data(value) else "object"
        thing = Thing(kind, shares if kind == "data" else loaded | shares, shares)
        for one in ast.walk(target):
            if isinstance(one, ast.Attribute | ast.Subscript):
                self.store(root(one))
                self.grow(root(one), thing)
            elif isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store) and not self.local:
                self.names.things[one.id] = thing

    def grow(self, name, thing):
        """Take down that what a name stands for holds more from now on."""
        self.names.grown[name] = merged(self.names.grown.get(name, NOTHING), thing)

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
            if alias.name == "*":
                self.names.stores.add(ALL)
            self.make(alias.asname or alias.name.partition(".")[0])

    visit_ImportFrom = visit_Import

    def visit_Global(self, node):
        for name in node.names:
            self.take(name)
            self.store(name)

    def visit_Assign(self, node):
        self.loaded.append(set())
        self.visit_all(node.value)
        loaded = self.loaded.pop()
        for target in getattr(node, "targets", None) or [node.target]:
            self.visit(target)
            self.bind(target, node.value, loaded)

    visit_NamedExpr = visit_Assign

    def visit_AnnAssign(self, node):
        self.visit(node.annotation)
        if node.value is not None:  # else it only says something about the name
            self.visit_Assign(node)

    def visit_AugAssign(self, node):
        self.visit(node.value)
        self.take(root(node.target))
        self.store(root(node.target))

    def visit_Delete(self, node):
        for name in map(root, node.targets):
            self.take(name)
            self.store(name)

    def visit_For(self, node):
        self.visit_all(node.iter, node.target)
        self.bind(node.target, node.iter, set())
        if isinstance(node.iter, ast.Name):  # an iterator is used up
            self.names.hands.add(node.iter.id)
        self.visit_all(node.body, node.orelse)

    def visit_withitem(self, node):
        self.visit_all(node.context_expr, node.optional_vars)
        self.names.hands.add(root(node.context_expr))  # it is entered and left
        if node.optional_vars:
            self.bind(node.optional_vars, node.context_expr, set())

    def visit_branches(self, *branches):
        """Visit lists of nodes of which one runs: names that not all of them make are old ones."""
        before, made = set(self.names.makes), []
        for branch in branches:
            self.names.makes.intersection_update(before)
            self.visit_all(branch)
            made.append(set(self.names.makes))
        self.names.makes.update(*made)
        self.names.takes.update(self.names.makes - set.intersection(*made))

    def visit_If(self, node):
        self.visit(node.test)
        self.visit_branches(node.body, node.orelse)

    def visit_Try(self, node):
        handlers = [handler.body for handler in node.handlers]
        self.visit_all([handler.type for handler in node.handlers])
        self.visit_branches([*node.body, *node.orelse], *handlers)
        self.visit_all(node.finalbody)

    def visit_ListComp(self, node):
        self.local.append(set())
        for part in node.generators:
            self.visit_all(part.iter, part.target, part.ifs)
        self.visit_all(*(getattr(node, name, None) for name in ("key", "value", "elt")))
        self.local.pop()

    visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_ListComp

    def visit_FunctionDef(self, node):
        given, name = node.args, getattr(node, "name", None)
        arguments = [one for one in ast.walk(given) if isinstance(one, ast.arg)]
        self.loaded.append(set())
        self.visit_all(getattr(node, "decorator_list", None), given.defaults, given.kw_defaults)
        self.visit_all([one.annotation for one in arguments], getattr(node, "returns", None))
        if name:
            self.make(name)
        if not self.functions:
            self.changed = set()  # of the names within it
        self.functions += 1
        self.local.append({one.arg for one in arguments})
        self.visit_all(node.body)
        self.local.pop()
        self.functions -= 1
        loaded = self.loaded.pop()
        if name and not self.local:  # whoever calls it may change what it takes from the notebook
            changer = self.changed & {one.arg for one in arguments}
            self.names.things[name] = Thing("changer" if changer else "code", loaded, set())

    visit_AsyncFunctionDef = visit_Lambda = visit_FunctionDef

    def visit_ClassDef(self, node):
        self.loaded.append(set())
        self.visit_all(node.decorator_list, node.bases, node.keywords)
        self.make(node.name)
        self.local.append(set())
        self.visit_all(node.body)
        self.local.pop()
        loaded = self.loaded.pop()
        if not self.local:
            self.names.things[node.name] = Thing("code", loaded, set())

    def visit_Call(self, node):
        self.visit_all(node.func, node.args, node.keywords)
        *path, called = ast.unparse(node.func).split(".")
        if path in (["np", "random"], ["numpy", "random"]) and called != "default_rng":
            self.take(RANDOM)
            self.store(RANDOM)
        if called in READING:
            self.take(FILES)
        if called in WRITING:
            self.store(FILES)
        if called in SETTING:
            self.names.stores.add(ALL)
        if called in FILLING and node.args:
            self.store(root(node.args[0]))
        for one in node.keywords:
            if one.arg == "out":
                self.store(root(one.value))
        if called in CHANGING and path:
            self.store(root(node.func))
            shares = set().union(*map(shared, node.args))
            self.grow(root(node.func), Thing("data", shares, shares))
        if called in LOOKING or root(node.func) in LOOKING:
            return
        self.names.hands.add(root(node.func))
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
    return not isinstance(value, ast.Lambda | ast.Await)


def shared(value) -> set:
    """Return the names of what an expression gives a part of, or something that holds it."""
    match value:
        case ast.Name():
            return {value.id}
        case ast.Call():
            of = value.func.value if isinstance(value.func, ast.Attribute) else None
            called = getattr(value.func, "attr", None) or root(value.func)
            within = [of, *value.args] if called in SHARING else []
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
            within = [one.iter for one in value.generators] if shared(value.elt) else []
        case ast.List() | ast.Tuple() | ast.Set():
            within = value.elts
        case ast.Dict() | ast.BoolOp():
            within = value.values
        case ast.IfExp():
            within = [value.body, value.orelse]
        case ast.Attribute() | ast.Subscript() | ast.Starred() | ast.NamedExpr():
            within = [value.value]
        case _:
            within = []
    return set().union(*map(shared, within))


def merged(thing, other) -> Thing:
    """Return a thing that holds what another does, too."""
    kind = other.kind if thing.kind == "data" else thing.kind
    return Thing(kind, thing.holds | other.holds, thing.shares | other.shares)


@cache
def read(source) -> Names:
    """Return what a cell does with names: nothing, where it is no Python."""
    reader = Reader()
    with contextlib.suppress(SyntaxError, ValueError, RecursionError):
        reader.visit(ast.parse(source))
    return reader.names


def needed(sources, at) -> list[int]:
    """Return the positions, in order, of the cells that the cell at position `at` needs."""
    return list(_needed(tuple(sources[: at + 1])))


@lru_cache(500)  # a page asks for all of its cells after each run, and most have not changed
def _needed(sources):
    """Return the same of the last one of some cells."""
    at = len(sources) - 1
    cells = [read(source) for source in sources]
    things = [{}]  # what the names stand for before each cell
    for cell in cells:
        now = things[-1] | cell.things
        grown = {name: merged(now.get(name, NOTHING), more) for name, more in cell.grown.items()}
        things.append(now | grown)
    inner = set().union(*(cell.inner for cell in cells))
    found, asked = set(), set()
    waiting = [(name, at, name in cells[at].hands) for name in cells[at].takes]
    while waiting:
        name, here, runs = question = waiting.pop()
        if question in asked:
            continue
        asked.add(question)
        for one in {*behind(cells, things, inner, name, here)} - found:
            found.add(one)
            waiting += [(other, one, other in cells[one].hands) for other in cells[one].takes]
        thing = things[here].get(name, NOTHING)
        if runs or thing.kind in ("code", "changer"):  # it uses what it holds, as that is here
            waiting += [(other, here, runs) for other in thing.holds]
    return tuple(sorted(found))


def behind(cells, things, inner, name, here):
    """Yield the cells above `here` that made, or may have changed, what `name` stands for there."""
    made = 0
    for position in reversed(range(here)):
        if name in cells[position].makes:
            yield position
            made = position
            if name not in cells[position].takes:
                break
    for position in range(made, here):
        cell, known = cells[position], things[position + 1]
        own = reach(known, {name}, "shares")
        changed = reach(known, cell.stores, "shares")
        if any(known[one].kind == "changer" for one in cell.hands & known.keys()):
            changed |= reach(known, cell.hands, "shares")
        objects = {one for one in own if one in inner or known.get(one, NOTHING).kind != "data"}
        if changed & own or reach(known, cell.hands, "holds") & objects:
            yield position


def reach(things, names, by) -> set:
    """Return names, with all that is held or shared by what they stand for."""
    found, waiting = set(), [*names]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += getattr(things[name], by) if name in things else ()
    return found
