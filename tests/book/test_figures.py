"""Interactive figures, each on a page of its own: used, by keyboard, and without scripts.

What holds of every figure on the pages of the book is looked at in test_browser.py.
"""

import re

import nbformat
import pytest
import test_browser
import yaml
from helpers import served
from ipywidgets import Widget
from playwright.sync_api import expect
from test_browser import (
    ENDED,
    FITS,
    IS_DARK,
    LOOKS,
    MOBILE,
    PHONE,
    ROOM,
    ROOT,
    STATE,
    VIEW,
    axe,
    build,
    choice,
    heard,
    picture,
    press,
    slide,
)

from nnlib import widgets

visit = test_browser.visit  # a fixture
KINDS = ["Calibration", "CodeExplorer", "DigitReader", "LiveAutoencoder", "Multiverse"]
PAGES = {kind: f"book/{kind.lower()}.html" for kind in KINDS}


def shown(kind):
    """Return a notebook that shows a figure."""
    notebook, new, made = nbformat.v4.new_notebook(), nbformat.v4, getattr(widgets, kind)()
    state = Widget.get_manager_state(widgets=[made])["state"]
    (name,) = [name for name, one in state.items() if "_anywidget_id" in one["state"]]
    notebook.metadata.language_info = {"name": "python", "pygments_lexer": "ipython3"}
    notebook.metadata.widgets = {STATE: {"state": {name: state[name]}, "version_major": 2}}
    output = new.new_output("display_data", {VIEW: {"model_id": name}})
    notebook.cells = [
        new.new_markdown_cell(f"# {kind}"),
        new.new_code_cell("...", outputs=[output], execution_count=1),
    ]
    return notebook


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Serve a book that has a page for each figure."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    notebooks = {kind.lower(): shown(kind) for kind in KINDS}
    site, done = build(tmp_path_factory.mktemp("figures"), config, notebooks)
    assert done.returncode == 0, done.stderr
    with served(site=site) as address:
        yield address


#: Press a button, and return what the second canvas shows until an epoch is over, or a minute.
SEEN_IN_AN_EPOCH = """async (button) => {
  const line = document.querySelector(".nn-line");
  const [, canvas] = document.querySelectorAll("canvas");
  const [found, late] = [new Set(), performance.now() + 60_000];
  button.click();
  while (!line.textContent.startsWith("After 1 epoch,") && performance.now() < late) {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    found.add(data.join());
    await new Promise(requestAnimationFrame);
  }
  return [...found];
}"""


class TestFigures:
    """One worker builds that book, and once (tests/conftest.py)."""

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_figure_fits_is_accessible_and_keeps_its_room(self, visit, kind):
        page = visit(PAGES[kind])
        for size, theme in LOOKS:
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=theme)
            page.wait_for_function(IS_DARK, arg=theme == "dark")
            page.wait_for_function(FITS)
            found = axe(page, theme)
            assert found.violations_count == 0, found.generate_report()
            kept, needed = page.locator("[data-model]").evaluate(ROOM, int(size == PHONE))
            assert 0.8 * needed <= kept <= 1.2 * needed, (kept, needed)
        assert page.wrong == []

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_view_that_ends_listens_to_nothing(self, visit, kind):
        page = visit(PAGES[kind])
        (name,) = page.evaluate(
            """Object.values(JSON.parse(document.querySelector(
              'head > script[type*="widget-state"]').textContent).state)
              .map(({ state }) => state._anywidget_id)"""
        )
        before, after = page.evaluate(ENDED, name)
        assert before > 0
        assert after == [0, 0, 0, 0]

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_still_stands_in_for_a_figure(self, visit, kind):
        page = visit(PAGES[kind], java_script_enabled=False)
        place = page.locator("[data-model]")
        expect(place).to_contain_text("This is a still picture")
        expect(place.locator("img, table").first).to_be_visible()
        expect(place.locator("button, input, select, a")).to_have_count(0)

    def test_a_choice_changes_verdicts_and_the_choices_of_the_book_bring_them_back(self, visit):
        page = visit(PAGES["Multiverse"])
        first = heard(page)
        assert first.startswith("These are the book’s choices: 4 claims hold, 7 fail")
        verdicts = page.locator(".nn-table td:last-child")
        before = verdicts.all_inner_texts()
        choice(page, "noise").select_option("false")
        told = heard(page)
        assert "3 of 15 verdicts differ from the book’s (R10, R11, R15)" in told
        assert "book: fails" in verdicts.nth(9).inner_text()
        slide(page, "seeds, at most", 3)
        assert heard(page) != told
        press(page, "The book’s choices")
        assert heard(page) == first
        assert verdicts.all_inner_texts() == before

    def test_the_statements_of_a_claim_are_opened_by_keyboard_and_stay_open(self, visit):
        page = visit(PAGES["Multiverse"])
        summary = page.locator("summary").nth(3)
        summary.focus()
        page.keyboard.press("Enter")
        part = page.locator("tbody tr").nth(3).locator("li").first
        expect(part).to_contain_text("4 layers err greatly more than 16: fails; ratio 0.97")
        slider = page.get_by_role("slider", name="a difference matters from")
        slider.focus()
        slider.press("ArrowRight")
        assert slider.get_attribute("aria-valuetext") == "6%"
        heard(page)
        expect(part).to_be_visible()

    def test_verdicts_are_foretold_by_keyboard_and_scored(self, visit):
        page = visit(PAGES["Calibration"])
        assert heard(page).startswith("Claim 1 of 15. R1: Training with MSE")
        show = page.get_by_role("button", name="Show the verdicts")
        expect(show).to_be_disabled()
        slide(page, "how sure are you?", 40)
        for number in range(2, 16):
            page.get_by_role("button", name="It fails").press("Enter")
            assert heard(page).startswith(f"Claim {number} of 15.")
        press(page, "Back")
        assert heard(page).startswith("Claim 14 of 15.")
        for _ in range(2):
            page.get_by_role("button", name="It fails").press("Enter")
            heard(page)
        expect(page.locator("tbody tr").first).to_contain_text("covered")
        expect(show).to_be_focused()
        page.keyboard.press("Enter")
        told = heard(page)
        assert told.startswith("You were correct in 7 of 15 answers (47%), and 40% sure")
        assert "fits your answers as well as so few answers can tell" in told
        expect(page.locator("[data-model]")).to_contain_text("35% to 50% sure: 7 of 15 correct.")
        again = page.get_by_role("button", name="Start again")
        expect(again).to_be_focused()
        page.keyboard.press("Enter")
        assert heard(page).startswith("Claim 1 of 15")

    def test_an_autoencoder_learns_and_the_page_stays_responsive(self, visit):
        page = visit(PAGES["LiveAutoencoder"])
        assert heard(page).startswith("Not trained yet.")
        before = picture(page, 1)
        page.evaluate(
            """() => {
              window.turns = 0;
              const turn = () => (turns++, setTimeout(turn));
              turn();
            }"""
        )
        page.get_by_role("button", name="Run", exact=True).click()
        some = re.compile(r"After \d+ epochs,.* 0\.0[0-4]")  # a fast machine is soon past two
        expect(page.locator(".nn-line").first).to_contain_text(some, timeout=60_000)
        press(page, "Pause")
        assert page.evaluate("turns") > 40  # on a busy machine; hundreds on an idle one
        told = heard(page)
        error, reference = map(float, re.findall(r"is (0\.\d+)", told))
        assert error < reference
        assert picture(page, 1) != before
        page.wait_for_timeout(300)
        assert heard(page) == told  # it rests
        choice(page, "latent dimension").select_option("2")
        assert heard(page).startswith("Not trained yet.")

    def test_an_autoencoder_does_not_move_where_a_reader_asked_for_calm(self, visit):
        page = visit(PAGES["LiveAutoencoder"], reduced_motion="reduce")
        before, seen = heard(page), picture(page, 1)
        button = page.get_by_role("button", name="One epoch")
        assert button.evaluate(SEEN_IN_AN_EPOCH) == [seen]
        assert heard(page) != before
        assert picture(page, 1) != seen

    def test_a_point_of_the_latent_space_is_picked_by_keyboard_click_and_button(self, visit):
        page = visit(PAGES["CodeExplorer"])
        assert "The nearest is a" in heard(page)
        surface = page.locator("[data-model] canvas").first
        surface.focus()
        page.keyboard.press("Enter")
        picked = heard(page)
        assert "You are on test digit" in picked
        expect(page.locator("figcaption").nth(1)).to_contain_text("its reconstruction: MSE 0.173")
        for _ in range(8):
            page.keyboard.press("Shift+ArrowRight")
        assert "The nearest is a" in heard(page)
        press(page, "Go to the nearest digit")
        other = heard(page)
        assert "You are on test digit" in other
        assert other != picked
        x, y = map(float, re.search(r"\((.*), (.*)\)", other).groups())
        slide(page, "first latent value", 0)
        heard(page)
        box = surface.bounding_box()
        across, down = (x / 9 + 1) / 2, (1 - y / 9) / 2
        page.mouse.click(box["x"] + across * box["width"] + 2, box["y"] + down * box["height"])
        assert "You are on test digit" in heard(page)

    def test_a_stroke_is_undone_and_the_true_digit_told(self, visit):
        page = visit(PAGES["DigitReader"])
        undo = page.get_by_role("button", name="Undo")
        expect(undo).to_be_disabled()
        press(page, "A test digit")
        assert "The true digit, 0, gets" in heard(page)
        choice(page, "the true digit").select_option("6")
        told = heard(page)
        assert "The true digit, 6, gets 0." in told
        expect(page.locator(".nn-bars strong")).to_have_text("6")
        drawn = picture(page, 0)
        page.locator("[data-model] canvas").first.click()
        assert picture(page, 0) != drawn
        undo.press("Enter")
        assert heard(page) == told
        assert picture(page, 0) == drawn
        undo.press("Enter")
        assert "Nothing is drawn" in heard(page)
        expect(undo).to_be_disabled()
        assert page.evaluate("document.activeElement.tagName") == "CANVAS"
        press(page, "Blank page")
        assert "true digit" not in heard(page)

    def test_a_finger_taps_a_digit(self, visit):
        page = visit(PAGES["CodeExplorer"], **MOBILE)
        before = heard(page)
        page.locator("[data-model] canvas").first.tap()
        assert heard(page) != before
