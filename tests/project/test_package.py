import ast
import importlib.util
import inspect
import pkgutil
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from helpers import TO_READ

import nnlib
from nnlib.__main__ import COMMANDS, MODULES

ROOT = Path(nnlib.__file__).parent
ENTRANCES = {ROOT / "__init__.py", ROOT / "__main__.py"}
ROOMS = sorted(set(ROOT.rglob("*.py")) - ENTRANCES)


def imports(path, *, only_at_the_top=False):
    """Return the names that a file imports, as `nnlib.linear` or `numpy`."""
    tree, found = ast.parse(path.read_text(encoding="utf-8")), []
    for node in tree.body if only_at_the_top else ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively; write `from nnlib.…`"
            if node.module == "nnlib":  # `from nnlib import storage`
                found += [f"nnlib.{alias.name}" for alias in node.names]
            else:
                found.append(node.module)
    return found


def python(code, *more):
    """Return what a new Python prints, to both streams."""
    result = subprocess.run(
        [sys.executable, "-X", "utf8", *(["-c", code] if code else []), *more],
        cwd=ROOT.parent,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return result.stdout + result.stderr


# The layers themselves are held by import-linter: see pyproject.toml.
CORE = [path for path in ROOMS if path.parent == ROOT and path.stem != "plots"]
CORE += (ROOT / "datasets").glob("*.py")


@pytest.mark.parametrize("path", CORE, ids=lambda path: path.stem)
def test_the_core_needs_numpy_and_nothing_more(path):
    known = {"nnlib", "numpy", *sys.stdlib_module_names}
    assert {name.split(".")[0] for name in imports(path, only_at_the_top=True)} <= known
    # Further down, only what makes it faster or shows how far it is.
    more = {"scipy", "threadpoolctl", "tqdm"}
    assert {name.split(".")[0] for name in imports(path)} <= known | more


def test_nothing_in_the_core_can_run_code_from_a_file():
    for path in CORE:
        assert not {"pickle", "marshal", "shelve", "runpy"} & set(imports(path))


# What importing costs


def test_import_nnlib_loads_numpy_and_no_other_package():
    code = """
import sys, numpy
before = set(sys.modules)
import nnlib
new = {name.split(".")[0] for name in set(sys.modules) - before}
print(*sorted(new - {"nnlib", "numpy"} - set(sys.stdlib_module_names)), sep="")
"""
    assert python(code).strip() == ""


def test_importing_and_using_nnlib_prints_nothing():
    code = """
import numpy as np
import nnlib
x = np.linspace(0, 1, 20).reshape(5, 4)
network = nnlib.AutoEncoder(4, 2, 1, rng=0)
nnlib.Optim(network, nnlib.MSELoss(), 0.1).SGD(x, x, 2, 2, rng=0)
nnlib.corruption.add_noise(x, 0.5, rng=0)
nnlib.checks.gradient_check(nnlib.Softmax(), x)
"""
    assert python(code) == ""


def test_the_extra_for_the_notebooks_has_all_that_the_others_have():
    extras = tomllib.loads((ROOT.parent / "pyproject.toml").read_text(encoding="utf-8"))
    extras = extras["project"]["optional-dependencies"]
    book = set(extras.pop("book"))
    assert book == {"ipywidgets>=8.1"}.union(*extras.values())


# The names


def test_all_names_are_there():
    assert len(nnlib.__all__) == len(set(nnlib.__all__))  # ruff sorts them
    assert all(hasattr(nnlib, name) for name in nnlib.__all__)


def test_the_french_names_of_the_report_are_the_same_objects():
    assert nnlib.Sequentiel is nnlib.Sequential
    assert nnlib.Sigmoide is nnlib.Sigmoid


def test_all_names_say_what_they_are():
    for name in nnlib.__all__:
        first_line = getattr(nnlib, name).__doc__.splitlines()[0]
        assert first_line.endswith("."), name


def test_the_version_is_told_alike_everywhere():
    pyproject = tomllib.loads((ROOT.parent / "pyproject.toml").read_text(encoding="utf-8"))
    citation = yaml.safe_load((ROOT.parent / "CITATION.cff").read_text(encoding="utf-8"))
    changes = (ROOT.parent / "CHANGELOG.md").read_text(encoding="utf-8")
    readme = (ROOT.parent / "README.md").read_text(encoding="utf-8")
    assert pyproject["project"]["version"] == citation["version"] == nnlib.__version__
    assert f"## {nnlib.__version__} ({citation['date-released']})" in changes
    assert f"version {nnlib.__version__}, {citation['date-released'][:4]}" in readme


REFERENCE = [ROOT.parent / "book" / f"{name}.md" for name in ("reference", "reference_experiments")]


def public_objects():
    """Return the functions and classes that a public module of nnlib makes, by dotted name."""
    modules = [one.name for one in pkgutil.walk_packages(nnlib.__path__, "nnlib.")]
    return {
        f"{module}.{name}": value
        for module in modules
        if "._" not in module and "__main__" not in module
        for name, value in vars(importlib.import_module(module)).items()
        if not name.startswith("_") and getattr(value, "__module__", "") == module
        if inspect.isfunction(value) or inspect.isclass(value)
    }


def in_the_reference():
    """Return the objects that the pages of the reference show."""
    directive = r"^\.\. auto(\w+):: ([\w.]+).*\n((?:   :.*\n)*)"
    shown = []
    for page in REFERENCE:
        for kind, name, options in re.findall(directive, page.read_text("utf-8"), re.MULTILINE):
            thing = pkgutil.resolve_name(name)
            shown.append(thing)
            if kind == "module" and ":members:" in options:
                members = [getattr(thing, key) for key in getattr(thing, "__all__", vars(thing))]
                own = [one for one in members if getattr(one, "__module__", "") == name]
                shown += members if "imported-members" in options else own
    return shown


def test_every_public_name_is_in_the_reference():
    shown = in_the_reference()
    forgotten = [
        name for name, value in public_objects().items() if not any(value is one for one in shown)
    ]
    pages = " or ".join(page.name for page in REFERENCE)
    assert not forgotten, f"show them in book/{pages}, as .. autoclass:: or .. autofunction::"


# python -m nnlib


def test_python_m_nnlib_prints_what_there_is(monkeypatch, tmp_path):
    monkeypatch.delenv("NNLIB_DATA", raising=False)
    page = python(None, "-m", "nnlib")
    assert str(ROOT.parent / "data") in page
    monkeypatch.setenv("NNLIB_DATA", str(tmp_path))
    assert str(tmp_path) in python(None, "-m", "nnlib")
    assert nnlib.__version__ in page
    others = {"Sequentiel", "Sigmoide", "Tanh", "BCELoss", "CrossEntropyLoss"}
    for name in set(nnlib.__all__) - others:
        assert f"  {name} " in page
    for name in [*MODULES, *COMMANDS]:
        assert name in page


def test_python_m_nnlib_says_when_there_are_no_data(tmp_path, monkeypatch):
    monkeypatch.setenv("NNLIB_DATA", str(tmp_path / "nowhere"))
    assert "(not there: set NNLIB_DATA)" in python(None, "-m", "nnlib")


def test_every_data_set_is_named_by_python_m_nnlib():
    for name in nnlib.DATASETS - {"idx", "paths", "split"}:  # which data sets use
        assert f"nnlib.{name}" in MODULES, f"nnlib/__main__.py: what is nnlib.{name}?"
        assert getattr(nnlib, name).__name__ == f"nnlib.datasets.{name}"


def test_what_python_m_nnlib_names_is_there():
    for name in MODULES:
        assert pkgutil.resolve_name(name), name
    for command in COMMANDS:
        assert importlib.util.find_spec(command.split()[2]), command


# The library to read


def code_lines(path):
    """Return how many lines of a file are code: no blanks, comments or docstrings."""
    source = path.read_text(encoding="utf-8")
    texts = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            texts |= set(range(node.lineno, node.end_lineno + 1))
    lines = enumerate(source.splitlines(), start=1)
    return sum(
        bool(line.strip()) and not line.lstrip().startswith("#") and number not in texts
        for number, line in lines
    )


CODE, LINES = 700, 1150  # at most


def test_the_library_to_read_can_be_read_in_one_sitting():
    files = [ROOT / f"{name}.py" for name in TO_READ]
    code = sum(map(code_lines, files))
    lines = sum(len(file.read_text(encoding="utf-8").splitlines()) for file in files)
    assert code <= CODE and lines <= LINES, (  # noqa: PT018
        f"{', '.join(TO_READ)} have {code} lines of code (at most {CODE}) in {lines} (at most "
        f"{LINES}): move what no beginner needs into a file whose name begins with an underscore"
    )
