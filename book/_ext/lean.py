"""Pages that open fast on a phone: what the theme brings along and the book never uses stays away.

The theme sends ten style sheets, nine tenths of them rules for what no page contains, a font of
icons and a script that draws the same icons again, and an index for searching with every page. When
the book is built, its pages get one style sheet with the rules that they use, fonts with the icons
and mathematical signs that they use, scripts that do not hold up the first picture, and figures
that wait for the reader.
"""

import logging
import re
import unicodedata
from hashlib import sha256
from html import unescape
from os.path import relpath
from pathlib import Path

import tinycss2
from fontTools import subset
from PIL import Image

logging.getLogger("fontTools").setLevel(logging.WARNING)  # else it tells of every table it cuts

#: The one style sheet, and the fonts of icons and of formulas, within the built book.
SHEET = "_static/all.css"
ICONS = "_static/vendor/fontawesome/webfonts/fa-solid-900.woff2"
FORMULAS = "_static/fonts/stix-two-math-subset.woff2"

#: Scripts for what the book does without; only the page that searches keeps the last three.
UNUSED = ("fontawesome.js", "togglebutton.js", "design-tabs.js")
SEARCHING = ("searchtools.js", "language_data.js", "searchindex.js")

#: Where scripts are that a page may run, within `_static`.
SCRIPTS = ("", "scripts/", "widgets/")

#: The book's own, whose comments are for those who read them where they are written.
OWN = ("first.js", "widgets.js", "widgets/*.js")

#: What the pages use of Bootstrap, a part of the theme: the rest of what it styles is not there.
BOOTSTRAP = "bootstrap.js"
OF_BOOTSTRAP = {"show", "fade", "collapse", "collapsing", "dropdown-menu", "tooltip"}
OF_BOOTSTRAP |= {"tooltip-arrow", "tooltip-inner", "bs-tooltip-auto"}

#: The script that a page runs before it is drawn.
FIRST = "first.js"

STYLE = re.compile(r'<link [^>]*?href="([^"?]*\.css)[^"]*"[^>]*rel="stylesheet"[^>]*>\s*|'
                   r'<link rel="stylesheet"[^>]*href="([^"?]*\.css)[^"]*"[^>]*>\s*')  # fmt: skip
PRELOAD = re.compile(r'<link rel="preload" as="script"[^>]*>\s*')
SCRIPT = re.compile(r'<script ([^>]*?src="[^"?]*?([^"?/]+\.js)[^"]*"[^>]*)></script>\s*')
COMMENT = re.compile(r"^ *//.*\n", re.MULTILINE)
VARIABLE = re.compile(r"""(?<=[{;])\s*(--[\w-]+):(?:"[^"]*"|'[^']*'|[^;}"'])*(?:;|(?=\}))""")
PICTURE = re.compile(r'<img (?![^>]*loading=)([^>]*?src="([^"?:]+\.png)"[^>]*)>')


# --- Style ---------------------------------------------------------------------------------------


def parts(prelude):
    """Split the tokens before a rule at the commas: one list for each selector."""
    one = []
    for token in prelude:
        if token == ",":
            yield one
            one = []
        else:
            one.append(token)
    yield one


def names(selector):
    """Yield the classes and ids that a page must contain for a selector to find something."""
    for before, token in zip([None, *selector], selector, strict=False):
        if token.type == "hash" or (token.type == "ident" and before == "."):
            yield token.value


def used(rules, words):
    """Return the text of those rules whose classes and ids are all among some words."""
    kept = []
    for rule in rules:
        if rule.type == "qualified-rule":
            found = [one for one in parts(rule.prelude) if words.issuperset(names(one))]
            if found:
                before = ",".join(tinycss2.serialize(one).strip() for one in found)
                kept.append(f"{before}{{{tinycss2.serialize(rule.content).strip()}}}")
        elif rule.type == "at-rule" and rule.lower_at_keyword in ("media", "supports"):
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            if text := used(inner, words):
                kept.append(f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{text}}}")
        else:
            kept.append(rule.serialize())
    return "\n".join(kept)


def read(path, home):
    """Return the text of a style sheet and of those it imports; addresses are as seen from home."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r'@import "([^"]+)";', lambda found: read(path.parent / found[1], home), text)
    return re.sub(
        r"""url\(["']?(?!data:|#)([^)"']+)["']?\)""",
        lambda found: f"url({relpath(path.parent / found[1], home)})",
        text,
    )


def sheet(site, styles, pages):
    """Return the rules of style sheets that the pages, or the scripts on them, have a use for."""
    scripts = [path for one in SCRIPTS for path in site.glob(f"_static/{one}*.js")]
    scripts = [path for path in scripts if path.name not in (*UNUSED, BOOTSTRAP)]
    texts = [path.read_text(encoding="utf-8") for path in scripts] + list(pages.values())
    words = OF_BOOTSTRAP.union(*(re.findall(r"[\w-]+", text) for text in texts))
    text = "\n".join(read(path, site / "_static") for path in styles)
    rules = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
    return without_unused_variables(used(rules, words)) + "\n"


def without_unused_variables(text):
    """Return the text of a style sheet without the variables that nothing in it asks for."""
    asked = set(re.findall(r"var\(\s*(--[\w-]+)", text))
    return VARIABLE.sub(lambda found: found[0] if found[1] in asked else "", text)


# --- Fonts ---------------------------------------------------------------------------------------


def cut(font, text):
    """Keep of a font what a text needs, and the larger forms of its brackets and sums."""
    options = subset.Options(flavor="woff2", hinting=False)
    loaded = subset.load_font(font, options)
    cutter = subset.Subsetter(options)
    cutter.populate(text=text)
    cutter.subset(loaded)
    subset.save_font(loaded, font, options)


def icons(text):
    """Return the icons that a style sheet mentions: they live where Unicode has no letters."""
    return "".join(re.findall("[\ue000-\uf8ff]", text))


def signs(pages):
    """Return the letters and signs of all formulas, and the slanted letters that browsers draw."""
    formulas = re.findall("<math.*?</math>", "".join(pages), re.DOTALL)
    found = set(unescape(re.sub("<[^>]*>", "", "".join(formulas))))
    slanted = map(chr, [*range(0x1D434, 0x1D468), *range(0x1D6E2, 0x1D71C), ord("ℎ")])
    slanted = {one for one in slanted if unicodedata.normalize("NFKC", one) in found}
    return "".join(found | slanted)


# --- Pages ---------------------------------------------------------------------------------------


def mend(text, path, site, version):
    """Return a page with one style sheet, scripts that wait, and pictures that keep their room."""
    home = relpath(site, path.parent)
    dropped = UNUSED if path.name == "search.html" else UNUSED + SEARCHING

    def script(found):
        attributes, name = found.groups()
        if name in dropped:
            return ""
        waits = name == FIRST or "defer" in attributes
        return found[0] if waits else f"<script defer {attributes}></script>\n"

    def picture(found):
        attributes, address = found.groups()
        width, height = Image.open(path.parent / address).size
        return f'<img loading="lazy" width="{width}" height="{height}" {attributes}>'

    one = f'<link rel="stylesheet" href="{home}/{SHEET}?v={version}" />\n'
    text = STYLE.sub(one, text, count=1)
    text = STYLE.sub(lambda found: found[0] if SHEET in found[0] else "", text)
    return PICTURE.sub(picture, SCRIPT.sub(script, PRELOAD.sub("", text)))


def finish(app, exception):
    """Mend all pages."""
    if exception or app.builder.format != "html":
        return
    site = Path(app.outdir)
    files = [site / f"{app.builder.get_target_uri(name)}" for name in app.env.found_docs]
    files += [path for name in ("genindex", "search") if (path := site / f"{name}.html").exists()]
    pages = {path: path.read_text(encoding="utf-8") for path in files}
    styles = {
        (path.parent / (one or other)).resolve(): None
        for path, text in pages.items()
        for one, other in STYLE.findall(text)
    }
    styles = [path for path in styles if path != (site / SHEET).resolve()]
    if not styles:
        return
    text = sheet(site, styles, pages)
    (site / SHEET).write_text(text, encoding="utf-8")
    cut(site / ICONS, icons(text))
    cut(site / FORMULAS, signs(pages.values()))
    for path in (path for one in OWN for path in site.glob(f"_static/{one}")):
        path.write_text(COMMENT.sub("", path.read_text(encoding="utf-8")), encoding="utf-8")
    version = sha256(text.encode()).hexdigest()[:8]
    for path, page in pages.items():
        path.write_text(mend(page, path, site, version), encoding="utf-8")


def setup(app):
    """Register the step."""
    app.connect("build-finished", finish, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
