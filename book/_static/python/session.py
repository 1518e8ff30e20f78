"""Runs the code of a page: the half in Python of what `worker.mjs` starts in the reader's browser.

It needs nothing of a browser, so that the tests run it in any Python. What happens is told to
`send`, one message at a time; what cannot be imported is asked of `load`.
"""

import ast
import base64
import contextlib
import contextvars
import inspect
import io
import linecache
import logging
import pprint
import re
import sys
import time
import traceback
import types
from functools import partial
from typing import NamedTuple

from cells import needed, read

#: Formats that an object may offer, by the names of its methods.
FORMATS = {"text/markdown": "markdown", "image/svg+xml": "svg", "image/png": "png"}
WIDGET, VIEW = "application/vnd.nnlib.widget+json", "application/vnd.jupyter.widget-view+json"


class Ran(NamedTuple):
    """A cell that has run: its code, the number of the run, and the cells that it needed."""

    source: str
    run: int
    needs: list


NEVER = Ran("", 0, [])


class Stream(io.TextIOBase):
    """A stream whose text is sent."""

    def __init__(self, send):
        self.write = lambda text: send(text) or len(text)


class Session:
    """What a page's cells have made so far.

    Args:
        send: is called with each message, a dict.
        load: awaited with the name of a module that is missing; returns whether it is there now.
    """

    def __init__(self, send, load):
        self.send, self.load = send, load
        self.main = types.ModuleType("__main__")
        self.context = contextvars.copy_context()  # where NumPy keeps its options
        self.ran = {}  # by id, those that ended well
        self.runs = 0
        sys.modules.update(stand_ins(self.display))
        logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # it lists them anew

    def states(self, cells) -> dict:
        """Return for each cell that has run whether its result is that of the code as it stands."""
        sources = [cell["source"] for cell in cells]
        return {
            cell["id"]: "fresh" if self.is_fresh(cells, sources, at) else "stale"
            for at, cell in enumerate(cells)
            if cell["id"] in self.ran
        }

    def tell_states(self, cells):
        """Send the states of all cells."""
        self.send({"type": "states", "states": self.states(cells)})

    def parse(self, source):
        """Send what keeps a source from being Python, or nothing."""
        error = None
        try:
            ast.parse(source, "<cell >")
        except (SyntaxError, ValueError) as wrong:
            error = describe(wrong, "<cell >")
        self.send({"type": "parsed", "error": error})

    def is_fresh(self, cells, sources, at):
        """Return whether a cell has run as it stands, and since then nothing that it needs."""
        needs = needed(sources, at)
        ran = [self.ran.get(cells[one]["id"], NEVER) for one in [*needs, at]]
        return (
            [one.source for one in ran] == [sources[one] for one in [*needs, at]]
            and all(0 < one.run <= ran[-1].run for one in ran)
            and ran[-1].needs == [cells[one]["id"] for one in needs]
        )

    def forget(self, cells):
        """Take back the names that a cell made when it last ran, and makes no more as it stands.

        Who else makes such a name is to run again. As nobody can see them, such names would let
        code pass that fails on a page run from its top.
        """
        for cell in cells:
            gone = read(self.ran.get(cell["id"], NEVER).source).makes - read(cell["source"]).makes
            for name in gone:
                vars(self.main).pop(name, None)
            for name, one in [*self.ran.items()]:
                if gone & read(one.source).makes:
                    del self.ran[name]

    async def run(self, cells, wanted):
        """Run a cell, after those above that it needs and that have not run as they stand.

        A cell that fails ends it. Then, or at the end, "done" tells the states of all cells.
        """
        self.forget(cells)
        sources = [cell["source"] for cell in cells]
        at = [cell["id"] for cell in cells].index(wanted)
        for one in [*needed(sources, at), at]:
            if one != at and self.is_fresh(cells, sources, one):
                continue
            before = [cells[other]["id"] for other in needed(sources, one)]
            error = await self.run_one(cells[one], before)
            if error:
                break
        self.send({"type": "done", "states": self.states(cells)})

    async def run_one(self, cell, needs):
        """Run a cell by itself; return what went wrong, if anything."""
        tried = set()
        while True:
            self.now = cell["id"]
            self.send({"type": "begin", "cell": self.now})
            began = time.perf_counter()
            error, missing = await self.execute(cell["source"])
            if missing is None or missing in tried or not await self.load(missing):
                break
            tried.add(missing)  # a module that came on the way: once more, from the beginning
        self.runs += 1
        self.ran.pop(self.now, None)
        if not error:
            self.ran[self.now] = Ran(cell["source"], self.runs, needs)
        seconds = time.perf_counter() - began
        self.send({"type": "end", "cell": self.now, "error": error, "seconds": seconds})
        return error

    async def execute(self, source):
        """Run code and show what it gives; return the error, and the module that it missed."""
        name = f"<cell {self.now}>"
        linecache.cache[name] = len(source), None, source.splitlines(keepends=True), name
        out, err = (Stream(partial(self.stream, kind)) for kind in ("out", "err"))
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                await self.evaluate(source, name)
                self.show_figures()
            except ModuleNotFoundError as error:
                return describe(error, name), error.name
            except BaseException as error:  # whatever a reader's code may raise
                return describe(error, name), None
        return None, None

    async def evaluate(self, source, name):
        """Run code as a notebook does: the value of a last expression is shown."""
        tree = ast.parse(source, name)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        awaits = {"flags": ast.PyCF_ALLOW_TOP_LEVEL_AWAIT}
        space = vars(self.main)
        run = partial(self.context.run, eval)  # the reader's code
        value = run(compile(tree, name, "exec", **awaits), space)
        if inspect.isawaitable(value):
            await value
        if last:
            code = compile(ast.Expression(last.value), name, "eval", **awaits)
            value = run(code, space)
            value = await value if inspect.iscoroutine(value) else value
            if value is not None and not source.rstrip().endswith(";"):
                self.context.run(self.display, value)

    def stream(self, kind, text):
        if text:
            self.send({"type": "stream", "cell": self.now, "kind": kind, "text": text})

    def display(self, *values, **_):
        """Send values in the formats that they offer."""
        for value in values:
            self.send({"type": "display", "cell": self.now, "data": formats(value)})

    def show_figures(self):
        """Send the figures of matplotlib that are open, and close them."""
        if pyplot := sys.modules.get("matplotlib.pyplot"):
            for number in pyplot.get_fignums():
                file = io.BytesIO()
                pyplot.figure(number).savefig(file, format="png", bbox_inches="tight")
                picture = base64.b64encode(file.getvalue()).decode()
                self.send({"type": "display", "cell": self.now, "data": {"image/png": picture}})
            pyplot.close("all")


def formats(value) -> dict:
    """Return what an object looks like, by kinds of media, as a notebook stores it."""
    found = {"text/plain": plain(value)}
    for media, name in FORMATS.items():
        if method := getattr(type(value), f"_repr_{name}_", None):
            found[media] = method(value)
    if method := getattr(type(value), "_repr_mimebundle_", None):
        bundle = method(value) or {}
        found |= bundle[0] if isinstance(bundle, tuple) else bundle
    if VIEW in found:  # one of ours: the page draws it from its traits
        # What a reader draws is bytes: empty at first, as where it is not told at all.
        traits = value.get_state().items()
        found[WIDGET] = {key: one for key, one in traits if not isinstance(one, bytes)}
    if markdown := found.get("text/markdown"):  # as the book itself renders it
        from markdown_it import MarkdownIt

        render = MarkdownIt("commonmark", {"html": False}).enable("table").render
        # A page takes classes, and no style of its own.
        found["text/html"] = re.sub(
            r'style="text-align:(\w+)"', r'class="text-\1"', render(markdown)
        )
    return {media: one for media, one in found.items() if one is not None and media != VIEW}


def plain(value):
    """Return the text of a value, over several lines where it is long."""
    if type(value) in (list, tuple, dict, set, frozenset):
        return pprint.pformat(value, width=79, sort_dicts=False)
    return repr(value)


def describe(error, name) -> dict:
    """Return what a reader needs of an error: its sentence, and the line of the cell it is in."""
    if isinstance(error, SyntaxError) and error.filename == name:
        return {"kind": type(error).__name__, "text": error.msg, "line": error.lineno,
                "cell": name[6:-1], "within": ""}  # fmt: skip
    frames, cause = traceback.extract_tb(error.__traceback__), error
    _, found, place = frames[-1].filename.rpartition("nnlib/") if frames else ("", "", "")
    while cause := cause.__cause__ or cause.__context__:  # a check may speak of an answer's error
        frames += traceback.extract_tb(cause.__traceback__)
    lines = [(frame.filename[6:-1], frame.lineno) for frame in frames
             if frame.filename.startswith("<cell ")]  # fmt: skip
    cell, line = lines[-1] if lines else (name[6:-1], None)
    own = type(error).__name__ == "CheckFailed"  # a whole sentence, made for the reader
    return {
        "kind": "" if own else type(error).__name__,
        "text": said(error),
        "line": line,
        "cell": cell,
        "within": f"{place}, line {frames[-1].lineno}" if found and not own else "",
    }


def said(error):
    """Return the text of an error; of a name that nobody knows, with the one that may be meant."""
    if isinstance(error, NameError | AttributeError | ImportError):
        found = traceback.TracebackException.from_exception(error)
        whole = "".join(found.format_exception_only()).strip()
        return whole.partition(": ")[2] or str(error)
    return str(error)


class Shown:
    """What a notebook takes from `IPython.display`: data, in the format of its class."""

    def __init__(self, data):
        self.data = data


def stand_ins(display) -> dict:
    """Return modules with what the book takes from IPython and anywidget, too large for a page."""
    python, shown, widgets = map(types.ModuleType, ("IPython", "IPython.display", "anywidget"))
    for kind, name in {"Markdown": "markdown", "SVG": "svg", "Image": "png"}.items():
        methods = {f"_repr_{name}_": lambda self: self.data, "__repr__": lambda _, kind=kind: kind}
        setattr(shown, kind, type(kind, (Shown,), methods))
    shown.display, shown.clear_output = display, lambda wait=False: None
    python.display, python.get_ipython = shown, lambda: None
    python.version_info = 8, 24  # matplotlib asks for it

    def make(name):  # traitlets comes with a reader's first widget
        if name != "AnyWidget":
            raise AttributeError(name)
        from traitlets import HasTraits

        class AnyWidget(HasTraits):
            def get_state(self):
                kind = f"{type(self).__module__}.{type(self).__qualname__}"
                return self.trait_values(sync=True) | {"_anywidget_id": kind}

            def on_msg(self, _):
                pass

            def _repr_mimebundle_(self, **_):
                return {VIEW: {}}

        widgets.AnyWidget = AnyWidget
        return AnyWidget

    widgets.__getattr__ = make
    return {"IPython": python, "IPython.display": shown, "anywidget": widgets}
