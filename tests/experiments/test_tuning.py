"""Tuning on few images: who is trained on what, what chooses, and what the test images see."""

from itertools import product
from math import inf

import numpy as np
import pytest

from nnlib import AutoEncoder, MSELoss
from nnlib.experiments import results, tuning
from nnlib.experiments.folders import Images

FEW = Images(count=96)


@pytest.fixture
def few(monkeypatch, tmp_path):
    """Networks of 4 layers, two rates, two seeds and 96 images, of which 64 train."""
    monkeypatch.setattr(tuning, "STEPS", (2,))
    monkeypatch.setattr(tuning, "TRAINED_ON", 64)
    monkeypatch.setattr(tuning, "EPOCHS", 2)
    monkeypatch.setattr(tuning, "SEEDS", range(2))
    monkeypatch.setattr(tuning, "RATES", {"mse": [0.01, 0.02], "bce": [0.004, 0.008]})
    monkeypatch.setattr(results, "path", lambda name, data_set: FEW.table(name, tmp_path))
    return tmp_path


def test_every_arm_has_the_same_budget_of_rates_each_twice_the_one_before():
    assert {len(rates) for rates in tuning.RATES.values()} == {8}
    for rates in tuning.RATES.values():
        assert np.divide(rates[1:], rates[:-1]) == pytest.approx(2)
    assert {one.reduction for one in tuning.LOSSES.values()} == {"batchmean"}


def test_a_table_tells_of_every_run_and_the_test_images_of_the_best_rate_only(few):
    tuning.tune(few, 1, FEW)
    rows = results.read(FEW.table("tuning", few))
    assert len(rows) == 2 * 1 * 2 * 2
    errors = tuning.validation_errors()
    assert list(errors) == list(product(("mse", "bce"), (2,)))
    best = {arm: tuning.best_rate(errors[arm]) for arm in errors}
    for row in rows:
        assert (row["test_mse"] is not None) == (row["rate"] == best[row["loss"], row["steps"]])
    assert {arm: len(found) for arm, found in tuning.errors_at_best().items()} == dict.fromkeys(
        best, 2
    )
    X = FEW.load()
    network = AutoEncoder.load(FEW.folder(few) / "tuning" / "mse-2-0.01-1.npz")
    (row,) = [row for row in rows if [*row.values()][:4] == ["mse", 2, 0.01, 1]]
    validation = X.X_train[64:]
    error = MSELoss().forward(network.forward(validation), validation)
    assert row["validation_mse"] == pytest.approx(error, rel=1e-4)
    # What is there already is not trained again.
    written = (FEW.folder(few) / "tuning" / "mse-2-0.01-1.npz").stat().st_mtime_ns
    tuning.tune(few, 1, FEW)
    assert (FEW.folder(few) / "tuning" / "mse-2-0.01-1.npz").stat().st_mtime_ns == written
    assert results.read(FEW.table("tuning", few)) == rows


def test_a_training_run_that_is_not_finite_counts_as_the_worst(few, monkeypatch):
    monkeypatch.setattr(tuning, "RATES", {"mse": [0.01, 1e39], "bce": [0.004, 0.008]})
    with np.errstate(all="ignore"):
        tuning.tune(few, 1, FEW)
    errors = tuning.validation_errors()["mse", 2]
    assert (errors[1e39] == inf).all()
    assert tuning.best_rate(errors) == 0.01


def test_the_best_rate_is_the_one_with_the_smallest_geometric_mean():
    errors = {0.1: np.array([1.0, 4.0]), 0.2: np.array([1.9, 1.9]), 0.4: np.array([3.0, 3.0])}
    assert tuning.best_rate(errors) == 0.2


def test_a_statement_is_a_ratio_of_the_best_of_each_arm(monkeypatch):
    of_arm = {("mse", 2): 2.0, ("mse", 4): 1.0, ("mse", 8): 1.5,
              ("bce", 2): 3.0, ("bce", 4): 2.0, ("bce", 8): 1.2}  # fmt: skip
    chance = np.array([0.999, 1.0, 1.001])
    monkeypatch.setattr(
        tuning, "errors_at_best", lambda: {arm: error * chance for arm, error in of_arm.items()}
    )
    found = tuning.judge()
    ratios = {name: one.ratio for name, (one, _) in found.items()}
    assert ratios == pytest.approx(
        {"T1": 2 / 1, "T2": 2 / 1.5, "T3": 2 * 1.5 / 1, "T4": 3 / 1.2, "T5": 3 * 1.2 / 4}, rel=1e-3
    )
    verdicts = {name: verdict for name, (_, verdict) in found.items()}
    assert verdicts == dict.fromkeys(("T1", "T2", "T3", "T4"), "holds") | {"T5": "fails"}


def test_on_other_images_the_arm_is_tuned_that_was_not_registered(few, monkeypatch):
    monkeypatch.setattr(tuning, "NOT_REGISTERED", [("mse", 2)])
    other = FEW._replace(data_set="fashion_mnist")
    tuning.tune(few, 1, other)
    rows = results.read(other.table("tuning", few))
    assert {(row["loss"], row["steps"]) for row in rows} == {("mse", 2)}
    network = AutoEncoder.load(other.folder(few) / "tuning" / "mse-2-0.01-0.npz")
    again = tuning.train_at("mse", 2, 0.01, 0, other)
    for name, value in again.params.items():
        np.testing.assert_allclose(network.params[name], value, atol=1e-5)
