import numpy as np
import pytest

from nnlib import MSELoss
from nnlib.experiments import grid, multiverse, results, verdicts, verify
from nnlib.experiments.grid import CHECKPOINTS, path

CHECKPOINT = CHECKPOINTS[0]


@pytest.fixture
def kept(tmp_path, monkeypatch, rng):
    """Return images, after a network and the tables that tell of it were put into a data folder."""
    monkeypatch.setenv("NNLIB_DATA", str(tmp_path))
    monkeypatch.setitem(grid.KEPT, "mnist", [CHECKPOINT])
    for folder in ("networks", "results"):
        (tmp_path / folder).mkdir()
    X = rng.uniform(size=(30, 784)).astype(np.float32)
    network = CHECKPOINT.config.new_network(0)
    network.trained_with = {"seed": 0}
    network.save(path(CHECKPOINT), dtype="float16")
    row = CHECKPOINT.config._asdict() | {"epochs": CHECKPOINT.epochs, "seed": 0, "ssim": 0.5}
    row |= {"corruption": "noise", "level": 0, "mse": MSELoss().forward(network.forward(X), X)}
    results.write(results.path("noise"), [row])
    results.write(results.path("masks"), [row])
    corrupted = {"method": "none", "corruption": "noise", "level": 0, "mse": 0.0, "ssim": 1.0}
    results.write(results.path("baselines"), [corrupted])
    return X


def test_a_network_that_errs_as_the_table_says_is_right(kept):
    assert verify.wrong_networks("mnist", results.ErrorTable(), kept) == []


def test_another_network_under_its_name_is_told(kept):
    other = CHECKPOINT.config.new_network(1)
    other.trained_with = {"seed": 0}
    other.params["decoder.2.bias"] += 1
    other.save(path(CHECKPOINT), dtype="float16")
    (complaint,) = verify.wrong_networks("mnist", results.ErrorTable(), kept)
    assert CHECKPOINT.name in complaint
    assert "but the table noise.csv says" in complaint


def test_the_verdicts_must_be_those_of_the_tables(kept, monkeypatch):
    rows = [{"claim": "R1", "ratio": 1.5, "verdict": "holds"}]
    monkeypatch.setattr(verify, "of_the_book", lambda data_set: {})
    monkeypatch.setattr(verify, "table", lambda found: rows)
    results.write(results.path("verdicts"), rows)
    assert verify.wrong_verdicts() == []
    results.write(results.path("verdicts"), [rows[0] | {"ratio": 1.51}])
    (complaint,) = verify.wrong_verdicts()
    assert "verdicts.csv says of R1" in complaint
    results.write(results.path("verdicts"), rows * 2)
    (complaint,) = verify.wrong_verdicts()
    assert complaint.endswith("verdicts.csv has 2 rows, but should have 1.")


def test_the_verdicts_under_other_choices_must_be_those_of_the_tables(monkeypatch, tmp_path):
    rows = results.read(results.path("multiverse"))[:3]
    chosen = [(row["kind"], multiverse.choices_of(row)) for row in rows]
    rows = [multiverse.row(*one) for one in chosen]
    monkeypatch.setattr(multiverse, "chosen", lambda: chosen)
    monkeypatch.setattr(multiverse, "row", lambda *one: rows[chosen.index(one)])
    monkeypatch.setattr(results, "path", lambda name: tmp_path / f"{name}.csv")
    results.write(results.path("multiverse"), rows)
    assert verify.wrong_universes() == []
    results.write(results.path("multiverse"), [*rows[:2], rows[2] | {"claims_kept": 3}])
    (complaint,) = verify.wrong_universes()
    assert "claims_kept is 3, but the results say" in complaint
    results.write(results.path("multiverse"), rows[:2])
    (complaint,) = verify.wrong_universes()
    assert "make it anew with `python -m nnlib.experiments multiverse`" in complaint


def test_a_claim_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setattr(verdicts, "of_the_book", lambda data_set: dict.fromkeys(["R1", "R2"]))
    with pytest.raises(ValueError, match="no claim 'R16'; choose from R1, R2"):
        verdicts.on("R16")
