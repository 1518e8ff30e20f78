"""Each cell of each chapter, run with only the cells that it needs, gives its stored output."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "book"))

from test_session import python, run_alone  # noqa: E402, F401 - the fixture is one by its name

CHAPTERS = sorted(path.stem for path in ROOT.glob("book/*.ipynb"))


@pytest.mark.parametrize("name", CHAPTERS)
def test_each_cell_alone_gives_its_stored_output(python, name):  # noqa: F811
    run_alone(python[1], name)
