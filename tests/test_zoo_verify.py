import numpy as np
import pytest

from nnlib import MSELoss
from nnlib.zoo import tables, verdicts, verify
from nnlib.zoo.grid import MEMBERS, path

MEMBER = MEMBERS[0]


@pytest.fixture
def kept(tmp_path, monkeypatch, rng):
    """Return images, after a network and the tables that tell of it were put into a data folder."""
    monkeypatch.setenv("NNLIB_DATA", str(tmp_path))
    for folder in ("networks", "results"):
        (tmp_path / folder).mkdir()
    X = rng.uniform(size=(30, 784)).astype(np.float32)
    network = MEMBER.setting.new_network(0)
    network.trained_with = {"seed": 0}
    network.save(path(MEMBER), dtype="float16")
    row = MEMBER.setting._asdict() | {"epochs": MEMBER.epochs, "seed": 0, "ssim": 0.5}
    row |= {"corruption": "noise", "level": 0, "mse": MSELoss().forward(network.forward(X), X)}
    tables.write(tables.results("noise"), [row])
    tables.write(tables.results("masks"), [row])
    spoilt = {"method": "none", "corruption": "noise", "level": 0, "mse": 0.0, "ssim": 1.0}
    tables.write(tables.results("baselines"), [spoilt])
    return X


def test_a_network_that_errs_as_the_table_says_is_right(kept):
    assert verify.wrong_networks([MEMBER], tables.Errors(), kept) == []


def test_another_network_under_its_name_is_told(kept):
    other = MEMBER.setting.new_network(1)
    other.trained_with = {"seed": 0}
    other.params["decoder.2.bias"] += 1
    other.save(path(MEMBER), dtype="float16")
    (complaint,) = verify.wrong_networks([MEMBER], tables.Errors(), kept)
    assert MEMBER.name in complaint
    assert "but the table noise.csv says" in complaint


def test_the_verdicts_must_be_those_of_the_tables(kept, monkeypatch):
    rows = [{"claim": "R1", "ratio": 1.5, "verdict": "holds"}]
    monkeypatch.setattr(verify, "judge", lambda errors: None)
    monkeypatch.setattr(verify, "table", lambda found: rows)
    tables.write(tables.results("verdicts"), rows)
    assert verify.wrong_verdicts(tables.Errors()) == []
    tables.write(tables.results("verdicts"), [rows[0] | {"ratio": 1.51}])
    (complaint,) = verify.wrong_verdicts(tables.Errors())
    assert "verdicts.csv says of R1" in complaint
    tables.write(tables.results("verdicts"), rows * 2)
    assert verify.wrong_verdicts(tables.Errors()) == ["verdicts.csv has 2 rows, but should have 1."]


def test_a_claim_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setattr(verdicts.tables, "Errors", lambda: lambda error, score: {0: 1.0, 1: 1.1})
    verdicts.on.cache_clear()
    with pytest.raises(ValueError, match="no claim 'R16'; choose from R1, R2"):
        verdicts.on("R16")
    verdicts.on.cache_clear()
