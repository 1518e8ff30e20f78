"""The words of the book keep up with its code: what they name is there, and what is there is named.

A name in the text is what stands between backquotes: a class, a function, an option, a file, a
command. Numbers and verdicts are compared in test_notebooks.py.
"""

import ast
import builtins
import csv
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
import textwrap
from functools import cache
from importlib.metadata import distributions
from importlib.util import find_spec
from keyword import kwlist
from pathlib import Path

import nbformat
import numpy as np
import pytest
import yaml
from helpers import ROOT, project_files
from markdown_it import MarkdownIt
from mdit_py_plugins.front_matter import front_matter_plugin
from mdit_py_plugins.myst_role import myst_role_plugin
from sphinx.util.inventory import InventoryFile

import nnlib
from nnlib.experiments.__main__ import parser as zoo_parser

MAKEFILE = ROOT / "Makefile"
BOOK, SITE = ROOT / "book", ROOT / "_build" / "html"
NOTEBOOKS = sorted([*BOOK.glob("*.ipynb"), *BOOK.glob("exercises/*.ipynb")])
TEXTS = [path for path in project_files("*.md") if path.name != "CHANGELOG.md"]  # tells of the past

MARKDOWN = MarkdownIt().enable("table").use(front_matter_plugin).use(myst_role_plugin)
WORD = re.compile(r"[^\W\d]\w*")
COMMAND = re.compile(r"(make|python|pip|apt|git|otter|gzip|zcat) \S")
FILE = re.compile(
    r"[\w.…*/-]*(/|\w/[\w.…*-]+|[\w*…]\.(cff|csv|ipynb|json|md|mjs|npz|py|toml|txt|yml))"
)

#: What the text names and explains, and no code of ours has.
OUTSIDE = {
    "dataset",
    "fashion",
    "chromium",
    "libatomic1",
    "epubcheck",
    "condition",
    "null",
    "cdn",
    "jsdelivr",
    "net",
}
#: A section that test_validation.py runs line by line.
RUN = re.compile(r"^## What it says to bad input$.*?(?=^## )", re.DOTALL | re.MULTILINE)
#: Files that commands make, and that are handed out.
MADE = {
    "README.txt",
    "marks.csv",
    "words.md",
    "collected.csv",
    "statistics.html",
    "similar.html",
    "anonymous.csv",
    ".github/workflows/points.yml",
}


# --- What there is -------------------------------------------------------------------------------


def defined(source):
    """Yield all names that a piece of Python gives to something, and the words of short texts."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg | ast.keyword):
            yield node.arg or ""
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield getattr(node, "id", None) or node.attr
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).split(".")[-1]
        elif isinstance(node, ast.Constant) and len(str(node.value)) < 40:
            yield from WORD.findall(str(node.value))  # an option such as "mean"


@cache
def vocabulary():
    """Return every word that code or a table of the project gives a meaning to."""
    words = {*OUTSIDE, *kwlist, *dir(builtins), *dir(dict)}
    words |= {*dir(np), *dir(np.ndarray), *dir(np.random)}
    words |= {one.metadata["Name"].lower().replace("-", "_") for one in distributions()}
    for path in project_files("*.py"):
        if path.relative_to(ROOT).parts[0] not in ("tests", "benchmarks"):
            words |= {*defined(path.read_text(encoding="utf-8")), path.stem, path.parent.name}
    words |= set(WORD.findall(MAKEFILE.read_text(encoding="utf-8")))
    for path in project_files("*.csv"):
        with path.open(encoding="utf-8") as file:
            cells = {cell for row in csv.reader(file) for cell in row}
        texts = {cell for cell in cells if not cell[:1].isdigit() and len(cell) < 40}
        words |= {word for text in texts for word in WORD.findall(text)}
    return words


def measured():
    """Return the names of what the chapter about speed compares: other libraries have theirs."""
    paths = (ROOT / "benchmarks").glob("*.py")
    return {word for path in paths for word in defined(path.read_text(encoding="utf-8"))}


def said_by_cells(notebook):
    """Return the words that the cells of a notebook give a meaning to."""
    words = set()
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.id != "setup":
            words |= set(defined(re.sub(r"^\s*[!%].*", "", cell.source, flags=re.MULTILINE)))
    return words


@cache
def modules():
    found = pkgutil.walk_packages(nnlib.__path__, "nnlib.")
    names = [one.name for one in found if "._" not in one.name]
    return {name: importlib.import_module(name) for name in names}


@cache
def objects():
    """Return the public functions and classes of nnlib, by their module and name."""
    return {
        f"{name}.{key}": value
        for name, module in modules().items()
        for key, value in vars(module).items()
        if not key.startswith("_") and getattr(value, "__module__", "") == name
        if inspect.isfunction(value) or inspect.isclass(value)
    }


@cache
def heads():
    """Return what a dotted name in the text may begin with, and what that is."""
    classes = {name: value for name, value in objects().items() if inspect.isclass(value)}
    named = {name.rpartition(".")[2]: value for name, value in (modules() | classes).items()}
    return named | {"nnlib": nnlib, "np": np}


@cache
def attributes(cls):
    """Return what instances of a class have: what the class has, and what its methods set."""
    found = set(dir(cls))
    for base in cls.__mro__:
        if base.__module__.startswith("nnlib"):
            found |= {
                *defined(textwrap.dedent(inspect.getsource(base))),
                *inspect.get_annotations(base),
            }
    return found


@cache
def files():
    names = {path.relative_to(ROOT).as_posix() for path in project_files()}
    return names | {str(parent) for name in names for parent in Path(name).parents}


# --- What is named -------------------------------------------------------------------------------


def missing(text, own=frozenset()):
    """Yield a sentence for each name in a text that nothing has. `own` are names of its cells."""
    tokens = MARKDOWN.parse(text)
    for block in tokens:
        if block.type == "fence" and block.info == "":
            for line in block.content.splitlines():
                yield from missing_in_command(line.partition("#")[0].strip())
    for part in (child for token in tokens for child in token.children or ()):
        if part.type == "code_inline":  # a role such as {doc}`…` is Sphinx's to check
            yield from missing_in_span(part.content, own)


def missing_in_span(span, own):
    if COMMAND.match(span) or span.startswith(".venv"):
        return missing_in_command(span)
    if span.startswith("# "):  # a line that notebooks have
        known = any(span in path.read_text(encoding="utf-8") for path in NOTEBOOKS)
        return [] if known else [f"nowhere: {span!r}"]
    if span in files() or (FILE.fullmatch(span) and not re.fullmatch(r"\.\w+", span)):
        return missing_file(span)
    return [*missing_dotted(span, own), *missing_options(span), *missing_words(span, own)]


def missing_in_command(line):
    if target := re.match(r"make ([a-z-]+)", line):
        makefile = MAKEFILE.read_text(encoding="utf-8")
        if target[1] not in re.findall(r"^([a-z-]+):", makefile, re.MULTILINE):
            yield f"make has no target {target[1]}: {line!r}"
    if module := re.search(r"python3? -m (nnlib[\w.]*)(?: ([a-z]+))?", line):
        if not find_spec(module[1]):
            yield f"there is no module {module[1]}: {line!r}"
        of_experiments = module[1] == "nnlib.experiments" and module[2]
        if of_experiments and module[2] not in zoo_parser().format_help().split():
            yield f"nnlib.experiments has no command {module[2]}: {line!r}"
    for file in re.findall(r"(?<=[ /])(?:book|tests|nnlib|data|benchmarks)/[\w./-]+", line):
        yield from missing_file(file)


def missing_file(name):
    if name.startswith((".venv", "_build", "grades/")) or name in MADE:
        return
    pattern = re.escape(name.strip("/")).replace("NAME", "…").replace(r"\*", "…").replace("…", ".*")
    if not any(re.search(rf"(^|/){pattern}$", path) for path in files()):
        yield f"there is no file {name!r}"


def missing_dotted(span, own):
    for dotted in re.findall(r"(?<![\w.])[^\W\d]\w*(?:\.[^\W\d]\w*)+", span):
        head, *rest = dotted.split(".")
        if head not in own and head in heads() and not has(heads()[head], rest):
            yield f"there is no {dotted}: {span!r}"


def missing_options(span):
    """Yield a sentence for each keyword that the class which is called does not take."""
    for call in re.finditer(r"(?<![\w.])(\w+)\(([^()]*)\)", span):
        if inspect.isclass(called := heads().get(call[1])):
            for keyword in re.findall(r"(\w+)=", call[2]):
                if keyword not in inspect.signature(called).parameters:
                    yield f"{call[1]} takes no {keyword}: {span!r}"


def missing_words(span, own):
    for word in WORD.findall(span):
        if len(word) > 2 and word not in own and word not in vocabulary():
            yield f"no code has a {word}: {span!r}"


def has(thing, names):
    """Whether a thing has an attribute, that one the next, and so on."""
    for name in names:
        if name not in (attributes(thing) if inspect.isclass(thing) else dir(thing)):
            return False
        thing = getattr(thing, name, None)
        if thing is None:  # methods set it: what it has in turn is not known here
            return True
    return True


@pytest.mark.parametrize("path", [*TEXTS, *NOTEBOOKS], ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_text_names_is_there(path):
    if path.suffix == ".md":
        texts, own = [RUN.sub("", path.read_text(encoding="utf-8"))], frozenset()
    else:
        notebook = nbformat.read(path, as_version=4)
        texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
        own = said_by_cells(notebook) | (measured() if path.stem == "fast" else set())
    if faults := sorted({fault for text in texts for fault in missing(text, own)}):
        pytest.fail("\n".join(faults), pytrace=False)


def test_each_command_that_a_text_names_is_one_that_make_commands_runs():
    told = "import commands; print(*commands.unlisted(), sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", told], cwd=ROOT / "tests" / "deep", capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "", "add them to STEPS of tests/deep/commands.py"


@pytest.mark.parametrize(
    "text",
    [
        "the class `Liner`",
        "`Linear(3, 2, initial=1)`",
        "`Optim.advance`",
        "`nnlib._storage.dump`",
        "`module.no_such_method()`",
        "`make everything`",
        "```\nmake everything\n```",
        "`python -m nnlib.experiments fly`",
        "`python -m nnlib.farm`",
        "`.venv/bin/python book/redo.py`",
        "`nnlib/layers.py`",
        "`data/results/nothing.csv`",
        "`mae-…npz`",
        "`tests/unit/`",
        "| a |\n| - |\n| `nothing_of_the_kind` |",
        "`# BEGIN NOTHING`",
    ],
)
def test_what_is_not_there_is_noticed(text):
    assert list(missing(text))


def test_the_example_of_the_readme_runs():
    readme = MARKDOWN.parse((ROOT / "README.md").read_text(encoding="utf-8"))
    (example,) = (token.content for token in readme if token.info == "python")
    exec(example, {})


# --- What is there is named ----------------------------------------------------------------------


def test_every_page_is_in_the_table_of_contents_and_every_exercise_on_its_page():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    pages = [page for part in toc["parts"] for page in part["chapters"]]
    pages += [section for page in pages for section in page.get("sections", ())]
    files = [*BOOK.glob("*.md"), *BOOK.glob("*.ipynb"), *BOOK.glob("exercises/*.ipynb")]
    names = [path.relative_to(ROOT).with_suffix("").as_posix() for path in files]
    assert sorted([toc["root"], *(page["file"] for page in pages)]) == sorted(names)
    links = re.findall(r"path=exercises/(\w+)\.ipynb", (BOOK / "exercises.md").read_text("utf-8"))
    assert sorted(links) == sorted(path.stem for path in BOOK.glob("exercises/*.ipynb"))


@pytest.mark.skipif(not SITE.is_dir(), reason="the book is not built; run `make book`")
def test_every_public_name_is_in_the_reference():
    with (SITE / "objects.inv").open("rb") as file:
        inventory = InventoryFile.load(file, "", lambda base, name: name)
    told = {
        name for kind in ("py:class", "py:function", "py:exception") for name in inventory[kind]
    }
    named = [pkgutil.resolve_name(name) for name in told if name.startswith("nnlib.")]
    forgotten = [
        name
        for name, value in objects().items()
        if "__main__" not in name and not any(value is one for one in named)
    ]
    assert sorted(forgotten) == []
