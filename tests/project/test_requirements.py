"""Every package asked for is pinned. That each is used, deptry says (`make style`)."""

import re
from importlib.metadata import PackageNotFoundError, distribution

import pytest
from helpers import ROOT, project_files
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

FILES = project_files("requirements.txt")


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


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_folder_is_named_from_where_make_runs_and_a_file_from_its_own(path):
    for line in lines(path):
        if line.startswith("-e"):
            assert (ROOT / line.split()[1] / "pyproject.toml").is_file(), line
        elif line.startswith("-"):
            assert (path.parent / line.split()[1]).is_file(), line


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
