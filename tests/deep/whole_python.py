"""Every chapter and every exercise in a whole Pyodide, in Chromium: `make pyodide`.

PYODIDE names a folder with the distribution, beside which the book must be built.
"""

import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "book"))

from test_live import LIVE, live, start  # noqa: E402

__all__ = ["live", "start"]  # fixtures go by their names

MINUTES = 2  # that a page may take to run whole
CODE = sorted(path.stem.removeprefix("book-") for path in LIVE.glob("cells/book-*.json"))
EXERCISES = [name for name in CODE if name.startswith("exercises-")]


@pytest.mark.parametrize("name", [name for name in CODE if name not in EXERCISES])
def test_a_chapter_runs_whole(live, name):
    it = live().open(f"book/{name}", python="whole").ready()
    it.page.get_by_role("button", name="Run all").click()
    stop = it.page.get_by_role("button", name="Stop")
    expect(stop).to_have_attribute("aria-disabled", "true", timeout=MINUTES * 60_000)
    errors = [one.text_content() for one in it.page.locator(".py-error:not([hidden])").all()]
    assert errors == []
    assert it.wrong == []


@pytest.mark.parametrize("name", EXERCISES)
def test_an_exercise_is_solved_on_its_page(live, name):
    exercise = name.removeprefix("exercises-")
    path = ROOT / "_build" / "class" / exercise / "teacher" / f"{exercise}.ipynb"
    it = live().open(f"book/exercises/{exercise}", python="whole").ready()
    it.page.locator("input[type=file]").set_input_files(path)
    told = it.page.get_by_role("group", name="Your work").get_by_role("status")
    expect(told).to_contain_text("answers were taken")
    for check in it.page.get_by_role("button", name="Check: ").all():
        check.click()
        expect(check).to_be_enabled(timeout=MINUTES * 60_000)
    verdicts = it.page.locator(".py-verdict[data-state]").all()
    assert verdicts
    assert {one.get_attribute("data-state") for one in verdicts} == {"right"}
    assert it.wrong == []
