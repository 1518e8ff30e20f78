"""What `make test` runs."""

import re

from helpers import ROOT


def test_every_test_of_the_book_is_in_a_stage():
    named = set(re.findall(r"\w+\.py", (ROOT / "Makefile").read_text(encoding="utf-8")))
    files = {path.name for path in (ROOT / "tests" / "book").glob("test_*.py")}
    assert {one for one in files if not {one, one.removeprefix("test_")} & named} == set()
