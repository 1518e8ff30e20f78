"""The book says the field's words, in English and in French, and its headings tell pages apart.

words.toml has the words, words.py reads the pages.
"""

import re
from collections import Counter

import pytest
from words import BOOK, ENTRY, OTHERS, PAGES, ROOT, WORDS, blocks, faults, lengths, name, prose

_, GLOSSARY, FRENCH = (BOOK / "glossary.md").read_text(encoding="utf-8").split("```")
ENTRIES = [(heads.split("\n")[:-1], text) for heads, _, text in ENTRY.findall(GLOSSARY)]
HEADWORDS = [head.lower() for heads, _ in ENTRIES for head in heads]
CODE = sorted(
    path
    for part in ("nnlib", "book")
    for path in (ROOT / part).rglob("*")
    if path.suffix in {".py", ".mjs", ".js", ".css"}
)
EVERY_PAGE = pytest.mark.parametrize("path", PAGES, ids=name)


@pytest.fixture(scope="module")
def book():
    return {path: blocks(path) for path in PAGES}


@pytest.mark.parametrize("path", [*PAGES, *OTHERS], ids=name)
def test_no_word_is_out(path):
    if found := list(faults(name(path), blocks(path))):
        pytest.fail("\n".join([f"tests/book/words.toml, on {name(path)}:", *found]), pytrace=False)


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_code_and_figures_spell_as_the_book_does(path):
    text = path.read_text(encoding="utf-8").replace('"Greys"', "")  # Matplotlib's name
    spellings = (word for word, why in WORDS["out"].items() if why.startswith("the American"))
    assert [hit[0] for word in spellings for hit in re.finditer(rf"\b(?:{word})(?!\w)", text)] == []


@EVERY_PAGE
def test_every_linked_term_has_an_entry(path, book):
    assert {text for kind, text in book[path] if kind == "term"} - {*HEADWORDS} == set()


@EVERY_PAGE
def test_no_other_page_has_its_headings(path, book):
    pages = {one: {text for kind, text in book[one] if kind == "h2"} for one in PAGES}
    shared = Counter(heading for headings in pages.values() for heading in headings)
    assert {one for one in pages[path] if shared[one] > 1} - {*WORDS["headings"]} == set()


@pytest.mark.parametrize("term", WORDS["terms"])
def test_a_term_has_an_entry_and_a_chapter_links_it(term, book):
    names = next((heads for heads, _ in ENTRIES if term in heads), None)
    assert names, f"the glossary has no entry {term!r}"
    linked = [text for path in PAGES if path.suffix == ".ipynb" for text in book[path]]
    assert any(("term", head.lower()) in linked for head in names), f"no chapter links {names}"


def test_the_glossary_is_in_order_and_its_entries_are_complete():
    firsts = [heads[0].lower() for heads, _ in ENTRIES]
    assert firsts == sorted(firsts)
    assert len(HEADWORDS) == len({*HEADWORDS})
    assert GLOSSARY.count("\n  ") == len(ENTRIES), (
        "an entry has two lines, or begins without French"
    )
    assert [heads for heads, text in ENTRIES if len(text) < 30 or text[-1] not in ".)"] == []


@pytest.mark.parametrize("word", WORDS["french"])
def test_a_word_of_the_report_leads_to_an_entry(word):
    words = [row.split("|")[1].strip() for row in FRENCH.splitlines() if row.startswith("| ")]
    assert word in ", ".join(words).split(", ")


@pytest.mark.parametrize(
    "markdown",
    [
        "The copies are blurred.",
        "| a | b |\n| - | - |\n| the code width | 2 |",
        "```{note}\nWhoever reads this.\n```",
        "<details><summary>the rate</summary>\n\n</details>",
        "![ten spoilt digits](a.png)",
        "{term}`the score <metric>`",
        "95<!-- a comment --> % of them",
    ],
)
def test_a_word_that_is_out_is_found(markdown):
    assert len(list(faults("a page", prose(markdown)))) == 1


def test_code_formulas_quotations_and_exceptions_are_left_alone():
    markdown = '`copies`, $rate$, "copy", it can copy its input.\n\n    rate\n\n> The copy.\n'
    assert list(faults("a page", prose(markdown))) == []


def test_sentences_are_counted():
    assert lengths(prose("# One\n\nIt is 0.5, or $x$. Is `it`? Yes.")) == [5, 2, 1]
    folded = "One two.\n\n<details><summary>so</summary>\n\nThree.\n\n</details>\n\nFour."
    assert lengths(prose(folded)) == [2, 1]
    assert lengths(prose(folded), "answer") == [1]
    assert lengths(prose("**Right.** One two.\n\n**2. Why?** Three.\n\n**R1 holds**, too.")) == [
        2,
        1,
        3,
    ]
