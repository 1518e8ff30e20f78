"""Variants: other numbers in an exercise, wherever they stand, and answers that are right."""

import importlib
import random
import re
import sys
from fractions import Fraction
from itertools import product
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "book" / "_class"))
exercise, variants = map(importlib.import_module, ["exercise", "variants"])


def read(name):
    return nbformat.read(ROOT / "book" / "exercises" / f"{name}.ipynb", as_version=4)


def made(name, variant):
    """Return the texts of all cells of a variant."""
    notebook = read(name)
    drawn = variants.KINDS[name](random.Random(f"{variant} {name}"))
    variants.varied(notebook, *drawn, variant)
    return {cell.id: cell.source for cell in notebook.cells}


@pytest.mark.parametrize("name", variants.KINDS)
def test_a_variant_has_other_questions_and_the_same_code_to_write(name):
    book = {cell.id: cell.source for cell in read(name).cells}
    words = {one.prompt for one in exercise.questions(name) if one.manual}
    code = {cell for one in exercise.questions(name) for cell in one.tests}
    drawn = [made(name, variant) for variant in ("1", "2", "b", "2027")]
    assert len({str(one) for one in drawn}) > 1
    for one in drawn:
        changed = {cell for cell in one if one[cell] != book[cell]}
        assert changed & {*words, "linear-35", "luck-05"}
        assert not changed & code, "the tests are those of the book"
        assert "**Variant" in "\n".join(one.values())
    assert made(name, "2") == drawn[1], "the same name gives the same numbers"


def test_nothing_is_left_of_the_books_digits():
    kept = {"linear-39", "linear-45"}  # the teacher's
    for at, text in made("linear", "3").items():  # eights and sevens
        if at not in kept:
            assert not re.search(r"\b(fours?|nines?)\b|\ba 4|\(4, 9\)|is_nine", text), at


def test_the_words_for_other_digits_are_english():
    changes, _ = variants._linear(8, 6)
    assert dict(changes["linear-34"]) == {
        "fours": "eights", "nines": "sixes", "a four": "an eight", "a nine": "a six",
    }  # fmt: skip
    assert dict(changes["linear-37"])["a 4 and a 9"] == "an 8 and a 6"


def test_digits_that_change_places_do_not_become_one():
    notebook = read("linear")
    variants.varied(notebook, *variants._linear(9, 4), "x")
    code = next(cell.source for cell in notebook.cells if cell.id == "linear-35")
    assert "digit in (9, 4)" in code
    assert "== 4" in code
    text = next(cell.source for cell in notebook.cells if cell.id == "linear-34")
    assert "evidence for a four, and where it is blue, for a nine" in text


def solution(name, cell):
    return next(one.source for one in read(name).cells if one.id == cell)


def test_with_the_books_numbers_the_answers_are_those_of_the_book():
    answer = variants._linear(4, 9)[1]["linear-45"]
    assert "is about 82 here" in answer
    assert "is about 82 here" in solution("linear", "linear-45")
    assert "65,536" in variants._activations(8)[1]["activations-39"]
    assert "65{,}536" in solution("activations", "activations-39")
    answer = variants._sequential(4, 2, 2)[1]["sequential-39"]
    assert "last batch counts 1/6, and each other row 1/12: 2 times" in answer
    assert r"\frac{1}{12}" in solution("sequential", "sequential-39")
    answer = variants._losses(0.01)[1]["losses-39"]
    assert "-0.0196" in answer
    assert "-0.990" in answer
    assert "51 times" in answer
    assert "fifty times" in solution("losses", "losses-39")


@pytest.mark.parametrize(("batch", "last"), [*product(range(5, 10), range(2, 5))])
def test_the_rows_of_a_mean_of_batches_count_as_said(batch, last):
    _, answers = variants._sequential(batch, 3, last)
    ((short, other, ratio),) = re.findall(r" (1/\d+), .* (1/\d+): (\S+) times", *answers.values())
    weights = [Fraction(other)] * 3 * batch + [Fraction(short)] * last
    assert sum(weights) == 1
    assert Fraction(short) / Fraction(other) == Fraction(ratio)


def test_a_text_that_is_gone_stops_the_build():
    with pytest.raises(ValueError, match="linear-02 does not have fives: mend book/_class/vari"):
        variants.varied(read("linear"), {"linear-02": [("fives", "sixes")]}, {}, "1")


def test_the_guide_for_teachers_lists_them():
    guide = (ROOT / "book" / "teachers.md").read_text(encoding="utf-8")
    (listed,) = re.findall(r"^\*\*Variants\.\*\* .*", guide, re.MULTILINE)
    numbers = [re.search(r"# Exercise (\d)", read(name).cells[1].source)[1]
               for name in variants.KINDS]  # fmt: skip
    told = re.search(r"questions in words of exercises ([\d, and]+)", listed)[1]
    assert re.findall(r"\d", told) == sorted(numbers)
