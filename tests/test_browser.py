"""The built book in a browser: alone, without errors, for everybody; and every widget, used.

Needs the book (`make book`) and Chromium: Debian's package, or `playwright install chromium`.
"""

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import nbformat
import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

ROOT = Path(__file__).parent.parent
SITE = ROOT / "_build" / "html"
PAGES = sorted(str(path.relative_to(SITE)) for path in SITE.glob("book/*.html"))
PAGES += ["genindex.html", "search.html"] if PAGES else []
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
ZOOMED = {"width": 640, "height": 450}  # what a desk shows at 200 %
FRAME = 1000 / 60  # milliseconds

pytestmark = pytest.mark.skipif(not PAGES, reason="the book is not built; run `make book`")


@pytest.fixture
def visit(chromium, address):
    """Return a function that opens a page and widgets in it, and notes what goes wrong there."""
    contexts = []

    def open_page(name, start=address, **options):
        context = chromium.new_context(**({"viewport": DESK} | options))
        contexts.append(context)
        page, own = context.new_page(), urlsplit(address).netloc
        page.wrong = []

        def asked(route):
            parts = urlsplit(route.request.url)
            if parts.scheme in ("http", "https") and parts.netloc != own:
                page.wrong.append(f"asks {parts.netloc} for {parts.path}")
                route.abort()
            else:
                route.continue_()

        page.route("**/*", asked)
        page.on("console", lambda m: m.type in ("error", "warning") and page.wrong.append(m.text))
        page.on("pageerror", lambda error: page.wrong.append(str(error)))
        page.add_init_script(FORBIDDEN)
        page.goto(f"{start}/{name}")
        for at in range(page.locator("[data-model]").count()):
            place = page.locator("[data-model]").nth(at)
            place.scroll_into_view_if_needed()
            place.locator(".nn-heard").filter(has_text=" ").wait_for(state="attached")
        return page

    yield open_page
    for context in contexts:
        context.close()


def heard(page, at=0):
    """Return what a screen reader would be told, once it has changed."""
    page.wait_for_timeout(700)  # half a second after the last change
    return page.locator(".nn-heard").nth(at).text_content()


def picture(page, at):
    """Return the pixels of a canvas, to see whether they change."""
    return page.locator("[data-model] canvas").nth(at).evaluate(
        "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.join()"
    )  # fmt: skip


def slide(page, label, value):
    page.get_by_role("slider", name=label).fill(str(value))


def choice(page, label):
    return page.get_by_role("combobox", name=label, exact=True)


def press(page, button):
    page.get_by_role("button", name=button).click()


#: What the policy of a page stops ends up on its console, also where Chromium says nothing.
FORBIDDEN = """addEventListener("securitypolicyviolation", (event) =>
  console.error(`${event.effectiveDirective} forbids ${event.blockedURI}: ${event.sample}`))"""
TOO_WIDE = "document.documentElement.scrollWidth - innerWidth"
SQUEEZED = """async (picture) => {
  await picture.decode();
  const {width, height, naturalWidth, naturalHeight} = picture;
  return Math.abs(((width / height) * naturalHeight) / naturalWidth - 1);
}"""
NAME = "e => e.ariaLabel || e.closest('label')?.innerText || e.innerText"

# --- Every page ----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_nobody_else_logs_no_error_and_fits(visit, name, size):
    page = visit(name, viewport=size)
    assert page.wrong == []
    assert page.evaluate(TOO_WIDE) <= 0
    for picture in page.locator("article img:visible").all():
        picture.scroll_into_view_if_needed()  # only now is it fetched
        assert picture.evaluate(SQUEEZED) < 0.02, picture.get_attribute("alt")
    for widget in page.locator("[data-model]").all():
        kept, needed = widget.evaluate(
            """place => {
              const kept = parseFloat(place.style.minHeight);
              place.style.minHeight = "";
              return [kept, place.offsetHeight];
            }"""
        )
        assert 0.8 * needed <= kept <= 1.2 * needed, "the page jumps: mend `_room` of the widget"
    page.set_viewport_size(ZOOMED)
    assert page.evaluate(TOO_WIDE) <= 0


@pytest.mark.parametrize(
    ("theme", "size"), [("light", DESK), ("dark", DESK), ("light", PHONE)], ids=str
)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible(visit, name, theme, size):
    page = visit(name, color_scheme=theme, viewport=size)
    page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished))")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize(("wish", "moving"), [("reduce", False), ("no-preference", True)])
def test_nothing_slides_where_a_reader_asked_for_calm(visit, wish, moving):
    page = visit("book/fast.html", viewport=PHONE, reduced_motion=wish)
    page.evaluate("addEventListener('transitionrun', () => (window.slid = true))")
    page.locator(".primary-toggle").first.click()
    page.wait_for_timeout(700)
    assert page.evaluate("Boolean(window.slid)") == moving


#: Bytes, compressed. The page about speed shows more of the library than any other.
LIGHT = dict.fromkeys(["linear", "nonlinear", "sequential", "multiclass", "autoencoder"], 100_000)
LIGHT["fast"] = 110_000
FIGURE = re.compile(rb'<script type="application/vnd.jupyter.widget-state.*?</script>', re.DOTALL)


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
    choice(page, "digit").focus()
    reached = set()
    for _ in range(20):
        reached.add(page.locator(":focus").evaluate(NAME))
        ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert ring != "none"
        page.keyboard.press("Tab")
    told = " | ".join(reached)
    for part in ("noise", "hole", "New noise", "page to draw on", "spoilt image", "on the left"):
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


def test_laboratory_hole_is_dragged_and_steered(visit):
    page = visit("book/laboratory.html")
    slide(page, "noise, ±", 0)
    slide(page, "hole, pixels a side", 8)
    spoilt = page.locator("[data-model] canvas").nth(1)
    spoilt.scroll_into_view_if_needed()
    box = spoilt.bounding_box()
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()
    dragged = picture(page, 1)
    link = page.get_by_role("link", name="Link to")
    assert "mask_row=10&mask_column=10" in link.get_attribute("href")
    spoilt.focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(100)
    assert picture(page, 1) != dragged
    assert "mask_row=11" in link.get_attribute("href")


def test_laboratory_is_drawn_on_with_mouse_and_keyboard(visit):
    page = visit("book/laboratory.html")
    press(page, "Blank page")
    page.wait_for_timeout(100)
    blank = picture(page, 0)
    page.locator("[data-model] canvas").first.click()
    page.wait_for_timeout(100)
    clicked = picture(page, 0)
    page.locator("[data-model] canvas").first.focus()
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_timeout(100)
    assert len({blank, clicked, picture(page, 0)}) == 3
    choice(page, "digit").select_option("12")
    page.wait_for_timeout(100)
    assert picture(page, 0) not in (blank, clicked)


def test_laboratory_fetches_a_network_when_it_is_chosen(visit):
    page, asked = visit("book/laboratory.html"), []
    page.on("request", lambda request: asked.append(request.url))
    output = picture(page, 4)
    choice(page, "network on the right").select_option("mse-epochs-10-batch-32-code-32-steps-8")
    heard(page)
    assert [url for url in asked if "mse-epochs-10-batch-32-code-32-steps-8" in url]
    assert picture(page, 4) != output


def test_laboratory_opens_a_link(visit):
    link = "digit=21&noise=0.75&mask_size=5&mask_row=3&mask_column=4&left=specialist-noise&right=x"
    page = visit(f"book/laboratory.html#{link}")
    assert page.get_by_role("slider", name="noise").input_value() == "0.75"
    assert choice(page, "digit").input_value() == "21"
    assert choice(page, "network on the left").input_value() == "specialist-noise"
    assert choice(page, "network on the right").input_value().startswith("bce-")


def test_laboratory_says_what_it_could_not_fetch(visit):
    page = visit("book/laboratory.html")
    page.route("**/assets/networks-bce-epochs-10*", lambda route: route.abort())
    choice(page, "network on the right").select_option("bce-epochs-10-batch-32-code-16-steps-2")
    assert "could not be loaded" in heard(page)


def test_laboratory_answers_within_a_frame(visit):
    page = visit("book/laboratory.html")
    for side in ("left", "right"):
        choice(page, f"network on the {side}").select_option(
            "mse-epochs-20-batch-32-code-32-steps-8"
        )
    page.wait_for_timeout(2000)
    page.evaluate(
        """() => {
          window.times = [];
          const lab = document.querySelector("[data-model]");
          let moved;
          lab.addEventListener("input", (event) => (moved = event.timeStamp));
          new MutationObserver(() => moved && times.push(performance.now() - moved) && (moved = 0))
            .observe(lab.querySelectorAll("figcaption")[1], { childList: true });
        }"""
    )
    slider = page.get_by_role("slider", name="noise, ±")
    slider.fill("0")
    for step in range(40):
        slider.press("ArrowRight" if step // 20 % 2 == 0 else "ArrowLeft")
        page.wait_for_timeout(35)
    times = page.evaluate("times")
    print(f"from slider to picture: median of {len(times)}: {median(times):.1f} ms")
    assert len(times) >= 40
    assert median(times) <= FRAME


def test_explorer_is_moved(visit):
    page = visit("book/autoencoder.html")
    digit = picture(page, 1)
    slide(page, "first number", -6)
    assert "Code (-6.00, -3.00)" in heard(page)
    assert picture(page, 1) != digit
    page.locator("[data-model] canvas").first.focus()
    page.keyboard.press("ArrowUp")
    assert "Code (-6.00, -2.95)" in heard(page)


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
    press(page, "Run")
    page.wait_for_timeout(500)
    press(page, "Pause")
    told = heard(page)
    assert told.startswith("After ")
    press(page, "One epoch")
    assert heard(page) != told


def test_stepper_tells_number_after_number(visit):
    page = visit("book/sequential.html")
    press(page, "Next number")
    assert "Number 1 of 20: z1 is" in heard(page)
    press(page, "All")
    assert "Number 20 of 20" in heard(page)
    expect(page.locator(".nn-steps li")).to_have_count(20)
    slide(page, "input x1", 0)
    assert "∂L/∂W1[1,1] = x1·∂L/∂z1 = 0.00" in page.locator(".nn-steps").inner_text()
    press(page, "None")
    expect(page.locator(".nn-steps li")).to_have_count(0)


def test_reader_takes_test_digits_for_what_they_are(visit):
    page = visit("book/multiclass.html")
    for digit in range(10):
        press(page, "A test digit")
        assert f"The network says {digit} with" in heard(page)
    press(page, "Blank page")
    assert "Nothing is drawn" in heard(page)
    page.locator("[data-model] canvas").first.click()
    assert "The network says" in heard(page)


def test_landscape_is_picked_by_list_mouse_and_keyboard(visit):
    page = visit("book/laboratory.html")
    choice(page, "network").select_option("bce-epochs-10-batch-64-code-16-steps-8")
    told = [heard(page, 1)]
    assert told[0].startswith("BCE, 10 epochs, 16 layers, code 16, batch 64")
    plot = page.locator(".nn-plot")
    plot.focus()
    page.keyboard.press("ArrowDown")
    told.append(heard(page, 1))
    plot.click(position={"x": 100, "y": 200})
    told.append(heard(page, 1))
    assert len(set(told)) == 3
    assert "parameters, test MSE" in told[2]


# --- What pages may do, and outputs may not ------------------------------------------------------


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
    page.wait_for_function("document.fullscreenElement")


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
FORGED = {"_anywidget_id": "forged", "_css": "", "_room": [100, 100], "_assets": []}
FORGED["_esm"] = "window.pwned = 1; export default { render() {} };"
STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"


def data(kind, content):
    return f'<script type="application/vnd.{kind}+json">{json.dumps(content)}</script>'


#: What a hostile output could hold: by the script or the visit elsewhere that it is after.
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
    "files": data("nnlib.files", {"nnlib.widgets.descent.Descent": "../../elsewhere.js"}),
    "folder": '<img hidden loading="lazy" name="currentScript" src="/elsewhere/widgets.js">',
}
#: Closed at the root, so that not even a page without a policy runs these.
HARMLESS = {"state", "files", "folder", "latex", "markdown-link", "svg", "metadata"}
#: No policy forbids these: only that HTML in outputs is not passed on.
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


def hostile(name):
    """Return a notebook with a widget of ours and a hostile output."""
    notebook, new = nbformat.read(ROOT / "book" / "linear.ipynb", 4), nbformat.v4
    if name == "metadata":  # with our name and the code of somebody else
        notebook.metadata.widgets[STATE].state["widget-1"].state._esm = FORGED["_esm"]
    shown = [OUTPUTS[name], {VIEW: {"model_id": "widget-1"}}]
    outputs = [new.new_output("display_data", one) for one in shown]
    notebook.cells = [
        new.new_markdown_cell(f"# {name}"),
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
    del config["sphinx"]["local_extensions"]["outputs"]
    options = config["sphinx"]["config"]
    del options["nb_mime_priority_overrides"]
    options["nb_render_markdown_format"] = "myst"
    notebooks = {name: hostile(name) for name in OUTPUTS}
    return build(tmp_path_factory.mktemp("passed_on"), config, notebooks)


@pytest.fixture(scope="module")
def refused(tmp_path_factory):
    """The hostile notebooks, built as the book is; and one with a widget of somebody else."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    notebooks = {name: hostile(name) for name in OUTPUTS} | {"foreign": hostile("metadata")}
    stored = notebooks["foreign"].metadata.widgets[STATE]["state"]
    stored["widget-1"]["state"]["_anywidget_id"] = "forged.Widget"
    return build(tmp_path_factory.mktemp("refused"), config, notebooks)


#: A reader who clicks on what a page offers, and looks at its widget.
VISITED = """addEventListener("load", () => {
  document.querySelector(".bait")?.click();
  document.querySelector("[data-model]")?.scrollIntoView();
})"""


def reached(chromium, site, policy=True, start="http://book.example"):
    """Open all hostile pages; return those whose outputs reached a script or somewhere else."""
    context, pages, others = chromium.new_context(viewport=DESK), {}, set()

    def asked(route, name):
        address, _, path = route.request.url.partition("book.example/")
        file = site / path.partition("?")[0]
        if "elsewhere" in route.request.url:
            others.add(name)
            route.abort()
        elif address.startswith("file:"):
            route.continue_()
        elif file.suffix == ".html" and not policy:
            text = re.sub('<meta http-equiv="Content-Sec.*?>', "", file.read_text("utf-8"))
            route.fulfill(body=text, content_type="text/html")
        elif file.is_file():
            route.fulfill(path=file)
        else:
            route.abort()

    for name in OUTPUTS:
        pages[name] = context.new_page()
        pages[name].route("**/*", lambda route, _, name=name: asked(route, name))
        pages[name].add_init_script(VISITED)
        pages[name].goto(f"{start}/book/{name}.html")
    pages[name].wait_for_timeout(1000)
    pwned = {name for name in OUTPUTS.keys() - others if pages[name].evaluate("window.pwned")}
    context.close()
    return others | pwned


def test_hostile_outputs_would_reach_a_script_or_others(chromium, passed_on):
    site, done = passed_on
    assert done.returncode == 0, done.stderr
    assert reached(chromium, site, policy=False) == OUTPUTS.keys() - HARMLESS


@pytest.mark.parametrize("start", ["http://book.example", "file"])
def test_the_policy_stops_hostile_outputs(chromium, passed_on, start):
    site, _ = passed_on
    start = site.as_uri() if start == "file" else start
    assert reached(chromium, site, start=start) == BEYOND_POLICY


def test_hostile_outputs_do_not_get_into_a_page(chromium, refused):
    site, _ = refused
    assert reached(chromium, site, policy=False) == set()


def test_html_of_an_output_fails_the_build(refused):
    _, done = refused
    assert done.returncode != 0
    for name in OUTPUTS:
        told = re.findall(rf"book/{name}\.ipynb[^\n]*WARNING: An output holds HTML", done.stderr)
        assert bool(told) == (name in ("markdown", "markdown-inline")), name
    assert "foreign" in done.stderr
    assert "a widget of the kind 'forged.Widget', but" in done.stderr
