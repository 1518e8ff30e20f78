"""Odd copies of exercise 1, each with the marks it deserves and what must be said about it.

Honest but unusual answers, files that are damaged and yet open in Jupyter, hostile cells, names
that are not those of the exercise, downloads of course platforms, answers in words that have moved.
All lie in one folder, as one class: `python tests/book/odd_copies.py FOLDER` writes it.
"""

import copy
import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

CLASS = Path(__file__).parents[2] / "_build" / "class" / "linear"
#: The cells of the exercise that hold the answers, by the name of the question.
CELLS = {"forward": "linear-07", "gradients": "linear-17", "layer": "linear-27"}
WORDS = ("picture", "rate")


@dataclass
class Odd:
    """What one student handed in, and what must come of it."""

    student: str
    files: dict  # path: bytes
    marks: float | None  # of 10; None: there is nothing to mark
    says: str = ""  # a pattern, in what student or teacher reads
    flag: str | None = None  # a pattern, in what is flagged to the teacher; None: no flag
    words: dict | None = None  # question: a pattern in its answer
    needs_box: bool = False  # it would harm the machine without one


class Notebook:
    """The exercise, solved or untouched, to be changed step by step."""

    def __init__(self, solved=True, training=False):
        self.it = nbformat.read(CLASS / "student" / "linear.ipynb", as_version=4)
        if not training:  # which no odd copy is about
            self.it.cells = [cell for cell in self.it.cells if cell.id != "linear-35"]
        self.typed = [c for c in self.it.cells if c.source.startswith("_Type your answer")]
        teacher = nbformat.read(CLASS / "teacher" / "linear.ipynb", as_version=4)
        if solved:
            for cell in teacher.cells:
                if cell.id in CELLS.values():
                    lines = cell.source.splitlines(keepends=True)
                    kept = "".join(line for line in lines if "SOLUTION" not in line)
                    self.cell(cell.id).source = kept
            for name, cell in zip(WORDS, self.typed, strict=True):
                cell.source = f"My answer about the {name}."

    def cell(self, question):
        """Return a cell, by its id or the name of its question."""
        wanted = CELLS.get(question, question)
        return next(cell for cell in self.it.cells if cell.get("id") == wanted)

    def at(self, question):
        return self.it.cells.index(self.cell(question))

    def replace(self, question, *pairs):
        """Replace pieces of an answer's code."""
        cell = self.cell(question)
        for old, new in zip(pairs[::2], pairs[1::2], strict=True):
            assert old in cell.source, old
            cell.source = cell.source.replace(old, new)
        return self

    def add(self, source, after="linear-03", make=new_code_cell):
        """Put a cell after another."""
        self.it.cells.insert(self.at(after) + 1, make(source))
        return self

    def top(self, question, line):
        """Put a line above an answer, in its cell."""
        cell = self.cell(question)
        cell.source = f"{line}\n{cell.source}"
        return self

    def end(self, source):
        self.it.cells.append(new_code_cell(source))
        return self

    def json(self, change=lambda raw: raw) -> bytes:
        """Return the file, after a change of its JSON."""
        raw = json.loads(nbformat.writes(self.it))
        return json.dumps(change(raw) or raw).encode()


def zipped(**files):
    """Return a zip of files: `name_ipynb=…` is called `name.ipynb` in it."""
    packed = io.BytesIO()
    with ZipFile(packed, "w") as file:
        for name, content in files.items():
            file.writestr(name.replace("__", "/").replace("_ipynb", ".ipynb"), content)
    return packed.getvalue()


#: Without a box these would end or change what is not theirs.
NEED_BOX = {
    "kill all",
    "no folder",
    "left running",
    "forked child",
    "full disk",
    "thief",
    "no network",
}


def one(student, notebook, marks, says="", flag=None, name="linear.ipynb", **more):
    """Return an odd copy of a single file."""
    content = notebook if isinstance(notebook, bytes) else notebook.json()
    more["needs_box"] = student in NEED_BOX
    return Odd(student, {f"{student}/{name}": content}, marks, says, flag, **more)


FORWARD = "    return x @ W + b"
TOO_LARGE = "raise ValueError('x' * 10**8)"  # for a reply, which never arrives


def honest():
    """Yield right answers in unlike styles, and small accidents."""
    N = Notebook
    yield one("plain", N(), 10)
    yield one("print left over", N().replace("forward", FORWARD, f"    print(x)\n{FORWARD}"), 10)
    yield one("forward(self, input)", N().replace("layer", "forward(self, x)",
              "forward(self, input)", "self.x = x", "x = self.x = input"), 10)  # fmt: skip
    yield one("self.__x", N().replace("layer", "self.x", "self.__x"), 10)
    yield one("%%time", N().top("layer", "%%time"), 10)
    cells = [
        "%matplotlib inline\nimport matplotlib.pyplot as plt",
        "import copy, asyncio",
        "await asyncio.sleep(0)",
        "rest = (7\n    % 3\n)",
        "%load_ext autoreload\n%autoreload 2",
        "%matplotlib nosuch",
        "if __name__ == '__main__':\n    print(rest)",
        "raise SystemExit",
    ]
    harmless = N()
    for source in reversed(cells):
        harmless.add(source)
    yield one("harmless cells", harmless, 10)
    yield one("vars", N().replace("forward", FORWARD, f"    vars = x @ W\n{FORWARD}"), 10)
    yield one("a variable checks", N().add("checks = 0\nnp_ = np\nnp = 1", after="linear-33"), 10)
    yield one("import os", N().add("import os\nprint(os.getcwd())"), 10, flag="import os")
    yield one("a file", N().add("with open('n.txt', 'w') as f:\n    f.write('x')\n"
              "print(open('n.txt').read())"), 10, flag="open")  # fmt: skip
    yield one("shell", N().add("!ls"), 10, flag="!ls")
    yield one("input()", N().add("name = input('Your name? ')"), 10, "StdinNotImplemented")
    yield one("much output", N().add("for i in range(10**5):\n    print(i, i * i)"), 10)
    yield one("crash", N().add("undefined + 1"), 10, "undefined \\+ 1.*NameError")
    yield one("quit()", N().add("quit()"), 10, "quit")
    shadow = N().add("def abs(x):\n    return x\nlist = [1]\nsum = 0\nmax = min = None")
    yield one("shadowed builtins", shadow, 10)
    late = N()
    moved = late.it.cells.pop(late.at("forward"))
    late.it.cells.append(moved)
    yield one("answer at the end", late, 10)
    retyped = N()
    old = retyped.it.cells.pop(retyped.at("layer"))
    yield one("answer retyped", retyped.add(old.source, after="linear-25"), 10)
    yield one("untouched", N(solved=False), 0)
    yield one("SyntaxError", N().replace("forward", "return", "retrun"), 8,
              "SyntaxError")  # fmt: skip
    yield one("wrong", N().replace("gradients", "G.sum(axis=0)", "G.mean(axis=0)"), 7,
              "gradients.*ikely cause")  # fmt: skip
    yield one("spoilt later", N().end("weighted_sum = None"), 10)
    yield one("endless answer", N().replace("forward", FORWARD, "    while True: pass"), 8,
              "forward: .*seconds")  # fmt: skip


def damaged():
    """Yield files that Jupyter opens, or that nothing does."""

    def each(change, kind="code"):
        def all_of_them(raw):
            for cell in raw["cells"]:
                if kind in ("any", cell["cell_type"]):
                    change(cell)

        return all_of_them  # fmt: skip

    def no_ids(raw):
        raw["nbformat_minor"] = 4
        for cell in raw["cells"]:
            del cell["id"]

    def version_3(raw):
        old = nbformat.convert(nbformat.reads(json.dumps(raw), as_version=4), 3)
        return json.loads(nbformat.writes(old, 3))

    def other_kernel(raw):
        raw["metadata"]["kernelspec"] = {"name": "conda-env-ml", "display_name": "ML"}

    def heavy(cell):
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * (3 * 2**20)}]

    def strange(cell):
        cell["outputs"] = [{"output_type": "future", "value": 1, "text": None}]

    def gone(*keys):
        return lambda cell: [cell.pop(key, None) for key in keys]

    def double_ids(raw):
        for cell in raw["cells"]:
            cell["id"] = "same"

    N = Notebook
    yield one("no execution_count", N().json(each(gone("execution_count"))), 10)
    yield one("no outputs", N().json(each(gone("outputs"))), 10)
    yield one("id in 4.4", N().json(lambda raw: raw.update(nbformat_minor=4)), 10)
    yield one("no ids", N().json(no_ids), 10, words={"picture": "picture", "rate": "rate"})
    yield one("same ids", N().json(double_ids), 10, words={"picture": "picture", "rate": "rate"})
    yield one("nbformat 3", N().json(version_3), 10, words={"picture": "picture", "rate": "rate"})
    yield one("nbformat 4.9", N().json(lambda raw: raw.update(nbformat_minor=9)), 10)
    yield one("unknown outputs", N().json(each(strange)), 10)
    yield one(
        "unknown fields", N().json(each(lambda cell: cell.update(vscode={"x": 1}), "any")), 10
    )
    yield one("BOM", b"\xef\xbb\xbf" + N().json(), 10)
    yield one("CRLF", N().json(each(lambda cell: cell.update(
              source="".join(cell["source"]).replace("\n", "\r\n")), "any")), 10,
              words={"picture": "picture", "rate": "rate"})  # fmt: skip
    yield one("UTF-16", N().json().decode().encode("utf-16"), 10)
    yield one("other kernel", N().json(other_kernel), 10)
    yield one("no metadata", N().json(lambda raw: raw.update(metadata={})), 10)
    yield one("21 MB", N().json(each(heavy)), 10)
    yield one("half an emoji", N().add("face = '\ud83d'").json(), 10)
    yield one("unknown cell", N().json(lambda raw: raw["cells"].append(
              {"cell_type": "sql", "metadata": {}, "source": "x"})), 10)  # fmt: skip
    yield one("cut off", N().json()[:5000], None, "not a notebook")
    yield one("empty file", b"", None, "not a notebook")
    yield one("text", b"hello", None, "not a notebook")
    yield one("braces", b"{}", None, "not a notebook")
    yield one("list", b"[1, 2]", None, "not a notebook")
    yield one("html", b"<!DOCTYPE html><p>Sign in</p>", None, "not a notebook")
    yield one("no cells", N().json(lambda raw: raw.update(cells=[])), 0, "Nothing of this name")


def hostile():
    """Yield cells that loop, stop the kernel, or tamper with the checks."""
    N, bare = Notebook, Notebook(solved=False).it

    def cheat(student, source, flag, marks=0, says="", after="linear-03"):
        notebook = Notebook()
        notebook.it = copy.deepcopy(bare)
        return one(student, notebook.add(source, after=after), marks, says, flag)

    yield one("print loop", N().add("while True: print('again')"), 10, "again.*seconds")
    yield one("stubborn", N().add("while True:\n    try:\n        while True: pass\n"
              "    except BaseException: pass"), 10, "while True.*seconds")  # fmt: skip
    yield one("KeyboardInterrupt", N().replace("forward", FORWARD,
              "    raise KeyboardInterrupt"), 8, "forward: .*KeyboardInterrupt")  # fmt: skip
    yield one("sys.exit()", N().replace("forward", FORWARD, "    import sys; sys.exit()"), 8,
              "forward: .*SystemExit")  # fmt: skip
    yield one("os._exit(0)", N().replace("gradients", "    return", "    import os; os._exit(0)\n"
              "    return"), 7, "gradients: .*ended", flag="os")  # fmt: skip
    yield one("os._exit cell", N().add("import os; os._exit(0)"), 10,
              "os._exit.*ended", flag="os")  # fmt: skip
    yield one("kill all", N().add("import os; os.kill(-1, 9)"), 10,
              "os.kill.*(ended|ProcessLookupError)", flag="os")  # fmt: skip
    yield one("segfault", N().add("import ctypes; ctypes.string_at(0)"), 10,
              "ctypes.*ended", flag="ctypes")  # fmt: skip
    yield one("memory", N().add("big = []\nwhile True:\n    big.append(np.empty(10**7))"), 10,
              "used up the memory")  # fmt: skip
    yield one("memory, and late", N().add("big = []\ntry:\n    while True:\n        big.append("
              "np.empty(10**7))\nexcept MemoryError:\n    while True:\n        pass"), 10,
              "used up the memory")  # fmt: skip
    yield one("big error", N().add(TOO_LARGE), 10, "ValueError.*was stopped after")
    yield one("no folder", N().add("import shutil, os\nshutil.rmtree(os.getcwd(), True)"), 10,
              flag="shutil")  # fmt: skip
    yield one("left running", N().add("import subprocess\nsubprocess.Popen(['sleep', '86399'], "
              "start_new_session=True)"), 10, flag="subprocess")  # fmt: skip
    yield cheat(
        "checks patched",
        "checks.linear = lambda cls: None\nsetattr(checks, 'gradients', checks.linear)",
        "checks.linear =",
    )
    yield one("right, though patched", N().add("checks.linear = checks.gradients = None"), 10,
              flag="checks.linear")  # fmt: skip
    yield cheat("checks alias", "c = checks\nc.linear = c.gradients = c.weighted_sum = "
                "lambda cls: None", "c.linear")  # fmt: skip
    yield cheat("checks inner", "import nnlib.checks.modules as m, nnlib.checks.report as r\n"
                "r.Case.fail = lambda *a, **k: None\nm.Case.fail = lambda *a, **k: None\n"
                "r.check = m.check = lambda f: f", "r.Case.fail")  # fmt: skip
    yield cheat("CheckFailed", "checks.CheckFailed.__new__ = lambda *a: 1 / 0\n"
                "import builtins\nbuiltins.callable = lambda x: True", "CheckFailed")  # fmt: skip
    yield cheat("sys.modules", "import sys, types\nfake = types.ModuleType('nnlib.checks')\n"
                "fake.__getattr__ = lambda name: lambda *a: None\n"
                "sys.modules['nnlib.checks'] = fake\nimport nnlib\nnnlib.checks = fake",
                "sys.modules")  # fmt: skip
    yield cheat("numpy patched", "np.allclose = np.array_equal = lambda *a, **k: True\n"
                "np.isfinite = lambda x: np.array([True])", "np.allclose")  # fmt: skip
    yield cheat("transformer", "import ast\nclass Drop(ast.NodeTransformer):\n"
                "    def visit_Module(self, node):\n        node.body = []\n        return node\n"
                "get_ipython().ast_transformers.append(Drop())", "get_ipython")  # fmt: skip
    yield cheat("kernel patched", "k = get_ipython().kernel\nasync def fine(*a, **k):\n"
                "    return {'status': 'ok', 'execution_count': 1, 'user_expressions': {}, "
                "'payload': []}\ntype(k).do_execute = fine", "get_ipython")  # fmt: skip
    yield cheat("import hook", "import builtins\nreal = builtins.__import__\n"
                "class Any:\n    def __getattr__(self, name): return lambda *a, **k: None\n"
                "builtins.__import__ = lambda name, *a, **k: Any() if 'nnlib' in name else "
                "real(name, *a, **k)", "__import__")  # fmt: skip
    # It answers right if it can read the solutions or the copies of others, and writes results.
    steal = (
        "import os, re, json, pathlib\n"
        "for top, _, files in os.walk('/'):\n"
        "    if top.startswith(('/proc', '/sys', '/usr')) or 'site-packages' in top: continue\n"
        "    for name in files:\n"
        "        path = pathlib.Path(top, name)\n"
        "        if name.endswith('.ipynb') or name == 'results.json':\n"
        "            for cell in json.loads(path.read_text()).get('cells', []):\n"
        "                text = ''.join(cell['source'])\n"
        "                if 'return x @ W' in text and '# BEGIN' in text: exec(text)\n"
    )
    yield cheat("thief", steal, "os", after="linear-33")
    write = (
        "import os\nif os.fork() == 0:\n    os.setsid()\n"
        "    while True:\n        for top in ('.', '..', '/tmp'):\n"
        "            try: open(top + '/results.json', 'w').write('{\"tests\": []}')\n"
        "            except OSError: pass\n"
    )
    yield one("forked child", N().add(write), 10, flag="os")
    yield cheat("no network", "import socket\nsocket.create_connection(('1.1.1.1', 53), 2)",
                "socket", says="OSError|unreachable")  # fmt: skip
    yield one("full disk", N().add("with open('big', 'wb') as f:\n    while True: "
              "f.write(bytes(2**20))"), 10, "OSError", flag="open")  # fmt: skip
    own = N().replace("layer", N().cell("layer").source, "from nnlib import Linear")
    yield one("nnlib's own", own, 10, flag="from nnlib import Linear")
    yield one("nnlib's own, alias", N().replace("layer", N().cell("layer").source,
              "import nnlib.linear as l\nclass Linear(l.Linear):\n    pass"), 10,
              flag="l.Linear")  # fmt: skip
    storage = N().add("from nnlib import storage\nstorage.os.system('true')")
    yield one("a module through another", storage, 10, flag="storage.os")


def misnamed():
    """Yield copies under other names, twice, packed, or not at all."""
    N = Notebook
    right, wrong = N().json(), N().replace("forward", "x @ W + b", "x @ W").json()

    def named(student, *files, marks=10, says="", **more):
        return Odd(student, {f"{student}/{name}": content for name, content in files}, marks, says,
                   **more)  # fmt: skip

    yield named("(1)", ("linear (1).ipynb", right))
    yield named("capital", ("Linear.ipynb", right))
    yield named("own name", ("homework final.ipynb", right), says="homework final")
    yield named("extension", ("linear.ipynb.json", right))
    yield named("other exercise", ("softmax.ipynb", right), says="softmax.ipynb")
    yield named("zip", ("linear.zip", zipped(linear_ipynb=right, README=b"", data__x=b"")))
    yield named("zip in zip", ("all.zip", zipped(**{"linear.zip": zipped(linear_ipynb=right)})))
    yield named("broken zip", ("linear.zip", b"PK\x03\x04nonsense"), marks=None, says="linear.zip")
    yield named("deep", ("exercise 1/linear/linear.ipynb", right))
    yield named("checkpoints", ("linear.ipynb", right),
                (".ipynb_checkpoints/linear-checkpoint.ipynb", wrong))  # fmt: skip
    yield named("mac", ("linear.zip", zipped(linear_ipynb=right, __MACOSX___linear_ipynb=b"x")))
    yield named("twice", ("linear.ipynb", wrong), ("linear (1).ipynb", right),
                says="linear \\(1\\)")  # fmt: skip
    yield named("twice the same", ("linear.ipynb", right), ("linear (1).ipynb", right))
    yield named("pdf", ("linear.pdf", b"%PDF"), marks=None, says="linear.pdf")
    yield named("holiday", ("linear.ipynb", right), ("holiday.txt", b""), says="holiday.txt")
    chapter = CLASS.parents[2] / "book" / "linear.ipynb"
    yield named("the chapter", ("linear.ipynb", chapter.read_bytes()), marks=5,
                says="none of the exercise's texts", flag="Linear, MSELoss, Optim")  # fmt: skip
    moodle = "Ada Lovelace_1234567_assignsubmission_file_"
    yield Odd("Ada Lovelace", {f"{moodle}/linear.ipynb": right}, 10)
    yield Odd("Böhm, Ben", {"Böhm, Ben_1234568_assignsubmission_file_linear.ipynb": right}, 10)
    yield Odd("lovelaceada", {"lovelaceada_LATE_1201_99123_linear-1.ipynb": right}, 10)
    yield Odd("lovelacebob", {"lovelacebob_1202_99124_linear.zip": zipped(linear_ipynb=right)}, 10)
    yield Odd("curie", {"curie.ipynb": right}, 10)


def worded():
    """Yield answers in words that are not where they were."""

    def words(student, change, **answers):
        notebook = Notebook()
        picture, rate = (notebook.it.cells.index(cell) for cell in notebook.typed)
        change(notebook.it.cells, picture, rate)
        return one(student, notebook, 10, words=answers)

    def deleted(cells, picture, rate):
        del cells[picture]

    def split(cells, picture, rate):
        cells[picture].source = "First half."
        cells.insert(picture + 1, new_markdown_cell("Second half."))

    def retyped(cells, picture, rate):
        cells[picture] = new_markdown_cell("Typed anew.")

    def as_code(cells, picture, rate):
        cells[picture] = new_code_cell("# in a code cell")

    def raw(cells, picture, rate):
        cells[rate] = new_raw_cell("in a raw cell")

    def above(cells, picture, rate):
        cells[rate - 1].source += "\n\nWritten below the question."
        del cells[rate]

    def swapped(cells, picture, rate):
        cells[picture], cells[rate] = cells[rate], cells[picture]

    yield words("words deleted", deleted, picture="no answer", rate="about the rate")
    yield words("words split", split, picture="(?s)First.*Second", rate="about the rate")
    yield words("words retyped", retyped, picture="anew", rate="about the rate")
    yield words("words as code", as_code, picture="in a code cell", rate="about the rate")
    yield words("words raw", raw, picture="about the picture", rate="in a raw cell")
    yield words("words in the question", above, picture="the picture", rate="below the question")
    yield words("words moved", swapped, picture="about the picture", rate="about the rate")


def all_of_them():
    """Return the whole class."""
    return [*honest(), *damaged(), *hostile(), *misnamed(), *worded()]


def write(folder, boxed):
    """Write the class into a folder, as a teacher has it; without a box, no copy that needs one.

    Return the copies.
    """
    everyone = [odd for odd in all_of_them() if boxed or not odd.needs_box]
    for odd in everyone:
        for name, content in odd.files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return everyone


if __name__ == "__main__":
    print(f"{len(write(sys.argv[1], boxed=True))} odd copies are in {sys.argv[1]}")
