"""Slides and handouts: all of a chapter comes into them, nothing is cut, and a lesson can be given.

Needs the book (`make book`) and Chromium.
"""

import json
import re
import sys
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup

ROOT = Path(__file__).parents[2]
SITE = ROOT / "_build" / "html"
sys.path.insert(0, str(ROOT / "book" / "_ext"))

import slides  # noqa: E402 - it lies beside the extensions that it imports

DECKS, LESSONS = slides.chapters()
PROJECTOR = {"width": 1280, "height": 720}

pytestmark = pytest.mark.skipif(not SITE.is_dir(), reason="the book is not built; run `make book`")


def read(path):
    return BeautifulSoup((SITE / path).read_text(encoding="utf-8"), "html.parser")


def said(node):
    """The words of a part of a page, without what Sphinx puts beside them."""
    return " ".join(re.sub(r"[#\u2060]", "", node.get_text()).split())


@pytest.fixture
def show(chromium, address):
    """Return a function that opens a file of slides, and notes what goes wrong there."""
    contexts = []

    def open_page(name, place="", start=address, **options):
        context = chromium.new_context(**({"viewport": PROJECTOR} | options))
        contexts.append(context)
        page, page_wrong = context.new_page(), []
        page.wrong = page_wrong
        page.on("console", lambda m: m.type in ("error", "warning") and page_wrong.append(m.text))
        page.on("pageerror", lambda error: page_wrong.append(str(error)))
        page.on("request", lambda r: r.url.startswith(start) or page_wrong.append(r.url))
        page.goto(f"{start}/slides/{name}.html{place}")
        return page

    yield open_page
    for context in contexts:
        context.close()


def at(page):
    """Which slide is shown, and how many of its folds are open."""
    return page.evaluate("""() => {
      const shown = document.querySelector(".slide:not([hidden])");
      return [shown.id, shown.querySelectorAll("details.step[open]").length];
    }""")


# --- What is in them ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DECKS)
def test_all_of_a_chapter_comes_into_its_slides(name):
    page, deck = read(f"book/{name}.html").select_one("article"), read(f"slides/{name}.html")
    for one in page.select(
        ".headerlink, .caption-number, details.hide, .nn-widget, .tag_hide-cell"
    ):
        one.decompose()
    notes = deck.select(".slide .notes")
    titles = {said(one) for one in deck.select(".slide h2")}
    everything = said(deck.select_one("main"))
    for heading in page.select("h2, h3"):
        title = said(heading)
        assert title in titles or any(one.startswith(f"{title} (1 of ") for one in titles), title
    for figure in page.select("figure[id]"):
        slide = deck.find(id=figure["id"])
        assert slide.select_one(".show :is(img, svg, .nn-widget)"), figure["id"]
        caption = said(figure.find_all(class_="caption-text")[-1])
        assert caption.startswith(said(slide.h2)), caption
        assert caption.removeprefix(said(slide.h2)).strip(". ") in said(slide), caption
    formulas = [said(one) for one in page.select("div.formula")]
    assert formulas == [said(one) for one in deck.select(".slide .show div.formula")]
    questions = [one for one in page.select("details.answer") if (
        "answer" not in (one.find_previous_sibling() or {}).get("class", ()))]  # fmt: skip
    asked = deck.select(".of-question")
    assert len(questions) == len(asked) > 5
    for first, slide in zip(questions, asked, strict=True):
        text = said(first.find_previous_sibling())
        assert all(word in said(slide) for word in said(slide.h2).split()), text
        assert said(slide.h2) in text or said(slide.h2) == slides.QUESTION
        answers = [first, *first.find_next_siblings("details", class_="answer")]
        right = [one for one in answers if said(one.find("p")).startswith("Right.")] or [first]
        why = said(right[0].find("p")).removeprefix("Right.").strip()
        assert why in said(slide.select_one("details.step")), why
    for one in page.select("p:not(:-soup-contains('After this page you can')), li"):
        if one.find_parent(["details", "table", "figcaption"]) or "reading-time" in str(one):
            continue
        if one.find_next_sibling("details", class_="answer") or one.find_parent(class_="nn-live"):
            continue
        for sentence in re.split(r"(?<=[.?!]) ", said(one)):
            assert sentence in everything or sentence.strip("*.:") in everything, sentence
    texts = deck.select(":is(.of-list, .of-question, .of-formula, .of-misconception) .show")
    assert len(texts) > 10
    assert max(len(said(one).split()) for one in texts) < 130  # prose is in the notes
    assert sum(len(said(one).split()) for one in notes) > 1000


@pytest.mark.parametrize("name", LESSONS)
def test_a_handout_has_what_a_lesson_needs(name):
    page, sheet = read(f"book/{name}.html"), read(f"slides/{name}-handout.html")
    recap = [said(one) for one in page.select("section#recap li")]
    assert [said(one) for one in sheet.select(".concepts li")] == recap[: slides.FEW_CONCEPTS]
    formulas = [said(one) for one in page.select("div.formula")]
    assert [said(one) for one in sheet.select("div.formula")] == formulas[: slides.FEW_FORMULAS]
    assert sheet.select_one(".diagram svg.nn-diagram")
    questions = sheet.select(".questions > ol > li")
    answers = sheet.select(".answers > ol > li")
    assert len(questions) == len(answers) == 3
    for question, answer in zip(questions, answers, strict=True):
        letter = "ABCDEFGH".index(said(answer.find("strong")))
        choice = said(question.select("ol > li")[letter])
        (found,) = [one for one in page.select("details.answer") if (
            said(one.summary) == choice and said(answer.find("p")) in said(one))]  # fmt: skip
        assert said(found.find("strong")) == "Right."


def test_the_book_offers_them():
    table = read("book/teachers.html")
    for made in slides.files().values():
        for _, file in made:
            assert table.find("a", href=f"../slides/{file}"), file
    assert read("book/linear.html").find("p", class_="reading-time").find("a", string="Handout")
    assert read("book/introduction.html").find("a", href="../slides/index.html")


# --- What is seen ---------------------------------------------------------------------------------

#: What of a slide lies outside of it, or under its buttons, with all of its answers open. A figure
#: that moves may be scrolled.
CUT = """() => [...document.querySelectorAll(".slide")].flatMap((slide) => {
  const {hidden} = slide;
  const folds = [...slide.querySelectorAll("details.step")];
  slide.hidden = false;
  for (const one of folds) one.open = true;
  const within = slide.getBoundingClientRect();
  const bottom = within.bottom - 52;
  const wrong = [];
  for (const one of slide.querySelectorAll("h2, .show *")) {
    const box = one.getBoundingClientRect();
    const scrolled = one.closest(".nn-widget");
    if (scrolled || !box.width || one.closest("mo, mspace")) continue;
    if (box.bottom > bottom + 1 || box.right > within.right - 20 || box.left < within.left + 20)
      wrong.push(`${slide.id}: ${one.tagName} ${one.className} ${one.textContent.slice(0, 40)}`);
    if (one.tagName === "PRE" && one.scrollWidth > one.clientWidth + 1)
      wrong.push(`${slide.id}: a line is cut`);
  }
  const size = parseFloat(getComputedStyle(slide.querySelector(".show")).fontSize);
  const scale = Number(slide.querySelector(".show").style.getPropertyValue("--fit"));
  if (size * scale < 18 && !slide.querySelector(".nn-widget"))
    wrong.push(`${slide.id}: letters of ${size * scale} pixels`);
  for (const one of folds) one.open = false;
  slide.hidden = hidden;
  return wrong;
})"""


@pytest.mark.parametrize("name", DECKS)
def test_nothing_of_a_slide_is_cut_and_its_figures_move(show, name):
    page = show(name)
    page.wait_for_function("() => document.fonts.status === 'loaded'")
    page.wait_for_timeout(100)
    assert page.evaluate(CUT) == []
    figures = page.evaluate("[...document.querySelectorAll('.of-widget')].map(({id}) => id)")
    assert figures
    for figure in figures:
        page.evaluate(f"location.hash = {json.dumps(figure)}")
        page.locator(f"#{figure} .nn-heard").wait_for(state="attached")
        whole = page.locator(f"#{figure}").evaluate("(one) => one.scrollHeight <= one.clientHeight")
        assert whole, figure
    assert page.wrong == []


@pytest.mark.parametrize(
    "look",
    [
        {"color_scheme": "dark"},
        {"forced_colors": "active"},
        {"viewport": {"width": 360, "height": 740}, "has_touch": True},
    ],
    ids=str,
)
def test_everybody_can_read_them(show, look):
    page = show("linear", **look)
    for place in ("fig-linear-descent", "fig-layer-shapes", "recap"):
        page.evaluate(f"location.hash = '{place}'")
        assert page.locator(f"#{place}:not([hidden])").count()
        page.keyboard.press("ArrowRight")
        assert Axe().run(page).response["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 18, 18)"
    assert dark == ("color_scheme" in look)


def test_without_scripts_all_slides_are_there(show):
    page = show("linear", java_script_enabled=False)
    seen = page.locator(".slide")
    assert seen.count() > 30
    assert all(one.is_visible() for one in (seen.first, seen.last, page.locator(".notes").last))


# --- A lesson -------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", [None, SITE.as_uri()], ids=["served", "file"])
def test_a_lesson_is_given_from_two_windows(show, address, start):
    page = show("linear", "#fig-linear-difference", start=start or address)
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Presenter").click()
    desk = opened.value
    desk.on("pageerror", lambda error: page.wrong.append(str(error)))
    desk.locator(".notes-shown p").first.wait_for()
    assert "red where nines have the higher" in desk.locator(".notes-shown").inner_text()
    assert re.search(r"\d+:\d\d.*, after 0 min", desk.locator(".clock p").inner_text())
    assert desk.locator(".following:visible h2").inner_text().startswith("Can a linear layer")
    page.keyboard.press("PageDown")
    question = at(page)[0]
    assert at(page)[1] == 0
    desk.wait_for_function(f"() => location.hash === '#{question}'")
    assert "It multiplies each pixel" in desk.locator(".notes-shown").inner_text()
    desk.keyboard.press(" ")  # the answer
    page.wait_for_function(f"() => document.querySelector('#{question} details.step').open")
    assert at(page) == [question, 1]
    assert "Right." in page.locator(":focus").inner_text()
    page.reload()
    page.wait_for_function("() => document.body.classList.contains('live')")
    desk.keyboard.press("ArrowLeft")  # it finds the other window again
    desk.keyboard.press("End")
    page.wait_for_function("() => location.hash === '#exercises'")
    page.keyboard.press("Home")
    desk.wait_for_function("() => document.querySelector('.bar p').textContent.startsWith('1 of')")
    assert page.wrong == []


def test_keys_lead_to_any_slide_and_out_of_a_figure(show):
    page = show("linear")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="The learning rate decides").click()
    assert at(page)[0] == "fig-linear-descent"
    assert page.evaluate("document.activeElement.tagName") == "H2"
    slider = page.get_by_role("slider", name="learning rate")
    slider.focus()
    before = slider.input_value()
    page.keyboard.press("ArrowRight")  # the slider's own
    assert slider.input_value() != before
    assert at(page)[0] == "fig-linear-descent"
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    assert at(page)[0] != "fig-linear-descent"
    page.keyboard.press("ArrowLeft")
    assert at(page)[0] == "fig-linear-descent"
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert not page.locator("dialog[open]").count()


def test_a_swipe_turns_the_page(show):
    page = show("linear", viewport={"width": 360, "height": 740}, has_touch=True)
    first = at(page)[0]
    swipe = """([from, to]) => {
      const target = document.querySelector(".slide:not([hidden])");
      const touch = (x) => new Touch({identifier: 1, target, clientX: x, clientY: 300});
      const send = (name, x, list) => target.dispatchEvent(
        new TouchEvent(name, {bubbles: true, touches: list, changedTouches: [touch(x)]}));
      send("touchstart", from, [touch(from)]);
      send("touchend", to, []);
    }"""
    page.evaluate(swipe, [300, 60])
    second = at(page)[0]
    assert second != first
    page.evaluate(swipe, [60, 80])
    assert at(page)[0] == second
    page.evaluate(swipe, [60, 300])
    assert at(page)[0] == first


# --- On paper -------------------------------------------------------------------------------------


def sheets(pdf):
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@pytest.mark.parametrize("name", LESSONS)
def test_a_handout_is_one_page_of_either_paper(show, name):
    page = show(f"{name}-handout")
    for paper in ("A4", "Letter"):
        assert sheets(page.pdf(format=paper)) == 1
    assert page.wrong == []


def test_each_slide_is_a_page_of_the_pdf(show):
    page = show("nonlinear")
    count = page.locator(".slide").count()
    pdf = page.pdf(prefer_css_page_size=True, tagged=True)
    assert sheets(pdf) == count > 20
    assert b"/StructTreeRoot" in pdf
