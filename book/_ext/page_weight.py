"""Pages that open fast on a phone: what the theme brings along and the book never uses stays away.

The theme sends ten style sheets, nine tenths of them rules for what no page contains, a font of
icons and a script that draws the same icons again, and an index for searching with every page. When
the book is built, its pages get one style sheet with the rules that they use, fonts with the icons
and mathematical signs that they use, scripts that do not hold up the first picture, and pictures
that wait for the reader. What the theme's templates would bring besides, `_templates` leaves out.
"""

import logging
import re
import unicodedata
from hashlib import sha256
from os.path import relpath
from pathlib import Path

import tinycss2
from bs4 import BeautifulSoup
from docutils import nodes
from fontTools import subset
from sphinx.util.images import get_image_size

logging.getLogger("fontTools").setLevel(logging.WARNING)  # else it tells of every table it cuts

#: The one style sheet, and the fonts of icons and of formulas, within the built book.
STYLE_SHEET = "_static/all.css"
ICONS = "_static/vendor/fontawesome/webfonts/fa-solid-900.woff2"
FORMULAS = "_static/fonts/stix-two-math-subset.woff2"

#: What stands in a page for the version of its style sheet until all pages are there.
VERSION = "version-of-all-css"

#: The style sheets that the theme's templates name by themselves, before all others.
OF_THEME = ("_static/styles/theme.css", "_static/styles/pydata-sphinx-theme.css")

#: Scripts for what the book does without.
UNUSED = {"fontawesome.js", "togglebutton.js", "design-tabs.js"}

#: Where scripts are that a page may run, within `_static`.
SCRIPTS = ("", "scripts/", "widgets/")

#: Those with comments and indentation, which are for those who read them in their sources.
READABLE = ("theme_init.js", "widgets.js", "predict.js", "live.js", "widgets/*.js", "doctools.js",
            "sphinx_highlight.js", "copybutton*.js")  # fmt: skip

#: What the pages use of Bootstrap, a part of the theme: the rest of what it styles is not there.
BOOTSTRAP = "bootstrap.js"
OF_BOOTSTRAP = {"show", "fade", "collapse", "collapsing", "dropdown-menu", "tooltip"}
OF_BOOTSTRAP |= {"tooltip-arrow", "tooltip-inner", "bs-tooltip-auto"}

#: The script that a page runs before it is drawn.
FIRST = "theme_init.js"

#: Where a page, and a script, names what a rule may look for.
CLASS_OR_ID = re.compile(r'\b(?:class|id)="([^"]*)"')
STRING = re.compile(r""""[^"\n]*"|'[^'\n]*'|`[^`]*`""")

#: Marks of names, punctuation and blanks in code, which have the color of all that has no mark.
PLAIN = re.compile(r'<span class="[npw]">([^<]*)</span>|<span></span>')
#: A formula: to parse only these takes a fraction of the time.
MATH = re.compile(r"<math\b.*?</math>", re.DOTALL)

#: No text of theirs goes over several lines.
COMMENT_OR_INDENT = re.compile(r"^ *//.*\n|^ */\*[^/]*\*/\n|^ +", re.MULTILINE)
LINE_ENDS = re.compile(r"(?<=;)\s*\n\s*")
VARIABLE = re.compile(r"""(?<=[{;])\s*(--[\w-]+):(?:"[^"]*"|'[^']*'|[^;}"'])*(?:;|(?=\}))""")


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
                content = tinycss2.serialize(rule.content).strip()
                kept.append(f"{before}{{{LINE_ENDS.sub('', content)}}}")
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
    named = [found[1] for page in pages for found in CLASS_OR_ID.finditer(page)]
    named += [found[0] for path in scripts for found in STRING.finditer(path.read_text("utf-8"))]
    words = OF_BOOTSTRAP.union(*(re.findall(r"[\w-]+", text) for text in named))
    text = "\n".join(read(site / name, site / "_static") for name in styles)
    rules = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
    return without_unused_variables(used(rules, words)) + "\n"


def without_unused_variables(text):
    """Return the text of a style sheet without the variables that nothing in it asks for."""
    asked = set(re.findall(r"var\(\s*(--[\w-]+)", text))
    shorter = VARIABLE.sub(lambda found: found[0] if found[1] in asked else "", text)
    return text if shorter == text else without_unused_variables(shorter)  # one may ask for another


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
    formulas = "".join(found for page in pages for found in MATH.findall(page))
    read = BeautifulSoup(formulas, "html.parser")
    found = set(read.get_text())
    if read.find(["msqrt", "mroot"]):
        found.add("√")  # which the browser draws
    slanted = map(chr, [*range(0x1D434, 0x1D468), *range(0x1D6E2, 0x1D71C), ord("ℎ")])
    slanted = {one for one in slanted if unicodedata.normalize("NFKC", one) in found}
    return "".join(found | slanted)


# --- Pages ---------------------------------------------------------------------------------------


def drop_comments(app, doctree):
    """Leave out the comments that say where a number comes from (tests/book/prose_numbers.py)."""
    for node in list(doctree.findall(nodes.raw)):
        if re.fullmatch(r"\s*<!--.*?-->\s*", node.astext(), re.DOTALL):
            node.parent.remove(node)


def visit_image(writer, node):
    """Write a picture that waits for the reader and keeps its room; docutils would need a style."""
    size = get_image_size(Path(writer.builder.srcdir, node["uri"]))
    node["loading"] = "lazy"
    type(writer).visit_image(writer, node)
    if size:
        with_size = '<img width="{}" height="{}" '.format(*size)
        writer.body[-1] = writer.body[-1].replace("<img ", with_size, 1)


def link_files(app, pagename, templatename, context, doctree):
    """Note the style sheets of a page, and let its scripts wait for it, or stay away."""
    context["style_sheet"] = f"{STYLE_SHEET}?v={VERSION}"
    by_priority = sorted(context["css_files"], key=lambda css: css.priority)
    app.style_sheets |= dict.fromkeys(css.filename for css in by_priority)
    kept = []
    for script in context["script_files"]:
        name = Path(script.filename or "").name
        if name not in ("", FIRST):
            script.attributes.setdefault("defer", "")
        if name not in UNUSED:
            kept.append(script)
    context["script_files"] = kept


def finish(app, exception):
    """Write the style sheet, and the fonts, of what is on the pages."""
    if exception or app.builder.format != "html":
        return
    site = Path(app.outdir)
    files = [Path(app.builder.get_outfilename(name)) for name in app.env.found_docs]
    others = [site / f"{name}.html" for name in ("404", "genindex", "search")]
    files += [path for path in others if path.exists()]
    pages = {path: path.read_text(encoding="utf-8") for path in files}
    text = sheet(site, app.style_sheets, pages.values())
    (site / STYLE_SHEET).write_text(text, encoding="utf-8")
    cut(site / ICONS, icons(text))
    cut(site / FORMULAS, signs(pages.values()))
    for path in (path for one in READABLE for path in site.glob(f"_static/{one}")):
        script = path.read_text(encoding="utf-8")
        path.write_text(COMMENT_OR_INDENT.sub("", script), encoding="utf-8")
    version = sha256(text.encode()).hexdigest()[:8]
    for path, page in pages.items():
        page = PLAIN.sub(lambda found: found[1] or "", page.replace(VERSION, version))
        path.write_text(page, encoding="utf-8")


def setup(app):
    """Register the steps; the links when all others have named their files."""
    app.style_sheets = dict.fromkeys(OF_THEME)  # in their order
    app.add_node(nodes.image, override=True, html=(visit_image, None))
    app.connect("doctree-read", drop_comments)
    app.connect("html-page-context", link_files, priority=960)
    app.connect("build-finished", finish, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
