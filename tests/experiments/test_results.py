import csv

import numpy as np
import pytest

from nnlib.experiments import display, evaluate, results
from nnlib.experiments.claims import CLAIMS
from nnlib.experiments.grid import CHECKPOINTS
from nnlib.experiments.results import Measurement

CHECKPOINT = CHECKPOINTS[0]


@pytest.fixture
def errors(tmp_path, monkeypatch):
    """The errors of tables with the rows that measuring makes, for one network and two seeds."""
    monkeypatch.setenv("NNLIB_DATA", str(tmp_path))
    (tmp_path / "results").mkdir()
    name = CHECKPOINT.config._asdict() | {"epochs": CHECKPOINT.epochs}
    rows = [
        {"corruption": corruption, "level": level, "mse": 0.01 + level / 100, "ssim": 0.75}
        | {"mse_masked": level / 10 if corruption == "mask" and level else None}
        for corruption, level in evaluate.CORRUPTIONS
    ]
    for table, corruption in {"noise": "noise", "masks": "mask"}.items():
        series = [row for row in rows if row["corruption"] == corruption]
        found = [name | {"seed": seed} | row for seed in (0, 1) for row in series]
        results.write(results.path(table), found)
    results.write(results.path("baselines"), [{"method": "none"} | row for row in rows])
    return results.ErrorTable()


def test_every_error_that_a_claim_asks_for_is_found(errors):
    for claim in CLAIMS:
        for statement in claim.statements:
            for error in statement.ratio.errors:
                checkpoint = error.checkpoint and CHECKPOINT
                asked = Measurement(checkpoint, error.corruption, error.level, error.masked)
                for score in ("mse", "ssim"):
                    assert set(errors(asked, score)) == {0, 1}


def test_each_score_is_found(errors):
    assert errors(Measurement(CHECKPOINT, "mask", 4), "mse") == {0: 0.05, 1: 0.05}
    assert errors(Measurement(CHECKPOINT, "mask", 4, masked=True), "mse") == {0: 0.4, 1: 0.4}
    assert errors(Measurement(None, "noise", 0.5), "ssim") == {0: 0.25, 1: 0.25}


def test_whole_series_are_found(errors):
    assert errors.levels("noise") == list(evaluate.NOISES)
    assert errors.seeds(CHECKPOINT, "noise").shape == (2, 11)
    assert errors.baseline("none", "mask")[[0, 20]] == pytest.approx([0.01, 0.21])
    both = errors.series({"nothing": "none", "network": CHECKPOINT}, "mask")
    assert {name: values.shape for name, values in both.items()} == {
        "nothing": (21,),
        "network": (2, 21),
    }
    masked = errors.seeds(CHECKPOINT, "mask", masked=True)
    assert np.isnan(masked[:, 0]).all()
    assert masked[:, 20] == pytest.approx(2)


def test_a_column_has_a_row_for_each_seed(errors):
    assert results.by_seed([CHECKPOINT, CHECKPOINT]).tolist() == [[0.01, 0.01]] * 2
    assert results.by_seed([CHECKPOINT], "ssim").tolist() == [[0.75]] * 2
    assert results.by_seed([CHECKPOINT], ["mse", "ssim"]).tolist() == [[[0.01, 0.75]]] * 2
    row = CHECKPOINT.config._asdict() | {"epochs": CHECKPOINT.epochs, "seed": 3, "seconds": 1.5}
    results.write(results.path("training"), [row])
    assert results.by_seed([CHECKPOINT], "seconds", "training").tolist() == [[1.5]]


def test_networks_are_compared_over_the_seeds_that_all_of_them_have(errors):
    other = CHECKPOINTS[1]
    for where in [where for where in errors.rows if where[0] == CHECKPOINT]:
        errors.rows[other, *where[1:]] = {1: errors.rows[where][1]}
    both = errors.series({"one": CHECKPOINT, "other": other, "nothing": "none"})
    assert [len(both[name]) for name in ("one", "other")] == [1, 1]
    assert len(errors.seeds(CHECKPOINT)) == 2
    rows = results.read(results.path("noise"))
    setting = other.config._asdict() | {"epochs": other.epochs}
    results.write(results.path("noise"), [*rows, *(row | setting for row in rows if row["seed"])])
    assert results.by_seed([CHECKPOINT, other]).tolist() == [[0.01, 0.01]]


def test_seeds_stand_in_a_table(errors):
    shown = display.seed_table({"one": CHECKPOINT}, 2).data
    assert shown == "| seed | one |\n| ---: | ---: |\n| 0 | 0.01 |\n| 1 | 0.01 |"


@pytest.mark.parametrize("name", ["noise", "speed", "verdicts"])
def test_a_table_of_the_book_has_the_values_of_its_texts(name):
    file = results.path(name)
    with file.open(newline="", encoding="utf-8") as stream:
        texts = list(csv.DictReader(stream))
    expected = [{key: results.to_value(text) for key, text in row.items()} for row in texts]
    assert repr(results.read(file)) == repr(expected)  # 1 and 1.0 are equal, and not the same


def test_whatever_a_column_mixes_each_value_is_read_by_itself(tmp_path):
    file, digits = tmp_path / "table.csv", "1" * 5000
    file.write_text(f'a,b,c,d\n0,0.5,x,{digits}\n\n1,2,"y, z",2\n7,,1e-3,3\n')
    assert repr(results.read(file)) == repr(
        [
            {"a": 0, "b": 0.5, "c": "x", "d": digits},
            {"a": 1, "b": 2, "c": "y, z", "d": 2},
            {"a": 7, "b": None, "c": 0.001, "d": 3},
        ]
    )


@pytest.mark.parametrize("text", ["", "\n", "a,b\n", "a,b\n\n"])
def test_a_table_without_rows_is_read(tmp_path, text):
    (tmp_path / "table.csv").write_text(text)
    assert results.read(tmp_path / "table.csv") == []


@pytest.mark.parametrize(("row", "values"), [("1", 1), ("1,2,3", 3)])
def test_a_row_of_another_length_is_named(tmp_path, row, values):
    (tmp_path / "table.csv").write_text(f"a,b\n1,2\n{row}\n")
    with pytest.raises(ValueError, match=rf"table\.csv: row 2 has {values} values for 2 columns"):
        results.read(tmp_path / "table.csv")
