"""Interactive figures, each alone on its page: used, by keyboard and by touch.

What holds of every figure on the pages of the book is looked at in test_browser.py.
"""

import re

import pytest
import test_browser
from playwright.sync_api import expect
from test_browser import KINDS, MOBILE, choice, heard, picture, press, slide

visit = test_browser.visit  # a fixture
pytestmark = test_browser.pytestmark
#: The pages of the figures, by their names in the library.
PAGES = {kind.partition(".")[2]: page for page, kinds in KINDS.items() for kind in kinds}

#: Take everything out of a page's article but one figure.
LEFT_ALONE = """addEventListener("DOMContentLoaded", () => {
  const states = document.querySelector('head > script[type*="widget-state"]').textContent;
  const [model] = Object.entries(JSON.parse(states).state)
    .find(([, { state }]) => state._anywidget_id.endsWith(".KIND"));
  document.querySelector("article").replaceChildren(
    document.querySelector(`[data-model="${model}"]`));
})"""


@pytest.fixture
def alone(visit):
    """Return a function that opens the page of a figure, and leaves nothing else on it."""

    def open_page(kind, **options):
        return visit(f"book/{PAGES[kind]}.html", script=LEFT_ALONE.replace("KIND", kind), **options)

    return open_page


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


def test_a_choice_changes_verdicts_and_the_choices_of_the_book_bring_them_back(alone):
    page = alone("Multiverse")
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


def test_the_statements_of_a_claim_are_opened_by_keyboard_and_stay_open(alone):
    page = alone("Multiverse")
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


def test_verdicts_are_foretold_by_keyboard_and_scored(alone):
    page = alone("Calibration")
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


def test_an_autoencoder_learns_and_the_page_stays_responsive(alone):
    page = alone("LiveAutoencoder")
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


def test_an_autoencoder_does_not_move_where_a_reader_asked_for_calm(alone):
    page = alone("LiveAutoencoder", reduced_motion="reduce")
    before, seen = heard(page), picture(page, 1)
    button = page.get_by_role("button", name="One epoch")
    assert button.evaluate(SEEN_IN_AN_EPOCH) == [seen]
    assert heard(page) != before
    assert picture(page, 1) != seen


def test_a_point_of_the_latent_space_is_picked_by_keyboard_click_and_button(alone):
    page = alone("CodeExplorer")
    slide(page, "first latent value", 0)
    slide(page, "second latent value", 0)
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


def test_a_stroke_is_undone_and_the_true_digit_told(alone):
    page = alone("DigitReader")
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


def test_a_finger_taps_a_digit(alone):
    page = alone("CodeExplorer", **MOBILE)
    assert "The nearest is a" in heard(page)
    page.locator("[data-model] canvas").first.tap()
    assert "You are on test digit" in heard(page)
