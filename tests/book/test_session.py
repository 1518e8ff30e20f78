"""The code of a page, in any Python: what a cell needs, what runs, and what is told of it."""

import asyncio
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import nnlib

ROOT = Path(__file__).parents[2]
HOME = ROOT / "book" / "_static" / "python"
#: Chapters that run in seconds: all of their cells are run alone, with those that they need.
QUICK = "how_we_decide", "nonlinear"


@pytest.fixture(scope="module")
def python():
    """The page's modules; afterwards, what they stand in for is in its place again."""
    away = "IPython", "anywidget", "nnlib.widgets"
    kept = {name: sys.modules.pop(name) for name in [*sys.modules] if name.startswith(away)}
    sys.path.insert(0, str(HOME))
    import cells
    import session

    vars(nnlib).pop("widgets", None)
    yield cells, session
    vars(nnlib).pop("widgets", None)
    sys.path.remove(str(HOME))
    for name in [name for name in sys.modules if name.startswith(away)]:
        del sys.modules[name]
    sys.modules.update(kept)
    if "nnlib.widgets" in kept:
        nnlib.widgets = kept["nnlib.widgets"]


class Page:
    """A page of cells, and all that a session tells of it."""

    def __init__(self, session, sources, load=None):
        self.sources = list(sources)
        self.told = []
        self.session = session.Session(self.told.append, load or self.nothing)

    async def nothing(self, name):
        return False

    def cells(self):
        return [{"id": f"c{at}", "source": source} for at, source in enumerate(self.sources)]

    def run(self, at):
        """Run a cell; return the numbers of the cells that ran, and what was told of the run."""
        self.told.clear()
        run = self.session.run(self.cells(), f"c{at}")
        with ThreadPoolExecutor(1) as pool:  # a browser's tests have a loop in theirs
            pool.submit(asyncio.run, run).result()
        return [int(one["cell"][1:]) for one in self.told if one["type"] == "end"]

    def text(self):
        return "".join(one["text"] for one in self.told if one["type"] == "stream")

    def error(self):
        return [one["error"] for one in self.told if one["type"] == "end"][-1]

    def shown(self):
        return [one["data"] for one in self.told if one["type"] == "display"]

    def states(self):
        return [self.session.states(self.cells()).get(f"c{at}") for at in range(len(self.sources))]


@pytest.fixture
def page(python):
    return lambda *sources, **options: Page(python[1], sources, **options)


#: Cells of a page, and which of them the last one needs.
NEEDS = {
    "a name that a cell makes": (["x = 1", "y = 2", "x"], [0]),
    "a chain": (["x = 1", "y = x + 1", "z = 3", "y"], [0, 1]),
    "the last one that makes it": (["x = 1", "x = 2", "x"], [1]),
    "one that makes it from itself": (["x = 1", "x = x + 1", "x"], [0, 1]),
    "not what it makes itself": (
        ["for i in range(3): pass", "for i in 'ab': i"],
        [],
    ),
    "an augmented assignment": (["x = 1", "x += 1", "x"], [0, 1]),
    "an import": (["import math", "import json", "math.pi"], [0]),
    "a function, and what it takes": (["a = 1", "def f(): return a", "f()"], [0, 1]),
    "no parameter of a function": (["x = 1", "def f(x): return x", "f(2)"], [1]),
    "no name within a comprehension": (["x = 1", "[x for x in 'ab']"], []),
    "a default of a parameter": (["a = 1", "def f(x=a): return x", "f()"], [0, 1]),
    "a class": (["base = object", "class A(base): pass", "A()"], [0, 1]),
    "a decorator": (["def d(f): return f", "@d\ndef g(): pass", "g()"], [0, 1]),
    "what stores into it": (["x = [1]", "x[0] = 2", "x.append(3)", "len(x)", "x"], [0, 1, 2]),
    "what deletes in it": (["x = {1: 2}", "del x[1]", "x"], [0, 1]),
    "an object's method": (["n = Network()", "n.train()", "n"], [0, 1]),
    "an object handed on": (["n = Network()", "train(n)", "n"], [0, 1]),
    "an object held by another": (["n = Network()", "o = Optim(n)", "o.step()", "n"], [0, 1, 2]),
    "an object in a list": (["n = Network()", "all = [n]", "f(all)", "n"], [0, 1, 2]),
    "an object that a function uses": (["n = Net()", "def go(): n.step()", "go()", "n"], [0, 1, 2]),
    "no other object": (["n = Network()", "m = Network()", "m.train()", "n"], [0]),
    "no array handed on": (["x = np.ones(3)", "show(x)", "x.sum()"], [0]),
    "a generator of random numbers": (["r = np.random.default_rng(0)", "r.normal()", "r"], [0, 1]),
    "a walrus": (["(n := 3)", "n"], [0]),
    "with": (["with open('f') as file: pass", "file"], [0]),
    "another name for it": (["a = [1]", "b = a", "b.append(2)", "a"], [0, 1, 2]),
    "it, for another name": (["a = [1]", "b = a", "a.append(2)", "b"], [0, 1, 2]),
    "a part of it": (["x = np.ones(3)", "y = x[:2]", "y += 1", "x"], [0, 1, 2]),
    "no other array": (["x = np.ones(3)", "y = x + 1", "y += 1", "x"], [0]),
    "a part of an object": (["n = Net()", "w = n.params['w']", "n.train()", "w"], [0, 1, 2]),
    "objects of one call": (["f, x = plt.subplots()", "x.plot([1])", "f"], [0, 1]),
    "parts one after another": (["a = [[], []]", "for b in a: b.append(1)", "a"], [0, 1]),
    "what was put into it": (["a, b = [], []", "a.append(b)", "b.append(1)", "a"], [0, 1, 2]),
    "an array that is filled": (["x = np.ones(3)", "np.add(x, 1, out=x)", "x"], [0, 1]),
    "an array that is shuffled": (["x = [1, 2]", "rng.shuffle(x)", "x"], [0, 1]),
    "an object only looked at": (["n = Network()", "print(n, np.sum(n.x))", "n"], [0]),
    "an iterator used up": (["x = iter('ab')", "y = zip(x, x)", "list(y)", "next(x)"], [0, 1, 2]),
    "a context": (["f = io.StringIO()", "with f as g: pass", "f"], [0, 1]),
    "what a function takes, as it is at the call": (
        ["a = 1", "def f(): return a", "a = 2", "f()"],
        [0, 1, 2],
    ),
    "what it takes, made after it": (["def f(): return a", "a = 2", "f()"], [0, 1]),
    "what an object holds, as it is": (
        ["n = Net()", "o = Optim(n)", "n.params['w'] += 1", "o.step()"],
        [0, 1, 2],
    ),
    "a list that a function changes": (
        ["a = []", "def f(): a.append(1)", "f()", "a"],
        [0, 1, 2],
    ),
    "a global of a function": (["def f():\n    global a\n    a = 1", "f()", "a"], [0, 1]),
    "a number on a function": (["def f(): f.n += 1", "f.n = 0", "f()", "f.n"], [0, 1, 2]),
    "what a class keeps": (["class A: n = 0", "a = A()", "a.go()", "A.n"], [0, 1, 2]),
    "an array that a function changes": (
        ["def f(x): x[0] = 1", "y = np.ones(3)", "f(y)", "y"],
        [0, 1, 2],
    ),
    "one of two branches": (["x = 1", "if a:\n    x = 2", "x"], [0, 1]),
    "both branches": (["x = 1", "if a:\n    x = 2\nelse:\n    x = 3", "x"], [1]),
    "a try that may fail": (["x = 1", "try:\n    x = 2\nexcept E: pass", "x"], [0, 1]),
    "an annotation": (["A = int", "def f(x: A) -> int: return x", "f(1)"], [0, 1]),
    "no mere annotation": (["x = 1", "x: int", "x"], [0]),
    "an import of all names": (["from math import *", "y = 1", "pi"], [0]),
    "random numbers without a generator": (
        ["np.random.seed(0)", "np.random.rand()", "y = 1", "np.random.rand()"],
        [0, 1],
    ),
    "options of printing": (["x = 1", "np.set_printoptions(precision=2)", "x"], [0, 1]),
    "a file": (["n.save('f')", "y = 1", "Sequential.load('f')"], [0]),
    "nothing, in what is no Python": (["x = 1", "x ="], []),
}


@pytest.mark.parametrize("case", NEEDS, ids=str)
def test_a_cell_needs(python, case):
    sources, wanted = NEEDS[case]
    assert python[0].needed(sources, len(sources) - 1) == wanted


def test_what_is_needed_runs_first_and_once(page):
    it = page("x = 1", "print('never')", "y = x + 1", "print(y)")
    assert it.run(3) == [0, 2, 3]
    assert it.text() == "2\n"
    assert it.run(3) == [3]


def test_options_of_numpy_last_from_one_run_to_the_next(page):
    it = page("import numpy as np", "np.set_printoptions(precision=2)", "np.array([1.23456])")
    it.run(1)
    assert it.run(2) == [2]
    assert it.shown() == [{"text/plain": "array([1.23])"}]


def test_a_changed_cell_makes_out_of_date_what_needs_it(page):
    it = page("x = 1", "y = x + 1", "z = 5", "y")
    it.run(3), it.run(2)
    assert it.states() == ["fresh"] * 4
    it.sources[0] = "x = 10"
    assert it.states() == ["stale", "stale", "fresh", "stale"]
    assert it.run(0) == [0]
    assert it.states() == ["fresh", "stale", "fresh", "stale"]
    assert it.run(3) == [1, 3]
    assert it.shown() == [{"text/plain": "11"}]
    assert it.states() == ["fresh"] * 4


def test_a_name_that_no_cell_makes_any_more_is_gone(page):
    it = page("def f(): return 1", "f()")
    it.run(1)
    it.sources[0] = "def g(): return 1"
    assert it.states() == ["stale", "stale"]
    assert it.run(1) == [1]
    assert it.error()["text"] == "name 'f' is not defined"
    it.sources[0] = ""
    it.run(0)
    it.run(1)
    assert it.error()["text"] == "name 'f' is not defined"


def test_a_name_that_another_cell_makes_too_comes_from_that_one_again(page):
    it = page("x = 1", "x = 2", "x")
    it.run(0), it.run(2)
    it.sources[1] = "y = 2"
    assert it.run(2) == [0, 2]
    assert it.shown() == [{"text/plain": "1"}]


def test_an_unknown_name_comes_with_the_one_that_may_be_meant(page):
    it = page("Sequential = 1", "Sequental")
    it.run(0), it.run(1)
    meant = ". Did you mean: 'Sequential'?" if sys.version_info >= (3, 12) else ""  # as in a page
    assert it.error()["text"] == f"name 'Sequental' is not defined{meant}"


def test_a_cell_that_fails_ends_the_run(page):
    it = page("x = 1\n1 / 0", "x")
    assert it.run(1) == [0]
    assert it.error() == {"kind": "ZeroDivisionError", "text": "division by zero", "line": 2,
                          "cell": "c0", "within": ""}  # fmt: skip
    assert it.states() == [None, None]


def test_an_error_names_the_line_of_the_cell_where_it_is(page):
    it = page("def f(x):\n    return x.nothing", "\nf(1)")
    it.run(1)
    assert (it.error()["cell"], it.error()["line"]) == ("c0", 2)
    it = page("x = 1\ny = (")
    it.run(0)
    assert (it.error()["kind"], it.error()["line"]) == ("SyntaxError", 2)


def test_a_check_speaks_its_sentence_and_names_the_line_of_the_answer(page):
    wrong = "from nnlib import checks\ndef weighted_sum(x, W, b):\n    return x @ W + c"
    it = page(wrong, "checks.weighted_sum(weighted_sum)")
    it.run(1)
    error = it.error()
    assert error["kind"] == ""
    assert "NameError" in error["text"]
    assert (error["cell"], error["line"]) == ("c0", 3)


def test_an_error_within_the_library_names_its_place(page):
    it = page("import numpy as np\nfrom nnlib import Linear\nLinear(2, 3).forward(np.ones((4, 5)))")
    it.run(0)
    assert it.error()["line"] == 3
    assert ".py, line" in it.error()["within"]


def test_whatever_is_raised_is_told(page):
    for source in ("raise SystemExit('end')", "raise KeyboardInterrupt", "raise BaseException(3)"):
        it = page(source)
        it.run(0)
        assert it.error()["kind"] in source


def test_the_last_value_is_shown_unless_a_semicolon_ends_it(page):
    it = page("3\n4", "5;", "None", "print('a', end='')\n[1] * 40")
    shown = []
    for at in range(4):
        it.run(at)
        shown.append([one["text/plain"] for one in it.shown()])
    assert shown[:3] == [["4"], [], []]
    assert shown[3][0].startswith("[1,\n 1,")


def test_outputs_have_their_formats(page):
    it = page(
        "from IPython.display import Markdown, display\ndisplay(Markdown('| a |\\n|--:|\\n| 1 |'))",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
        "from nnlib import diagrams\ndiagrams.library()",
        "from nnlib import Linear, Sequential, TanH, widgets\n"
        "widgets.Stepper(Sequential([Linear(2, 2, rng=0), TanH(), Linear(2, 1, rng=0)]), done=3)",
    )
    media = []
    for at in range(4):
        it.run(at)
        assert not it.error()
        media.append(it.shown()[-1])
    assert '<td class="text-right">1</td>' in media[0]["text/html"]
    assert media[1]["image/png"].startswith("iVBOR")
    assert media[2]["image/svg+xml"].startswith("<svg")
    state = media[3]["application/vnd.nnlib.widget+json"]
    assert (state["_anywidget_id"], state["done"]) == ("nnlib.widgets.stepper.Stepper", 3)
    json.dumps(it.told)


def test_every_widget_can_be_told(python, page):
    for name in ("Lab", "DigitReader"):  # which have bytes among their traits
        it = page(f"from nnlib import widgets\nwidgets.{name}()")
        it.run(0)
        assert not it.error()
        json.dumps(it.told)


def test_markdown_brings_no_html_along(page):
    it = page("from IPython.display import Markdown\nMarkdown('<b onclick=\"f()\">x</b>')")
    it.run(0)
    assert "<b" not in it.shown()[0]["text/html"]


def test_await_stands_where_a_notebook_allows_it(page):
    it = page("import asyncio\nawait asyncio.sleep(0)\nprint('slept')")
    it.run(0)
    assert it.text() == "slept\n"


def test_a_module_that_comes_on_the_way_lets_the_cell_run_again(page, monkeypatch):
    asked = []

    async def load(name):
        asked.append(name)
        monkeypatch.setitem(sys.modules, name, type(sys)(name))
        return True

    it = page("import arrives_late\nprint('here')", load=load)
    it.run(0)
    assert (asked, it.text(), it.error()) == (["arrives_late"], "here\n", None)


def test_a_module_that_never_comes_is_an_error(page):
    it = page("import never_comes")
    it.run(0)
    assert it.error()["text"] == "No module named 'never_comes'"


def test_what_is_no_python_is_told_before_it_runs(page):
    it = page()
    it.session.parse("def f(:\n    pass")
    it.session.parse("x = 1")
    assert [one["error"] and one["error"]["line"] for one in it.told] == [1, None]


# --- The chapters ---------------------------------------------------------------------------------


def outputs(told):
    """Return the texts of a run's outputs."""
    found = []
    for one in told:
        if one["type"] == "stream":
            if found and found[-1][0] == "stream":
                found[-1][1] += one["text"]
            else:
                found.append(["stream", one["text"]])
        elif one["type"] == "display":
            found.append(["display", one["data"].get("text/markdown")])
    return found


def stored(cell):
    """Return the same of the outputs that a notebook stores."""
    kinds = {"stream": "stream", "display_data": "display", "execute_result": "display"}
    found = []
    for one in cell["outputs"]:
        text = one["text"] if "text" in one else one["data"].get("text/markdown")
        found.append([kinds[one["output_type"]], text and "".join(text)])
    return found


def run_alone(session, name):
    """Run each cell of a chapter with only what it needs; compare with its stored output."""
    notebook = json.loads((ROOT / "book" / f"{name}.ipynb").read_text(encoding="utf-8"))
    code = [
        cell for cell in notebook["cells"]
        if cell["cell_type"] == "code" and "remove-cell" not in cell["metadata"].get("tags", ())
    ]  # fmt: skip
    for at, cell in enumerate(code):
        if "nbval-skip" in cell["metadata"].get("tags", ()):
            continue
        it = Page(session, ["".join(one["source"]) for one in code])
        it.run(at)
        own = [one for one in it.told if one.get("cell") == f"c{at}"]
        assert not it.error(), cell["id"]
        assert outputs(own) == stored(cell), cell["id"]


@pytest.mark.parametrize("name", QUICK)
def test_each_cell_alone_gives_its_stored_output(python, name):
    run_alone(python[1], name)
