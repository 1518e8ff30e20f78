"""Python in a page: started, stopped, asked and refused, in Chromium.

The worker runs Pyodide's own core, which has no NumPy; so the cells of these tests are pure Python
in the places of a chapter's cells. `tests/deep/whole_python.py` runs the chapters themselves.
"""

import json
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import pytest
import test_browser
import yaml
from axe_playwright_python.sync_playwright import Axe
from helpers import Quiet, served
from playwright.sync_api import expect

ROOT = Path(__file__).parents[2]
SITE = ROOT / "_build" / "html"
LIVE = SITE / "_static" / "python"
CORE = ROOT / ".venv" / "pyodide"
WHOLE = os.environ.get("PYODIDE")
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
#: The chapter whose places the cells of these tests take.
CHAPTER = "linear"

pytestmark = [
    pytest.mark.skipif(not LIVE.is_dir(), reason="the book is not built; run `make book`"),
    pytest.mark.skipif(not (CORE / "pyodide.mjs").is_file(), reason="there is no Pyodide"),
]


class Server(Quiet):
    """Serves the book, and Python beside it; of data, it sends the part that is asked for."""

    def translate_path(self, path):
        for name, folder in {"/core/": CORE, "/whole/": WHOLE}.items():
            if path.startswith(name):
                return str(Path(folder, urlsplit(path).path.removeprefix(name)))
        return super().translate_path(path)

    def do_GET(self):
        wanted = re.match(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if not wanted:
            super().do_GET()
            return
        content = Path(self.translate_path(self.path)).read_bytes()
        start, end = int(wanted[1]), min(int(wanted[2]), len(content) - 1)
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {start}-{end}/{len(content)}")
        self.end_headers()
        self.wfile.write(content[start : end + 1])


@pytest.fixture(scope="session")
def start():
    with served(Server) as address:
        yield address


PASTE = """(editor, text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  const about = { clipboardData, bubbles: true, cancelable: true };
  editor.dispatchEvent(new ClipboardEvent("paste", about));
}"""


#: An editor is made when its cell comes near, and what stands below it moves a little.
EDITORS_IN_VIEW = """(ids) => ids.every((id) => {
  const input = document.querySelector(`#cell-${id} .cell_input`);
  if (!input?.checkVisibility()) return true;
  const { top, bottom } = input.getBoundingClientRect();
  return bottom < 0 || top > innerHeight || input.querySelector(".py-editor");
})"""


class Live:
    """A page whose code is live."""

    def __init__(self, page, start):
        self.page, self.start, self.asked, self.wrong = page, start, [], []
        page.context.on("request", lambda request: self.asked.append(request.url))
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on(
            "console", lambda m: m.type == "error" and self.wrong.append(f"{m.text} {m.location}")
        )

    def open(self, name, sources=(), python=None, heavy=None, folded=()):
        """Open a page, with other cells, if some are given, in the places of its own.

        One of them may be heavy, and the last ones in folds.
        """
        site = json.loads((LIVE / "site.json").read_text())
        whole = python == "whole"
        site["python"] = f"{self.start}/whole/" if whole else python or f"{self.start}/core/"
        if not python:
            site["packages"] = []
        self.page.route("**/site.json", lambda route: route.fulfill(json=site))
        cells = json.loads((LIVE / "cells" / f"{name.replace('/', '-')}.json").read_text())
        if sources:
            places = seen(cells)[: len(sources)]
            places += [cell for cell in cells if "hide-input" in cell["tags"]][: len(folded)]
            self.ids = [cell["id"] for cell in places]
            pairs = zip(self.ids, [*sources, *folded], strict=True)
            cells = [{"id": name, "source": source, "tags": [], "alt": ""}
                     for name, source in pairs]  # fmt: skip
            if heavy:
                cells[heavy]["tags"] = ["too-heavy"]
            self.page.route("**/cells/*.json", lambda route: route.fulfill(json=cells))
        else:
            self.ids = [cell["id"] for cell in cells]
        self.page.goto(f"{self.start}/{name}.html")
        return self

    def press(self):
        self.page.locator(".nn-live > button").click()
        return self

    def ready(self):
        self.press()
        expect(self.said).to_contain_text("is ready", timeout=60_000)
        return self

    @property
    def said(self):
        return self.page.locator(".py-said")

    def place(self, at):
        return self.page.locator(f"#cell-{self.ids[at]}")

    def after(self, at, what):
        """Return what stands below the code of a cell: its bar, state, error or output."""
        return self.page.locator(f"#cell-{self.ids[at]} .{what}").first

    def printed(self, at):
        return self.after(at, "py-output").locator("pre")

    def code(self, at):
        self.place(at).scroll_into_view_if_needed()
        return self.place(at).get_by_role("textbox")

    def ask(self, at):
        """Press the button of a cell, once no editor is made nearby that would move it."""
        button = self.after(at, "py-bar").locator(".py-run")
        button.scroll_into_view_if_needed()
        self.page.wait_for_function(EDITORS_IN_VIEW, arg=self.ids)
        button.click()

    def run(self, at, state="ran in"):
        self.ask(at)
        expect(self.after(at, "py-state")).to_contain_text(state, timeout=30_000)

    def type(self, at, text):
        """Put text in place of a cell's code, as from the clipboard."""
        self.code(at).click()
        self.page.keyboard.press("Control+a")
        self.code(at).evaluate(PASTE, text)


def seen(cells):
    """Return the first cells of a chapter whose code is seen without a click."""
    return [cell for cell in cells if not {"hide-cell", "covered", "hide-input"} & {*cell["tags"]}]


@pytest.fixture
def live(chromium, start):
    contexts = []

    def new(viewport=DESK, **options):
        contexts.append(chromium.new_context(viewport=viewport, **options))
        return Live(contexts[-1].new_page(), start)

    yield new
    for context in contexts:
        context.close()


DATA = ["results/verdicts.csv", "mnist/t10k-images-idx3-ubyte.gz"]
#: What the policy of a page forbids, each as a function that tells whether it could be done.
TRIES = {
    "inline script": """() => new Promise((done) => {
      const script = document.createElement("script");
      script.textContent = "window.reached = true";
      document.head.append(script);
      done(Boolean(window.reached));
    })""",
    "eval": "() => { try { return Boolean(Function('return 1')()); } catch { return false; } }",
    "WebAssembly": """async () => {
      const empty = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
      try { await WebAssembly.instantiate(empty); return true; } catch { return false; }
    }""",
    "another site": """async () => {
      try { await fetch("https://example.org", { mode: "no-cors" }); return true; }
      catch { return false; }
    }""",
    "another site's worker": """() => {
      try { new Worker("data:text/javascript,1"); } catch { return false; }
      return new Promise((done) => addEventListener("securitypolicyviolation",
        () => done(false), { once: true }));
    }""",
}


#: The cells of one page, by the test that looks at them. Their names are their own.
SOURCES = {
    "needs": ["x = 6", "print('no')", "y = x * 7", "print(y)"],
    "changes": ["a = 1", "print(a + 1)"],
    "typing": ["b = 1"],
    "fails": ["c = 1\nc.nothing", "print(c)"],
    "at once": ["import time\ntime.sleep(0.3)\nd = 1", "d += 1\nprint(d)", "d += 1\nprint(d)"],
    "data": [f"with open('/data/{path}', 'rb') as file: print(len(file.read()))" for path in DATA],
    "lost": ["with open('/data/results/noise.csv') as file: print(len(file.read()))"],
    "heavy": ["class N: pass", "n = N()", "setattr(n, 'x', 1)\nvars(n).update(y=2)", "print(n)"],
}


@pytest.fixture(scope="module")
def shared(chromium, start):
    """One page for many tests: it is opened, and Python started, once."""
    context = chromium.new_context(viewport=DESK)
    it = Live(context.new_page(), start).open(
        f"book/{CHAPTER}",
        [source for sources in SOURCES.values() for source in sources],
        heavy=first_of("heavy") + 2,
        folded=["print('mine')"],
    )
    it.page.wait_for_load_state("networkidle")
    it.before = [*it.asked]
    yield it.ready()
    assert it.wrong == []
    context.close()


def first_of(name):
    """Return where the cells of a test begin."""
    names = [*SOURCES]
    return sum(len(SOURCES[one]) for one in names[: names.index(name)])


# --- Cells ---------------------------------------------------------------------------------------


class TestOnePage:
    def test_nothing_is_fetched_before_the_button_is_pressed(self, shared):
        assert not [url for url in shared.before if "/python/" in url or "/core/" in url]
        assert [url for url in shared.asked if "/core/" in url]
        assert {urlsplit(url).netloc for url in shared.asked} == {urlsplit(shared.start).netloc}

    def test_a_cell_runs_after_those_that_it_needs(self, shared):
        at = first_of("needs")
        shared.run(at + 3)
        expect(shared.printed(at + 3)).to_have_text("42")
        expect(shared.after(at + 1, "py-state")).to_have_text("not run yet")
        expect(shared.after(at + 2, "py-state")).to_contain_text("ran in")
        expect(shared.said).to_contain_text(re.compile(r"\d+ of \d+ cells have run"))

    def test_a_changed_cell_is_run_by_keyboard_and_its_code_comes_back(self, shared):
        at = first_of("changes")
        shared.run(at + 1)
        shared.type(at, "a = 41")
        expect(shared.after(at + 1, "py-state")).to_contain_text("out of date")
        shared.code(at + 1).focus()
        shared.page.keyboard.press("Shift+Enter")
        expect(shared.printed(at + 1)).to_have_text("42")
        shared.after(at, "py-bar").get_by_role("button", name="Original code").click()
        expect(shared.code(at)).to_have_text("a = 1")

    def test_lines_are_indented_as_one_types_and_tab_leaves(self, shared):
        at = first_of("typing")
        shared.type(at, "for i in range(2):")
        shared.page.keyboard.press("Enter")
        shared.page.keyboard.insert_text("print(i)")
        shared.page.keyboard.press("Shift+Enter")
        expect(shared.printed(at)).to_have_text("0\n1\n")
        shared.page.keyboard.press("Control+z")
        expect(shared.code(at)).not_to_contain_text("print")
        shared.page.keyboard.press("Tab")
        expect(shared.after(at, "py-run")).to_be_focused()

    def test_an_error_stands_below_its_cell_and_marks_its_line(self, shared):
        at = first_of("fails")
        shared.ask(at + 1)
        expect(shared.after(at, "py-error")).to_contain_text("Line 2. AttributeError")
        expect(shared.place(at).locator(".py-wrong")).to_have_text("c.nothing")
        expect(shared.after(at + 1, "py-state")).to_have_text("not run yet")
        shared.type(at, "c = 3")
        expect(shared.after(at, "py-error")).to_be_hidden()
        shared.run(at + 1)
        expect(shared.printed(at + 1)).to_have_text("3")

    def test_runs_that_are_asked_for_at_once_come_one_after_the_other(self, shared):
        at = first_of("at once")
        for one in (at + 1, at + 2):
            shared.ask(one)
        expect(shared.printed(at + 2)).to_have_text("3")
        expect(shared.printed(at + 1)).to_have_text("2")

    @pytest.mark.parametrize("which", range(len(DATA)), ids=DATA)
    def test_a_file_of_data_is_fetched_when_it_is_read(self, shared, which):
        at, path = first_of("data") + which, DATA[which]
        asked = [url for url in shared.asked if "/data/" in url and url.endswith(path)]
        assert asked == []
        size = (ROOT / "data" / path).stat().st_size
        for _ in range(2):  # the second time, it is there
            shared.run(at)
            expect(shared.printed(at)).to_have_text(str(size))
            asked = [url for url in shared.asked if url.endswith(path)]
            assert len(asked) == -(-size // 2**20), "a request for each megabyte"

    def test_a_file_that_cannot_be_fetched_is_an_error_and_comes_later(self, shared):
        at = first_of("lost")
        shared.page.context.route("**/noise.csv", lambda route: route.abort())
        shared.ask(at)
        expect(shared.after(at, "py-error")).to_contain_text("OSError")
        shared.page.context.unroute("**/noise.csv")
        shared.run(at)

    def test_a_heavy_cell_runs_only_if_it_is_asked_for_itself(self, shared):
        at = first_of("heavy")
        shared.run(at + 3)
        expect(shared.after(at + 2, "py-state")).to_have_text("not run yet")
        shared.run(at + 2)

    def test_the_result_of_code_in_a_fold_is_seen(self, shared):
        folded = -1
        shared.run(folded)
        expect(shared.printed(folded)).to_be_visible()
        expect(shared.place(folded).locator(".cell_input")).to_be_hidden()

    @pytest.mark.parametrize("what", TRIES)
    def test_the_page_still_refuses(self, shared, what):
        script = (
            f"() => new Promise((done) => setTimeout(async () => done(await ({TRIES[what]})())))"
        )
        assert shared.page.evaluate(script) is False
        shared.wrong[:] = [one for one in shared.wrong if "ontent Security Policy" not in one]

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_it_is_accessible(self, shared, scheme):
        shared.page.emulate_media(color_scheme=scheme)
        shared.type(first_of("fails"), "c.nothing # 'a'")
        shared.ask(first_of("fails"))
        expect(shared.after(first_of("fails"), "py-error")).to_be_visible()
        shared.page.wait_for_function(test_browser.IS_DARK, arg=scheme == "dark")
        found = Axe().run(shared.page, options={"resultTypes": ["violations"]}).response
        wrong = [
            (one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]
        ]
        assert wrong == []

    def test_it_fits_a_phone(self, shared):
        shared.page.set_viewport_size(PHONE)
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert shared.page.evaluate(wide) <= 0
        for button in shared.page.locator(".py-page button, .py-bar button:visible").all():
            box = button.bounding_box()
            assert 0 <= box["x"] <= PHONE["width"] - box["width"]
            assert box["height"] >= 24


def test_a_cell_without_an_end_is_stopped_and_python_starts_again(live):
    it = live().open(f"book/{CHAPTER}", ["x = 1", "while True: pass", "print('on')"]).ready()
    it.run(0)
    it.ask(1)
    expect(it.after(1, "py-state")).to_contain_text("running")
    it.page.get_by_role("button", name="Stop").click()
    expect(it.said).to_contain_text("Stopped")
    expect(it.after(0, "py-state")).to_have_text("not run yet")
    it.run(2)
    expect(it.printed(2)).to_have_text("on")
    assert it.wrong == []


def test_all_cells_run_in_their_order_and_reset_brings_the_page_back(live):
    cells = json.loads((LIVE / "cells" / f"book-{CHAPTER}.json").read_text())
    at = next(at for at, cell in enumerate(seen(cells)) if "print(" in cell["source"])
    it = live().open(f"book/{CHAPTER}", ["pass"] * at + ["print('mine')", "l = [1]", "l += [2]"])
    it.ready()
    stored, mine = it.place(at).locator(".cell_output"), it.after(at, "py-output")
    it.page.get_by_role("button", name="Run all").click()
    expect(it.said).to_contain_text(f"{at + 3} of {at + 3} cells have run")
    expect(stored).to_be_hidden()
    it.after(at, "py-bar").get_by_role("button", name="Stored result").click()
    expect(stored).to_be_visible()
    expect(mine).to_be_hidden()
    it.after(at, "py-bar").get_by_role("button", name="Your result").click()
    expect(mine).to_be_visible()
    it.type(at, "print('changed')")
    it.page.once("dialog", lambda dialog: dialog.accept())
    it.page.get_by_role("button", name="Reset").click()
    expect(it.code(at)).to_have_text("print('mine')")
    expect(mine).to_be_hidden()
    expect(stored).to_be_visible()


# --- What fails -----------------------------------------------------------------------------------


@pytest.mark.parametrize("python", ["/nowhere/", "https://nowhere.invalid/pyodide/"])
def test_python_that_cannot_be_fetched_leaves_the_page_whole(live, python):
    it = live()
    address = python if python.startswith("https") else f"{it.start}{python}"
    it.open(f"book/{CHAPTER}", ["x = 1"], address)
    it.press()
    sentence = f"Python could not be fetched from {urlsplit(address).netloc}"
    expect(it.said).to_contain_text(sentence, timeout=30_000)
    expect(it.code(0)).to_have_text("x = 1")


def test_a_page_from_a_file_says_what_to_do(live):
    it = live()
    it.page.goto((SITE / "book" / f"{CHAPTER}.html").as_uri())
    it.press()
    expect(it.page.locator(".nn-live > span")).to_contain_text("make serve")


def test_scripts_that_do_not_come_are_told(live):
    it = live().open(f"book/{CHAPTER}", ["x = 1"])
    it.page.route("**/start.mjs*", lambda route: route.abort())
    it.press()
    expect(it.page.locator(".nn-live > span")).to_contain_text("could not be fetched")
    it.page.unroute("**/start.mjs*")


def test_without_scripts_there_is_no_button(live):
    it = live(java_script_enabled=False).open(f"book/{CHAPTER}")
    expect(it.page.locator(".nn-live")).to_be_hidden()


def test_python_has_one_address():
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    lite = json.loads((SITE / "lite" / "jupyter-lite.json").read_text(encoding="utf-8"))
    kernel = lite["jupyter-config-data"]["litePluginSettings"][
        "@jupyterlite/pyodide-kernel-extension:kernel"
    ]
    assert json.loads((LIVE / "site.json").read_text())["python"] == config["pyodide"]
    assert kernel["pyodideUrl"] == f"{config['pyodide']}pyodide.mjs"


# --- Exercises ------------------------------------------------------------------------------------

EXERCISE = "book/exercises/linear"
#: In place of the exercise's own cells, which need NumPy: the same questions, of numbers.
STAND_INS = {
    "linear-03": "class CheckFailed(AssertionError): pass",
    "linear-07": "def weighted_sum(x, W, b):\n    ...",
    "linear-13": (
        "if weighted_sum(2, 3, 4) != 10:\n    raise CheckFailed('It is not right.\\nGiven 2, 3, 4."
        "\\nLikely cause: the bias is missing.')"
    ),
}
WRONG = "def weighted_sum(x, W, b):\n    return x * W"
RIGHT = f"{WRONG} + b"


KEPT = "Object.keys(localStorage).filter((key) => key.startsWith('nnlib-exercise'))"


class Answers(Live):
    """The page of an exercise, with stand-ins for its cells."""

    def open(self):
        cells = [{"id": name, "source": source, "tags": [], "alt": ""}
                 for name, source in STAND_INS.items()]  # fmt: skip
        super().open(EXERCISE)
        self.page.route("**/cells/*.json", lambda route: route.fulfill(json=cells))
        self.ids = [*STAND_INS]
        return self

    def without_python(self):
        """Press, and have Python never come: whatever runs no code goes without it."""
        self.page.context.route("**/core/*", lambda route: None)
        self.press()
        expect(self.said).to_contain_text("Fetching Python")
        return self

    def answer(self, text):
        if text:
            self.type(1, text)
        self.page.get_by_role("button", name="Check: 1. A weighted sum").click()
        expect(self.page.get_by_role("button", name="Check: 1. A weighted sum")).to_be_enabled()

    @property
    def verdict(self):
        return self.page.locator(".py-verdict").first

    def solution(self):
        return self.page.locator('.solution[data-question="forward"]')

    def hints(self):
        return self.page.locator('.hint[data-question="forward"]')

    def button(self, name):
        return self.page.get_by_role("button", name=name).first


@pytest.fixture
def answers(chromium, start):
    contexts = []

    def new(**options):
        contexts.append(chromium.new_context(viewport=DESK, **options))
        return Answers(contexts[-1].new_page(), start).open()

    yield new
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def work(chromium, start):
    context = chromium.new_context(viewport=DESK)
    yield Answers(context.new_page(), start).open().ready()
    context.close()


class TestOneExercise:
    """One page for all: Python is started once. The first test has the first tries."""

    def test_the_same_answer_again_is_no_new_try(self, work):
        for _ in range(4):
            work.answer(f"{WRONG}  # again")
        expect(work.verdict).not_to_contain_text("Three honest tries")

    def test_an_answer_is_checked_explained_and_then_right(self, work):
        expect(work.solution()).to_be_hidden()
        work.answer(STAND_INS["linear-07"])
        expect(work.verdict).to_contain_text("Nothing is written here yet")
        work.answer("def weighted_sum(x, W, b):\n    return x *")
        expect(work.after(1, "py-error")).to_contain_text("Line 2. SyntaxError")
        for bias in ("", " + 0", " + 1 - 1"):
            work.answer(f"{WRONG}{bias}")
            expect(work.after(1, "py-error")).to_contain_text("Likely cause: the bias is missing.")
            expect(work.after(1, "py-state")).to_have_text("not right yet")
        expect(work.verdict).to_contain_text("Three honest tries")
        work.type(0, f"{STAND_INS['linear-03']}  # changed")
        expect(work.after(0, "py-state")).to_contain_text("out of date")
        expect(work.after(1, "py-state")).to_have_text("not right yet")
        work.answer(RIGHT)
        expect(work.verdict).to_contain_text("Correct.")
        expect(work.after(1, "py-error")).to_be_hidden()
        expect(work.solution()).to_be_visible()
        assert work.wrong == []

    def test_an_error_in_an_answer_marks_its_line(self, work):
        work.answer("def weighted_sum(x, W, b):\n    return x @ nothing")
        expect(work.after(1, "py-error")).to_contain_text("Line 2. NameError")
        expect(work.place(1).locator(".py-wrong")).to_contain_text("nothing")

    def test_an_answer_under_another_name_is_not_right(self, work):
        work.answer(RIGHT)
        expect(work.verdict).to_contain_text("Correct.")
        work.answer(RIGHT.replace("weighted_sum", "another"))
        expect(work.page.locator(".py-error:visible").first).to_contain_text("weighted_sum")
        expect(work.verdict).not_to_contain_text("Correct.")

    def test_an_answer_is_given_by_keyboard_alone(self, work):
        work.after(0, "py-run").focus()
        for _ in range(3):  # what stands between it and the editor
            work.page.keyboard.press("Tab")
            if work.code(1).evaluate("node => node.getRootNode().activeElement === node"):
                break
        expect(work.code(1)).to_be_focused()
        work.page.keyboard.press("Control+a")
        work.page.keyboard.insert_text("weighted_sum = lambda x, W, b: x * W + b")
        work.page.keyboard.press("Tab")
        expect(work.button("Check: 1. A weighted sum")).to_be_focused()
        work.page.keyboard.press("Enter")
        expect(work.verdict).to_contain_text("Correct.")


def test_hints_and_the_solution_come_one_by_one(answers):
    it = answers().without_python()
    expect(it.hints().nth(0)).to_be_visible()
    expect(it.hints().nth(1)).to_be_hidden()
    it.hints().nth(0).locator("summary").click()
    expect(it.hints().nth(1)).to_be_visible()
    expect(it.solution()).to_be_hidden()
    it.button("Show the solution").click()
    expect(it.page.get_by_text("You have not tried yet")).to_be_visible()
    it.button("Show the solution").click()
    expect(it.solution()).to_be_visible()


def test_who_leaves_with_work_that_is_not_kept_is_asked(answers):
    it = answers().without_python()
    it.type(1, RIGHT)
    asked = []
    it.page.on("dialog", lambda dialog: asked.append(dialog.type) or dialog.accept())
    it.page.reload()
    assert asked == ["beforeunload"]


def test_work_is_kept_only_if_the_reader_allows_it(answers):
    it = answers().without_python()
    it.type(1, RIGHT)
    assert it.page.evaluate(KEPT) == []
    it.page.get_by_label("Keep my work").check()
    it.page.locator("textarea").first.fill("It looks like a nine.")
    it.page.reload()
    it.press()
    expect(it.code(1)).to_contain_text("x * W + b")
    expect(it.page.locator("textarea").first).to_have_value("It looks like a nine.")
    it.page.once("dialog", lambda dialog: dialog.accept())
    it.page.get_by_label("Keep my work").uncheck()
    assert it.page.evaluate(KEPT) == []


def test_what_was_right_stays_so_over_two_visits(answers):
    it = answers().ready()
    it.page.get_by_label("Keep my work").check()
    it.answer(RIGHT)
    expect(it.verdict).to_contain_text("Correct.")
    for words in ("first", "second"):
        it.page.reload()
        it.without_python()
        expect(it.solution()).to_be_visible()
        it.page.locator("textarea").first.fill(words)  # which keeps the work once more


def test_work_on_an_older_edition_is_kept_beside_the_newer(answers):
    it = answers()
    old = {"edition": "older", "cells": {"linear-07": RIGHT}, "words": {}, "tries": {}}
    it.page.evaluate("(old) => localStorage.setItem('nnlib-exercise:linear', old)", json.dumps(old))
    it.without_python()
    expect(it.page.get_by_role("alert").first).to_contain_text("newer edition")
    expect(it.code(1)).to_contain_text("...")
    it.button("Take them over").click()
    expect(it.code(1)).to_contain_text("x * W + b")
    kept = it.page.evaluate("localStorage.getItem('nnlib-exercise:linear:older')")
    assert json.loads(kept) == old


def test_the_work_becomes_the_notebook_that_the_grader_takes_and_comes_back(answers, tmp_path):
    it = answers(accept_downloads=True).without_python()
    it.type(1, RIGHT)
    it.page.locator("textarea").first.fill("In words.")
    with it.page.expect_download() as started:
        it.button("Download as notebook").click()
    path = tmp_path / "linear.ipynb"
    started.value.save_as(path)
    made = nbformat.read(path, as_version=4)
    nbformat.validate(made)
    given = nbformat.read(SITE / "class" / "linear.ipynb", as_version=4)
    assert [cell.id for cell in made.cells] == [cell.id for cell in given.cells]
    pairs = [*zip(made.cells, given.cells, strict=True)]
    changed = {new.id: new.source for new, old in pairs if new.source != old.source}
    assert changed.pop("linear-07") == RIGHT
    assert {*changed.values()} - {*STAND_INS.values()} == {"In words."}

    other = answers().without_python()
    files = other.page.locator("input[type=file]")
    files.set_input_files(path)
    expect(other.code(1)).to_contain_text("x * W + b")
    expect(other.page.locator("textarea").first).to_have_value("In words.")
    (tmp_path / "broken.ipynb").write_text("{")
    files.set_input_files(tmp_path / "broken.ipynb")
    expect(other.page.locator(".py-exercise[role=group] > span")).to_contain_text(
        "broken.ipynb is no notebook"
    )
    files.set_input_files(ROOT / "book" / "loss.ipynb")
    expect(other.page.locator(".py-exercise[role=group] > span")).to_contain_text(
        "loss.ipynb has no answers"
    )
