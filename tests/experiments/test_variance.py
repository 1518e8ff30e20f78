"""Sources of variance: each varies alone, and its share is that of its variance."""

import numpy as np
import pytest

from nnlib.experiments import results, variance
from nnlib.experiments.folders import Images


def table(spread):
    """Return a table whose errors vary by `spread` of each source, one number a run."""
    chance = np.random.default_rng(0).normal(size=(len(variance.SOURCES), variance.RUNS))
    rows = []
    for run in dict.fromkeys(run for runs in variance.draws().values() for run in runs):
        log = sum(
            spread[source] * chance[place, run[place]]
            for place, source in enumerate(variance.SOURCES)
        )
        rows.append(dict(zip(variance.SOURCES, run, strict=True)) | {"mse": np.exp(log)})
    return rows


def test_each_source_varies_alone_and_all_of_them_together():
    for source, runs in variance.draws().items():
        assert len(set(runs)) == variance.RUNS
        varied = {
            one
            for place, one in enumerate(variance.SOURCES)
            if len({run[place] for run in runs}) > 1
        }
        assert varied == (set(variance.SOURCES) if source == variance.TOGETHER else {source})


def test_a_share_is_that_of_the_variance(monkeypatch, tmp_path):
    spread = {"weights": 0.03, "order": 0.01, "split": 0.02, "noise": 0.0}
    results.write(tmp_path / "variance.csv", table(spread))
    monkeypatch.setattr(results, "path", lambda name: tmp_path / f"{name}.csv")
    found = variance.shares("mse")
    assert sum(share for share, *_ in found.values()) == pytest.approx(1)
    assert found["noise"] == pytest.approx((0, 0, 0), abs=1e-9)
    order = sorted(found, key=lambda source: found[source][0], reverse=True)
    assert order == ["weights", "split", "order", "noise"]
    for share, low, high in found.values():
        assert low <= share <= high or share == pytest.approx(0, abs=1e-9)
    logs = np.log(variance.errors_by_source("mse")["weights"])
    assert variance.variances("mse")["weights"] == pytest.approx(logs.var(ddof=1))


def test_a_draw_changes_what_it_names_and_nothing_else(monkeypatch, tmp_path):
    monkeypatch.setattr(variance, "MNIST", Images(count=200))
    monkeypatch.setattr(variance, "EPOCHS", 1)

    def drawn(*run):
        (row,) = variance.train_drawn(*run[:3], [run[3]])
        return row["mse"], row["mse_noisy"]

    base = drawn(0, 0, 0, 0)
    assert drawn(0, 0, 0, 0) == base
    for run in ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0)):
        assert drawn(*run)[0] != base[0]
    clean, noisy = drawn(0, 0, 0, 1)
    assert clean == base[0]
    assert noisy != base[1]


def test_all_runs_come_into_the_table_and_are_trained_once(monkeypatch, tmp_path):
    monkeypatch.setattr(variance, "RUNS", 2)
    monkeypatch.setattr(variance, "MNIST", Images(count=96))
    monkeypatch.setattr(variance, "EPOCHS", 1)
    monkeypatch.setattr(results, "path", lambda name: tmp_path / f"{name}.csv")
    variance.measure(tmp_path, processes=1)
    rows = results.read(results.path("variance"))
    seen = {tuple(row[source] for source in variance.SOURCES) for row in rows}
    assert seen == {run for runs in variance.draws().values() for run in runs}
    assert len(rows) == len(seen) == 2 + 3 + 1
    monkeypatch.setattr(variance, "train_drawn", None)
    variance.measure(tmp_path, processes=1)
    assert results.read(results.path("variance")) == rows
