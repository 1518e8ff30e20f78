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
