"""The prose of the book and the words that it uses: for test_words.py, and for editors.

Prose is what readers read as English, alt texts and captions included, without code, formulas,
comments and references.

`python tests/book/words.py` prints for every page, or for those named, the number of words, the
mean length of a sentence, the share of sentences under eight words, the mean length in what is
folded (answers and hints), and how many words are out.
"""

import re
import sys
import tomllib
from pathlib import Path
from statistics import mean

import nbformat
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.front_matter import front_matter_plugin
from mdit_py_plugins.myst_role import myst_role_plugin

ROOT = Path(__file__).parents[2]
BOOK = ROOT / "book"
PAGES = [*sorted(BOOK.glob("*.md")), *sorted(BOOK.glob("*.ipynb"))]
OTHERS = [*sorted(BOOK.glob("exercises/*.ipynb")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
WORDS = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))

MARKDOWN = MarkdownIt("commonmark").enable("table")
MARKDOWN.use(front_matter_plugin).use(myst_role_plugin).use(dollarmath_plugin)
#: Stands for code, a formula or a reference: a word of the sentence, but none of ours.
OTHER = "◻"
#: Directives that hold prose.
BOXED = re.compile(r"\{(note|tip|warning|important|admonition|dropdown|seealso|figure|glossary)\}")
HTML = re.compile(r"<!--.*?-->|<code>.*?</code>|<[^>]+>", re.DOTALL)
QUOTED = re.compile(r'"[^"]*"|“[^”]*”|«[^»]*»')
#: An entry of the glossary: lines of headwords, then the French and the definition, indented.
ENTRY = re.compile(r"((?:^[^\s`{].*\n)+)  \*(.+?)\*(.*)", re.MULTILINE)


def name(path):
    return str(path.relative_to(ROOT).with_suffix("")).removeprefix("book/")


def blocks(path):
    """Return (kind, text) of each piece of a page's prose; see `prose`."""
    if path.suffix == ".md":
        return list(prose(path.read_text(encoding="utf-8")))
    cells = nbformat.read(path, as_version=4).cells
    about = [part for cell in cells for part in cell.metadata.get("mystnb", {}).values()]
    alts = [
        part.get(key, "") for part in about for key in ("alt", "caption") if isinstance(part, dict)
    ]
    markdown = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return [*prose(markdown), *(("alt", alt) for alt in alts)]


def prose(markdown):
    """Yield (kind, text): the kind is a tag of HTML, such as p, h2 or td; alt; or term, a link.

    A paragraph that readers unfold, such as the answer to a question, is of the kind answer; what
    a paragraph begins with in bold, such as **1.** or **Momentum.**, is its label.
    """
    quoted, kind, folded = 0, "p", 0
    for token in MARKDOWN.parse(markdown):
        quoted += token.nesting * token.type.startswith("blockquote")
        kind = token.tag if token.nesting == 1 else kind
        if token.type == "fence" and BOXED.match(token.info):
            yield from prose(ENTRY.sub(r"  \3", token.content))
        elif token.type == "html_block":
            folded += token.content.count("<details") - token.content.count("</details")
            yield "html", HTML.sub(" ", token.content)
        elif token.type == "inline" and not quoted:
            of = "answer" if folded and kind == "p" else kind
            label, text = labeled("".join(map(shown, token.children)), token.children)
            yield "label", label
            yield of, text
            for part in token.children:
                if part.type == "image":
                    yield "alt", part.content
                elif part.meta.get("name") == "term":
                    yield "term", re.sub(r".*<(.*)>", r"\1", part.content).lower()


def labeled(text, parts):
    """Return the label that a text begins with in bold, ended by a mark, and the rest of it."""
    kinds = [part.type for part in parts]
    if "strong_open" in kinds[:2] and not "".join(map(shown, parts[: kinds.index("strong_open")])):
        label = "".join(map(shown, parts[: kinds.index("strong_close")]))
        if label.endswith((".", "?", "!")):
            return label, text.removeprefix(label)
    return "", text


def shown(part):
    """Return what a reader sees of a part of a line."""
    if part.type == "text":
        return part.content
    if part.type == "myst_role":
        return part.content.partition(" <")[0] if part.meta["name"] == "term" else OTHER
    return {"softbreak": " ", "code_inline": OTHER, "math_inline": OTHER}.get(part.type, "")


def faults(page, found):
    """Yield a sentence for each word that is out in the blocks found on a page."""
    kept = [one["phrase"] for one in WORDS["exception"] if one.get("page", page) == page]
    for text in (QUOTED.sub(OTHER, text) for kind, text in found if kind != "term"):
        for phrase in kept:
            text = re.sub(phrase, OTHER, text)
        for word, instead in WORDS["out"].items():
            for hit in re.finditer(rf"\b(?:{word})(?!\w)", text):
                around = " ".join(text[max(0, hit.start() - 40) : hit.end() + 40].split())
                yield f"{hit[0]!r}, better: {instead} (… {around} …)"


def lengths(found, wanted="p"):
    """Return the number of words of each sentence in the blocks of a kind, such as paragraphs."""
    text = "\n".join(text for kind, text in found if kind == wanted)
    sentences = re.split(r"\n|(?<=[.!?])[\")*]*\s+(?=[\"(]*[A-Z◻])", text)
    counts = [len(re.findall(r"\S*[\w◻]\S*", sentence)) for sentence in sentences]
    return [count for count in counts if count]


if __name__ == "__main__":
    print(f"{'page':25} words a sentence  under 8  in answers  out")
    for path in [Path(one).resolve() for one in sys.argv[1:]] or [*PAGES, *OTHERS]:
        found = blocks(path)
        counts, answers = (lengths(found, kind) or [0] for kind in ("p", "answer"))
        short, out = mean(count < 8 for count in counts), len(list(faults(name(path), found)))
        print(
            f"{name(path):25} {sum(counts):5} {mean(counts):10.1f} {short:8.0%} "
            f"{mean(answers):11.1f} {out:4}"
        )
