import ast
import importlib.util
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import nnlib
from nnlib.__main__ import COMMANDS, MODULES

ROOT = Path(nnlib.__file__).parent
FLOORS = {
    "values": 0,
    "module": 0,
    "linear": 1,
    "activations": 1,
    "losses": 1,
    "sequential": 2,
    "storage": 2,
    "fast": 2,
    "autoencoder": 3,
    "optim": 3,
    "mnist": 4,
    "corruption": 4,
    "zoo": 5,
    "plots": 6,
    "widgets": 6,
    "checks": 6,
}
BESIDE = {("module", "values"), ("sequential", "storage"), ("fast", "sequential")}
ENTRANCES = {ROOT / "__init__.py", ROOT / "__main__.py"}
ROOMS = sorted(set(ROOT.rglob("*.py")) - ENTRANCES)


def room_of(path):
    return path.relative_to(ROOT).with_suffix("").parts[0]


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


# The floors
LOWER_FLOORS = [path for path in ROOMS if FLOORS.get(room_of(path), 9) <= 4]


@pytest.mark.parametrize("path", ROOMS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_floor_imports_only_from_floors_below(path):
    room = room_of(path)
    assert room in FLOORS, f"{room} has no floor yet: add it to the design and to FLOORS"
    for name in imports(path):
        if not name.startswith("nnlib."):
            continue
        other = name.split(".")[1]
        assert other in FLOORS, f"{room} imports {name}: import the room, not the whole house"
        if other == room or (room, other) in BESIDE:
            continue
        if FLOORS[room] == FLOORS[other] == 6:
            continue  # the figures, widgets and checks may use each other
        assert FLOORS[other] < FLOORS[room], f"{room} imports {other}, which is not below it"


@pytest.mark.parametrize("path", LOWER_FLOORS, ids=lambda path: path.stem)
def test_the_lower_floors_need_numpy_and_nothing_more(path):
    known = {"nnlib", "numpy", *sys.stdlib_module_names}
    assert {name.split(".")[0] for name in imports(path, only_at_the_top=True)} <= known
    # Further down, only what speeds a training up or shows how far it is.
    assert {name.split(".")[0] for name in imports(path)} <= known | {"scipy", "tqdm"}


def test_nothing_at_the_bottom_can_run_code_from_a_file():
    for path in LOWER_FLOORS:
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
import nnlib, nnlib.checks, nnlib.corruption, nnlib.mnist
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
    assert nnlib.__all__ == sorted(set(nnlib.__all__))
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


# python -m nnlib


def test_python_m_nnlib_prints_what_there_is():
    page = python(None, "-m", "nnlib")
    assert nnlib.__version__ in page
    for name in set(nnlib.__all__) - {"Sequentiel", "Sigmoide"}:
        assert f"  {name} " in page
    for name in [*MODULES, *COMMANDS]:
        assert name in page
    assert str(ROOT.parent / "data") in page or "NNLIB_DATA" in page


def test_python_m_nnlib_says_when_there_are_no_data(tmp_path, monkeypatch):
    monkeypatch.setenv("NNLIB_DATA", str(tmp_path / "nowhere"))
    assert "(not there: set NNLIB_DATA)" in python(None, "-m", "nnlib")


def test_what_python_m_nnlib_names_is_there():
    for name in MODULES:
        assert importlib.util.find_spec(name), name
    for command in COMMANDS:
        assert importlib.util.find_spec(command.split()[2]), command
