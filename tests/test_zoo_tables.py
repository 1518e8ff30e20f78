import numpy as np
import pytest

from nnlib.zoo import evaluate, tables
from nnlib.zoo.claims import CLAIMS, Error
from nnlib.zoo.grid import MEMBERS
from nnlib.zoo.statistics import Estimate

MEMBER = MEMBERS[0]


@pytest.fixture
def errors(tmp_path, monkeypatch):
    """The errors of tables with the rows that measuring makes, for one network and two seeds."""
    monkeypatch.setenv("NNLIB_DATA", str(tmp_path))
    (tmp_path / "results").mkdir()
    name = MEMBER.setting._asdict() | {"epochs": MEMBER.epochs}
    rows = [
        {"corruption": corruption, "level": level, "mse": 0.01 + level / 100, "ssim": 0.75}
        | {"mse_masked": level / 10 if corruption == "mask" and level else None}
        for corruption, level in evaluate.CORRUPTIONS
    ]
    for table, corruption in {"noise": "noise", "masks": "mask"}.items():
        series = [row for row in rows if row["corruption"] == corruption]
        found = [name | {"seed": seed} | row for seed in (0, 1) for row in series]
        tables.write(tables.results(table), found)
    tables.write(tables.results("baselines"), [{"method": "none"} | row for row in rows])
    return tables.Errors()


def test_every_error_that_a_claim_asks_for_is_found(errors):
    for claim in CLAIMS:
        for statement in claim.statements:
            for error in (*statement.above, *statement.below):
                member = error.member and MEMBER
                asked = Error(member, error.corruption, error.level, error.masked)
                for score in ("mse", "ssim"):
                    assert set(errors(asked, score)) == {0, 1}


def test_each_score_is_found(errors):
    assert errors(Error(MEMBER, "mask", 4), "mse") == {0: 0.05, 1: 0.05}
    assert errors(Error(MEMBER, "mask", 4, masked=True), "mse") == {0: 0.4, 1: 0.4}
    assert errors(Error(None, "noise", 0.5), "ssim") == {0: 0.25, 1: 0.25}


def test_whole_series_are_found(errors):
    assert errors.levels("noise") == list(evaluate.NOISES)
    assert errors.seeds(MEMBER, "noise").shape == (2, 11)
    assert errors.baseline("none", "mask")[[0, 20]] == pytest.approx([0.01, 0.21])
    both = errors.series({"nothing": "none", "network": MEMBER}, "mask")
    assert {name: values.shape for name, values in both.items()} == {
        "nothing": (21,),
        "network": (2, 21),
    }
    masked = errors.seeds(MEMBER, "mask", masked=True)
    assert np.isnan(masked[:, 0]).all()
    assert masked[:, 20] == pytest.approx(2)


def test_a_column_has_a_row_for_each_seed(errors):
    assert tables.by_seed([MEMBER, MEMBER]).tolist() == [[0.01, 0.01]] * 2
    assert tables.by_seed([MEMBER], "ssim").tolist() == [[0.75]] * 2
    assert tables.by_seed([MEMBER], ["mse", "ssim"]).tolist() == [[[0.01, 0.75]]] * 2
    row = MEMBER.setting._asdict() | {"epochs": MEMBER.epochs, "seed": 3, "seconds": 1.5}
    tables.write(tables.results("training"), [row])
    assert tables.by_seed([MEMBER], "seconds", "training").tolist() == [[1.5]]


def test_networks_are_compared_over_the_seeds_that_all_of_them_have(errors):
    other = MEMBERS[1]
    for where in [where for where in errors.rows if where[0] == MEMBER]:
        errors.rows[other, *where[1:]] = {1: errors.rows[where][1]}
    both = errors.series({"one": MEMBER, "other": other, "nothing": "none"})
    assert [len(both[name]) for name in ("one", "other")] == [1, 1]
    assert len(errors.seeds(MEMBER)) == 2
    rows = tables.read(tables.results("noise"))
    setting = other.setting._asdict() | {"epochs": other.epochs}
    tables.write(tables.results("noise"), [*rows, *(row | setting for row in rows if row["seed"])])
    assert tables.by_seed([MEMBER, other]).tolist() == [[0.01, 0.01]]


def test_seeds_stand_in_a_table(errors):
    shown = tables.seeds({"one": MEMBER}, 2).data
    assert shown == "| seed | one |\n| ---: | ---: |\n| 0 | 0.01 |\n| 1 | 0.01 |"


def test_numbers_are_told_by_name(capsys):
    tables.tell({"a\nb": [0.12345, 2], "c": 1.0})
    tables.tell({"d": Estimate(1.5, 1.0, 2.25, 5, 0.1, 0.9)}, "")
    assert capsys.readouterr().out == "a b: 0.1235, 2.0000\nc: 1.0000\nd: 1.50 (1.00 to 2.25)\n"


def test_markdown_is_a_table_with_numbers_flush_right():
    rows = [{"digit": 0, "L": "0.50", "name": "zero"}, {"digit": 1, "L": "0.25", "name": "one"}]
    assert tables.markdown(rows).data.splitlines() == [
        "| digit | L | name |",
        "| ---: | ---: | --- |",
        "| 0 | 0.50 | zero |",
        "| 1 | 0.25 | one |",
    ]
