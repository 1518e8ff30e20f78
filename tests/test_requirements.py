"""Every package that the project asks for is pinned, and used."""

import ast
import re
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions

import nbformat
import pytest
from helpers import ROOT, project_files
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PARSED = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT  # as in a notebook
FILES = project_files("requirements.txt")
#: Where to see that a package is used which no Python of ours imports.
TRACES = {
    "brotli": ("book/_ext/lean.py", 'flavor="woff2"'),  # fonttools packs those with it
    "check-jsonschema": ("Makefile", "/check-jsonschema"),
    "jupyter-book": ("Makefile", "/jupyter-book build"),
    "jupyterlab": ("Makefile", "/jupyter lab"),
    "jupyterlab-myst": ("Makefile", "/jupyter lab"),  # which finds it by itself
    "jupyterlite-core": ("book/_lite/build.py", '"jupyter", "lite", "build"'),
    "nbval": ("Makefile", "--nbval"),
    "pytest-xdist": ("Makefile", "--dist"),
    "ruff": ("Makefile", "/ruff check"),
    "setuptools": ("pyproject.toml", "setuptools.build_meta"),
    "soupsieve": ("Makefile", "/jupyter-book build"),  # a part of it, held back
    "sphinxcontrib-bibtex": ("_config.yml", "sphinxcontrib.bibtex"),
}


def lines(path):
    """Yield the lines of a requirements file that ask for something, without comments."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if asked := re.sub(r"(^|\s)#.*", "", line).strip():
            yield asked


def packages(path):
    return [Requirement(line) for line in lines(path) if not line.startswith("-")]


def pins(path):
    return {canonicalize_name(one.name): str(one.specifier)[2:] for one in packages(path)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_requirement_is_pinned(path):
    text = path.read_text(encoding="utf-8")
    known = pins(ROOT / "constraints.txt") if "constraints.txt" in text else {}
    for line in lines(path):
        pinned = r"-[rc] [\w./]+|-e \.+|[\w.-]+(\[[\w,]+\])?==[\w.]+"
        if canonicalize_name(line) not in known:
            assert re.fullmatch(pinned, line), f"write NAME==VERSION, not {line!r}"


def test_what_the_requirements_bring_along_is_pinned_too():
    pinned, seen = pins(ROOT / "constraints.txt"), {}
    wanted = packages(ROOT / "requirements.txt")
    while wanted:
        need = wanted.pop()
        key = (canonicalize_name(need.name), *sorted(need.extras))
        if key in seen:
            continue
        try:
            found = distribution(need.name)
        except PackageNotFoundError:  # for another Python or another system
            continue
        seen[key] = found.version
        for one in map(Requirement, found.requires or ()):
            extras = [{"extra": extra} for extra in ("", *need.extras)]
            if not one.marker or any(map(one.marker.evaluate, extras)):
                wanted.append(one)
    loose = {name: version for (name, *_), version in seen.items() if pinned.get(name) != version}
    assert loose == {}, "run `make constraints`"


# --- Used ----------------------------------------------------------------------------------------


def sources():
    """Yield the Python of the project: files, and the code cells of notebooks."""
    for path in project_files("*.py"):
        yield path.read_text(encoding="utf-8")
    for path in project_files("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                yield re.sub(r"^(\s*)[!%].*", r"\1pass", cell.source, flags=re.MULTILINE)


def imported():
    """Return the names of all modules that the project imports, with those they are part of."""
    found = set()
    for source in sources():
        for node in ast.walk(compile(source, "a cell", "exec", PARSED)):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name[:at] for name in found for at in (m.start() for m in re.finditer(r"\.|$", name))}


def test_every_requirement_is_used():
    modules, origins, unused = imported(), packages_distributions(), set()
    for one in packages(ROOT / "requirements.txt"):
        name = canonicalize_name(one.name)
        brings = [key for key, names in origins.items() if name in map(canonicalize_name, names)]
        if name in TRACES:
            file, text = TRACES[name]
            used = text in (ROOT / file).read_text(encoding="utf-8")
        else:
            used = not modules.isdisjoint(brings)
        if not used:
            unused.add(name)
    assert not unused, "nothing imports it: take it out, or say in TRACES where it is used"


def test_every_trace_is_of_a_requirement():
    asked = {canonicalize_name(one.name) for one in packages(ROOT / "requirements.txt")}
    assert TRACES.keys() <= asked
