"""JupyterLite under the book: each chapter opens there, and finds all it needs but Pyodide.

Python itself (Pyodide) comes from its own address, so what runs inside it is not tested here: that
its parts are all there, and that nobody else is asked for anything, is.
"""

import ast
import json
import re
import runpy
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest
from jupyterlite_pyodide_kernel.constants import PYODIDE_VERSION
from packaging.requirements import Requirement
from playwright.sync_api import expect

ROOT = Path(__file__).parents[2]
LITE = ROOT / "_build" / "html" / "lite"
NOTEBOOKS = sorted(path.name for path in ROOT.glob("book/*.ipynb"))
EXERCISES = sorted(path.name for path in ROOT.glob("book/exercises/*.ipynb"))

#: What the notebooks use of Pyodide 314.0.6, as its pyodide-lock.json has it.
PYODIDE = {
    "numpy": "2.4.6",
    "matplotlib": "3.10.8",
    "scipy": "1.18.0",
    "scikit-image": "0.25.2",
    "joblib": "1.5.3",
    "threadpoolctl": "3.6.0",
    "tqdm": "4.67.3",
    "ipython": "9.12.0",
    "traitlets": "5.14.3",
    "typing-extensions": "4.15.0",
}
CDN = f"https://cdn.jsdelivr.net/pyodide/v{PYODIDE_VERSION}/full/"

pytestmark = pytest.mark.skipif(not LITE.is_dir(), reason="it is not built; run `make book`")


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def unmarked(content):
    """A notebook as data, without the mark of its edition; other files as they are."""
    try:
        notebook = json.loads(content)
    except ValueError:
        return content
    notebook.get("metadata", {}).pop("nnlib", None)
    return notebook


def wheels():
    """The wheels of the site, by the names that pip knows them by, and what each one needs."""
    found = {}
    for path in LITE.rglob("*.whl"):
        with zipfile.ZipFile(path) as wheel:
            (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
            about = message_from_bytes(wheel.read(name))
        name = re.sub(r"[-_.]+", "-", about["Name"]).lower()
        needs = [Requirement(one) for one in about.get_all("Requires-Dist", [])]
        found.setdefault(name, []).append((about["Version"], needs))
    return found


#: Of the data, what JupyterLite does not have: 30 MB that one figure needs, and what no cell reads.
LEFT_OUT = ("fashion_mnist/", "registered/")


# --- What is there -------------------------------------------------------------------------------


def test_the_notebooks_and_their_data_are_those_of_the_book():
    assert sorted(files(LITE / "files" / "book")) == NOTEBOOKS
    for folder in ("book", "data"):
        for name, content in files(LITE / "files" / folder).items():
            expected = (ROOT / folder / name).read_bytes()
            assert unmarked(content) == unmarked(expected), name
    exercises = files(LITE / "files" / "exercises")
    assert sorted(exercises) == EXERCISES
    for name, content in exercises.items():
        student = ROOT / "_build" / "class" / name.removesuffix(".ipynb") / "student" / name
        assert unmarked(content) == unmarked(student.read_bytes()), name
    ours = {name for name in files(ROOT / "data") if not name.startswith(LEFT_OUT)}
    assert files(LITE / "files" / "data").keys() == ours


def test_the_wheel_of_nnlib_is_the_library():
    (path,) = LITE.glob("pypi/nnlib-*.whl")
    with zipfile.ZipFile(path) as wheel:
        packed = {name: wheel.read(name) for name in wheel.namelist() if ".dist-info/" not in name}
    ours = {f"nnlib/{name}": content for name, content in files(ROOT / "nnlib").items()}
    assert packed == {name: ours[name] for name in ours if "__pycache__" not in name}


def test_every_package_that_the_notebooks_need_is_there_or_comes_with_pyodide():
    assert PYODIDE_VERSION == "314.0.6", "read the versions in its pyodide-lock.json anew"
    site, wanted, seen = wheels(), [Requirement("nnlib[book]")], set()
    while wanted:
        need = wanted.pop()
        name = re.sub(r"[-_.]+", "-", need.name).lower()
        versions = [version for version, _ in site.get(name, ())] or [PYODIDE.get(name)]
        assert any(version and need.specifier.contains(version) for version in versions), need
        if (name, *need.extras) not in seen:
            seen.add((name, *need.extras))
            for _, needs in site.get(name, ()):
                wanted += [one for one in needs if applies(one, need.extras)]


def applies(need, extras):
    """Whether a requirement counts in the browser, for one who asks for these extras."""
    browser = {"sys_platform": "emscripten", "python_version": "3.14"}
    return not need.marker or any(
        need.marker.evaluate({**browser, "extra": extra}) for extra in ("", *extras)
    )


def test_python_asks_no_index_of_packages():
    config = json.loads((LITE / "jupyter-lite.json").read_text(encoding="utf-8"))
    settings = config["jupyter-config-data"]["litePluginSettings"]
    kernel = settings["@jupyterlite/pyodide-kernel-extension:kernel"]
    assert kernel["disablePyPIFallback"] is True


# --- In the browser ------------------------------------------------------------------------------


#: The text of a heading itself: before it may stand a number, after it the sign of a link.
TITLE = "heading => [...heading.childNodes].find((one) => one.nodeType === 3).data"


@pytest.mark.parametrize("name", ["linear", "laboratory"])
def test_the_button_opens_its_chapter_and_asks_only_for_pyodide(chromium, address, name):
    context, others = chromium.new_context(), []

    def asked(route):
        if route.request.url.startswith((address, "data:", "blob:")):
            route.continue_()
        else:
            others.append(route.request.url)
            route.abort()

    context.route("**/*", asked)
    page = context.new_page()
    page.goto(f"{address}/book/{name}.html")
    title = page.locator("article h1").evaluate(TITLE).strip(". ")
    with context.expect_page() as opened:
        page.get_by_role("link", name="JupyterLite").click()
    notebook = opened.value
    expect(notebook.get_by_role("heading", name=title)).to_be_visible(timeout=30_000)
    expect(notebook.get_by_text("piplite.install")).to_be_visible()
    for _ in range(60):  # Python starts on its own, once it is there
        notebook.wait_for_timeout(500)
        if others:
            break
    notebook.wait_for_timeout(1000)
    assert others
    assert [one for one in others if not one.startswith(CDN)] == []
    context.close()


#: Put a notebook where JupyterLite keeps what a reader saved, as an older edition.
SAVE = """async ([path, edition]) => {
  const done = (request) => new Promise((resolve) =>
    (request.onsuccess = () => resolve(request.result)));
  const base = await done(indexedDB.open("JupyterLite Storage - /lite/"));
  const notebook = await (await fetch(`/lite/files/${path}`)).json();
  if (edition) notebook.metadata.nnlib = { edition };
  notebook.cells[0].source = "# My own work";
  const files = base.transaction("files", "readwrite").objectStore("files");
  const now = new Date().toISOString();
  await done(files.put({
    name: path.split("/").at(-1), path, type: "notebook", format: "json",
    mimetype: "application/json",
    content: notebook, created: now, last_modified: now, writable: true, size: 1,
  }, path));
  base.close();
}"""


KEPT = """async () => {
  const done = (request) => new Promise((resolve) =>
    (request.onsuccess = () => resolve(request.result)));
  const base = await done(indexedDB.open("JupyterLite Storage - /lite/"));
  const files = base.transaction("files").objectStore("files");
  const all = await done(files.getAll());
  base.close();
  return all.map(({ path, content }) => [path, content.cells[0].source]);
}"""


def test_a_hint_can_be_pressed_and_a_newer_edition_is_told_of_and_got(chromium, address):
    context, path = chromium.new_context(), "exercises/linear.ipynb"
    context.route(lambda url: not url.startswith(address), lambda route: route.abort())
    page = context.new_page()
    notice, mine = page.locator(".nnlib-edition"), page.get_by_role("heading", name="My own work")

    def visit():
        page.goto(f"{address}/lite/notebooks/index.html?path={path}")
        page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=30_000)

    visit()
    hint = page.locator("summary").first
    expect(hint).to_have_css("list-style-type", "disclosure-closed")
    opened = page.locator("details[open] p").first
    for _ in range(20):  # a cell that is drawn anew, as long as the notebook loads, is closed again
        hint.click()
        page.wait_for_timeout(500)
        if opened.is_visible():
            break
    expect(opened).to_be_visible()
    page.evaluate(SAVE, [path, None])  # of this edition
    visit()
    expect(mine).to_be_visible()
    page.wait_for_timeout(1000)
    expect(notice).to_have_count(0)
    page.evaluate(SAVE, [path, "older"])
    visit()
    expect(mine).to_be_visible()
    expect(notice).to_contain_text("newer edition")
    page.get_by_role("button", name="Get the new edition").click()
    expect(page.get_by_role("heading", name="a layer of your own")).to_be_visible(timeout=30_000)
    expect(notice).to_have_count(0)
    kept = page.evaluate(KEPT)
    assert len(kept) == 1
    assert re.fullmatch(r"exercises/linear \(my copy of [\d-]+\)\.ipynb", kept[0][0])
    assert kept[0][1] == "# My own work"
    context.close()


def test_the_edition_changes_with_the_text_and_the_code_of_a_notebook():
    exercise = runpy.run_path(str(ROOT / "book" / "_class" / "exercise.py"))
    editions = []
    for source, output in (("a\nb", 1), (["a\n", "b"], 2), ("a\nc", 2)):
        cells = [{"cell_type": "code", "source": source, "outputs": [output]}]
        notebook = {"cells": cells, "metadata": {}}
        exercise["mark"](notebook)
        editions.append(notebook["metadata"]["nnlib"]["edition"])
    assert editions[0] == editions[1] != editions[2]
    assert re.fullmatch("[0-9a-f]{10}", editions[0])


def test_an_exercise_has_the_same_edition_wherever_it_is_opened():
    for name in EXERCISES:
        here, handed_out = (
            json.loads((LITE.parent / folder / name).read_text(encoding="utf-8"))
            for folder in ("lite/files/exercises", "class")
        )
        assert here["metadata"]["nnlib"] == handed_out["metadata"]["nnlib"]


def test_every_notebook_and_every_exercise_is_linked_to_and_nothing_else():
    for page in (ROOT / "_build" / "html" / "book").rglob("*.html"):
        found = re.findall(
            r'href="(?:\.\./)+lite/notebooks/index\.html\?path=([^"]*)"',
            page.read_text(encoding="utf-8"),
        )
        name = f"{page.stem}.ipynb"
        expected = [f"book/{name}"] if name in NOTEBOOKS else []
        if page.parent.name == "exercises":
            expected = [f"exercises/{name}"] * 2  # the button, and the text
        elif page.stem == "exercises":
            expected = [f"exercises/{name}" for name in EXERCISES]
        assert sorted(found) == expected, page.name


# --- Elsewhere -----------------------------------------------------------------------------------


def test_with_a_public_address_the_setup_cell_fetches_that_repository_on_colab(tmp_path):
    config = tmp_path / "config.yml"
    config.write_text("repository: {url: 'https://github.com/someone/book'}")
    refresh = runpy.run_path(str(ROOT / "book" / "refresh.py"))
    refresh["setup_cell"].__globals__["CONFIG"] = config
    source = refresh["setup_cell"]().source
    clone, _ = (one for one in ast.walk(ast.parse(source)) if isinstance(one, ast.List))
    url = "https://github.com/someone/book"
    expected = ["git", "clone", "--quiet", "--depth", "1", url, "/content/clone"]
    assert ast.literal_eval(clone) == expected
