from nnlib.experiments.display import markdown_table, print_numbers
from nnlib.experiments.statistics import Estimate


def test_numbers_are_told_by_name(capsys):
    print_numbers({"a\nb": [0.12345, 2], "c": 1.0})
    print_numbers({"d": Estimate(1.5, 1.0, 2.25, 5, 0.1, 0.9)}, "")
    assert capsys.readouterr().out == "a b: 0.1235, 2.0000\nc: 1.0000\nd: 1.50 (1.00 to 2.25)\n"


def test_markdown_is_a_table_with_numbers_flush_right():
    rows = [{"digit": 0, "L": "0.50", "name": "zero"}, {"digit": 1, "L": "0.25", "name": "one"}]
    assert markdown_table(rows).data.splitlines() == [
        "| digit | L | name |",
        "| ---: | ---: | --- |",
        "| 0 | 0.50 | zero |",
        "| 1 | 0.25 | one |",
    ]
