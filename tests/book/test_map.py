"""The map of the book, and the picture for shared links."""

import sys
from pathlib import Path

import pytest
import yaml
from PIL import Image

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "book" / "_ext"))
book_map = pytest.importorskip("book_map", reason="it needs Sphinx")
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))


def numbered():
    """Return the names of the numbered chapters."""
    parts = [part["chapters"] for part in TOC["parts"] if part.get("numbered")]
    return [Path(chapter["file"]).name for chapters in parts for chapter in chapters]


def test_every_numbered_chapter_is_on_the_map_once_and_in_order():
    lanes = book_map.lanes(TOC)
    listed = [name for lane in lanes.values() for name in lane]
    assert len(listed) == len(set(listed))
    assert [name for name in listed if name in numbered()] == numbered()
    assert set(listed) - set(numbered()) == {"laboratory", "how_we_decide"}


def test_what_a_chapter_needs_comes_before_it():
    order = [Path(one["file"]).name for part in TOC["parts"] for one in part["chapters"]]
    for name, needed in book_map.NEEDS.items():
        assert order.index(needed) < order.index(name)


def test_every_exercise_is_on_the_map():
    text = (ROOT / "book" / "exercises.md").read_text(encoding="utf-8")
    listed = [name for lane in book_map.lanes(TOC).values() for name in lane]
    pages = {page for _, page, *_ in book_map.exercises(text, listed)}
    assert pages == {f"exercises/{one.stem}" for one in (ROOT / "book/exercises").glob("*.ipynb")}


def test_exercises_follow_the_map_in_the_order_of_their_numbers():
    text = (ROOT / "book" / "exercises.md").read_text(encoding="utf-8")
    listed = [name for lane in book_map.lanes(TOC).values() for name in lane]
    places = [listed.index(after) for number, _, after, _ in book_map.exercises(text, listed)
              if number.isdecimal()]  # fmt: skip
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("a.md", "x\n\n# Depth: how many?\n\n# No\n"),
        ("a.ipynb", '{"cells": [{"source": ["# Depth"]}]}'),
    ],
)
def test_titles_are_read_from_files(tmp_path, file, text):
    (tmp_path / file).write_text(text, encoding="utf-8")
    assert book_map.read_title(tmp_path / file) == "Depth"


def test_the_picture_for_links_has_the_size_that_sites_ask_for(tmp_path):
    import card

    card.draw(tmp_path / "card.png", "A book")
    with Image.open(tmp_path / "card.png") as image:
        assert image.size == (1200, 630)
