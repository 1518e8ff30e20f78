"""Code that is alike: what was copied is found under other names, and the template is not."""

import importlib
import re
import sys
from pathlib import Path

import odd_copies
import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "book" / "_class"))
exercise, similar = map(importlib.import_module, ["exercise", "similar"])

OWN = """
class Linear(Module):
    def backward(self, G):
        batch = len(G)
        outer = np.zeros_like(self.params["W"])
        for row, gradient in zip(self.x, G):
            outer = outer + np.outer(row, gradient)
        self.grads["W"] = self.grads["W"] + outer
        self.grads["b"] = self.grads["b"] + batch * G.mean(0)
        return G.dot(self.params["W"].T)
"""
OTHER = """
class Linear(Module):
    def backward(self, G):
        self.grads["W"] += self.x.T @ G
        self.grads["b"] += G.sum(axis=0)
        return G @ self.params["W"].T
"""
RENAMED = re.sub(r"\b(batch|outer|row|gradient)\b", r"my_\1", OWN).replace("zip", "zip  ")
RENAMED = RENAMED.replace("        return", "        # done\n\n        return")


def test_what_was_copied_is_found_under_other_names():
    ((same, share, first, second, lines, theirs),) = similar.alike(
        {"ada": OWN, "ben": OTHER, "eve": RENAMED}
    )
    assert (first, second) == ("ada", "eve")
    assert share > 0.8
    assert 1 <= same < len(lines), "lines with other names are not the same to the letter"
    told = [OWN.splitlines()[number - 1] for number in lines]
    assert any("np.outer(row, gradient)" in line for line in told)
    assert any("(my_row, my_gradient)" in RENAMED.splitlines()[number - 1] for number in theirs)


def test_what_is_public_or_many_have_tells_nothing():
    assert similar.alike({"ada": OWN, "eve": RENAMED}, public=OWN) == []
    many = {str(number): OWN for number in range(similar.FEW + 1)}
    assert similar.alike(many) == []
    few = dict([*many.items()][: similar.FEW])
    assert len(similar.alike(few)) == similar.FEW * (similar.FEW - 1) / 2
    assert similar.alike({"ada": "", "ben": "x = 1", "eve": "x = 1"}) == []


def test_lines_that_were_handed_out_are_not_a_students_own():
    code = similar.own_code(["a = 1\n\n  b = 2", "c = 3"], known={"b = 2", "c = 3"})
    assert code == "a = 1"


def write(folder, **answers):
    for student, source in answers.items():
        notebook = odd_copies.Notebook(solved=False).add(source)
        (folder / student).mkdir(parents=True)
        (folder / student / "linear.ipynb").write_bytes(notebook.json())


@pytest.mark.skipif(not exercise.CLASS.is_dir(), reason="run `make class`")
def test_a_page_shows_the_lines_side_by_side(tmp_path, capsys):
    marked = OWN.replace("batch = len(G)", "batch = len(G) if 1 < 2 else 0")
    write(tmp_path / "in", ada=marked, ben=OTHER, eve=marked)
    similar.main(tmp_path / "in", tmp_path / "grades")
    page = (tmp_path / "grades" / "similar.html").read_text("utf-8")
    assert "linear: 1 pairs of 3 students" in page
    assert "<h3>ada and eve: " in page
    assert "len(G) if 1 &lt; 2 else 0" in page
    assert "1 pairs are alike" in capsys.readouterr().out


@pytest.mark.skipif(not exercise.CLASS.is_dir(), reason="run `make class`")
def test_untouched_notebooks_and_the_solution_are_not_alike(tmp_path):
    for student in ("ada", "ben"):
        (tmp_path / "in" / student).mkdir(parents=True)
        content = odd_copies.Notebook(solved=student == "ben").json()
        (tmp_path / "in" / student / "linear.ipynb").write_bytes(content)
        (tmp_path / "in" / f"{student}2").mkdir()
        (tmp_path / "in" / f"{student}2" / "linear.ipynb").write_bytes(content)
    similar.main(tmp_path / "in", tmp_path / "grades")
    page = (tmp_path / "grades" / "similar.html").read_text("utf-8")
    assert "linear: 0 pairs of 4 students" in page


def test_nothing_to_compare_is_said(tmp_path):
    with pytest.raises(SystemExit, match="is not there"):
        similar.main(tmp_path / "nowhere", tmp_path)
    with pytest.raises(SystemExit, match="nothing to compare"):
        similar.main(tmp_path, tmp_path)
