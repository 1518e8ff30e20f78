"""Every number in the book's prose comes from the place that its comment names."""

from pathlib import Path

import nbformat
import pytest
from prose_numbers import BOOK, Page, agrees, faults, passing

PAGES = [*sorted(BOOK.glob("*.ipynb")), *sorted(BOOK.glob("*.md"))]
EXERCISES = sorted(BOOK.glob("exercises/*.ipynb"))
TABLE = "| claim | clipped | seeds |\n| --- | --- | --- |\n| R1 | 1.06 (0.96 to 1.16) | 10 |\n"


def notebook(prose, *outputs, source="rate = 0.01"):
    v4 = nbformat.v4
    data = {"text/markdown": TABLE, "text/plain": "<Markdown object>"}
    cells = [v4.new_markdown_cell(prose)]
    for at, text in enumerate(outputs):
        output = v4.new_output("stream", text=text)
        cells.append(v4.new_code_cell(source, id=f"cell-{at}", outputs=[output]))
    table = v4.new_output("display_data", data)
    cells.append(v4.new_code_cell("show()", id="table", outputs=[table]))
    return v4.new_notebook(cells=cells)


def said(prose, *outputs):
    return list(faults(Page.of(notebook(prose, *outputs))))


@pytest.mark.parametrize("path", [*PAGES, *EXERCISES], ids=lambda path: path.stem)
def test_every_number_has_its_place(path):
    if found := list(faults(Page.read(path))):
        pytest.fail("\n".join([f"{path.name}:", *found]), pytrace=False)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_wrong_number_does_not_pass(path):
    for kind, (passed, tried) in passing(Page.read(path)).items():
        assert passed <= 0.02 * tried, kind


@pytest.mark.parametrize(
    "prose",
    [
        "an error of 0.04<!-- code 16, clipped: L # -->",
        "an error of 0.040<!-- code 16, clipped: L -->",
        "an error of **0.040**<!-- @cell-0 … clipped: L # -->",
        "about 4%<!-- clipped: L # --> of it",
        "about 500<!-- images: # --> images",
        "of 512<!-- images: # --> images",
        "a share of 0.94<!-- right: # -->, or 94%<!-- right: # --> or 94 %<!-- right: # -->",
        "1.06<!-- R1 > clipped --> (0.96<!-- R1 > clipped > (# to --> and so on)",
        "a rate of 0.01<!-- rate = # -->",
        "a factor of 49<!-- = SIDE**2 / 16 -->, of 784 pixels, 28 × 28, R10, float32, `0.77`",
        r"$e^2 \approx 7.4$<!-- = math.exp(2) -->, $x^2$, $10^{-9}$",
        "# Exercise 2: two\n\n## 1. One\n\n2. Two\n\n**3.** Three, 40 minutes, of $0$ or $1$",
        "16 layers, batches of 32, noise of ±0.4",
        "<summary><code>(4, 2)</code></summary>",
    ],
)
def test_a_number_at_its_place_passes(prose):
    assert not said(prose, "code 16, clipped: L 0.0398\nimages: 512\nright: 94 %\n")


@pytest.mark.parametrize(
    ("prose", "reason"),
    [
        ("an error of 0.04", "no comment"),
        ("an error of 0.05<!-- code 16, clipped: L # -->", "is 0.0398"),
        ("an error of 0.0399<!-- code 16, clipped: L # -->", "is 0.0398"),
        ("4<!-- clipped: L # --> images", "is 0.0398"),
        ("500<!-- images: # --> images", "is 512"),
        ("94<!-- right: # --> images", "is 94"),
        ("of 512<!-- pictures: # -->", "nothing on"),
        ("of 512<!-- @nowhere images: # -->", "no cell"),
        ("of 16<!-- code # -->", "different numbers"),
        ("of 5<!-- = 5 -->", "typed by hand"),
        ("of 5<!-- = six -->", "cannot be worked out"),
        ("17 layers", "no comment"),
        ("785 pixels", "no comment"),
        ("0.06<!-- R1 > clipped -->", "is 1.06"),
        ("0.06<!-- R2 > clipped -->", "nothing on"),
        (r"$L \approx 0.05$", "no comment"),
        ("```{glossary}\nbias\n  A number, usually 5.\n```", "no comment"),
        ("| a | b |\n| - | - |\n| 1 | 2 |", "no comment"),
    ],
)
def test_another_number_does_not(prose, reason):
    found = said(prose, "code 16, clipped: L 0.0398\nimages: 512\nright: 94 %\n", "code 32: 1\n")
    assert found, prose
    assert reason in found[0]


def test_a_place_on_another_page_is_found():
    loss = Page.read(Path(BOOK / "loss.ipynb"))
    cell, (outputs, _) = next((i, c) for i, c in loss.cells.items() if "seeds" in "".join(c[0]))
    line = next(line for text in outputs for line in text.splitlines() if " seeds" in line)
    number = line.partition(" seeds")[0].split()[-1]
    assert not said(f"{number}<!-- loss@{cell} {line.partition(number)[0]}# seeds -->")


@pytest.mark.parametrize("number", range(1, 100))
def test_only_one_number_in_a_hundred_agrees(number):
    assert agrees(f"0.{number:02}", False, False, 0.37, False) == (number == 37)
    assert agrees(f"{number}", True, False, 0.37, False) == (number == 37)
