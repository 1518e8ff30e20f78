import numpy as np
import pytest

from nnlib import AutoEncoder, MSELoss, Optim
from nnlib.zoo import beyond, grid, tables
from nnlib.zoo.claims import Error
from nnlib.zoo.evaluate import CORRUPTIONS, MASKS, NOISES

IMAGES = 96


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """Let tables and networks be written to a folder of the test."""
    monkeypatch.setattr(tables, "results", lambda name: tmp_path / f"{name}.csv")
    monkeypatch.setattr(beyond, "_specialist_file", lambda kind: tmp_path / f"{kind}.npz")
    return tmp_path


def test_a_table_tells_of_every_convention_and_specialist(folders, monkeypatch):
    two = [("mse", "batchmean", 0.01), ("mse", "mean", 0.01)]
    monkeypatch.setattr(beyond, "CONVENTIONS", two)
    beyond.main([0], folders, processes=1, images=IMAGES)
    rows = tables.read(tables.results("conventions"))
    assert [(row["reduction"], row["epochs"]) for row in rows] == [
        ("batchmean", 10),
        ("batchmean", 20),
        ("mean", 10),
        ("mean", 20),
    ]
    rows = tables.read(tables.results("specialists"))
    assert {row["kind"] for row in rows} == {"noise", "mask"}
    assert len(rows) == 2 * len(CORRUPTIONS)
    for kind in ("noise", "mask"):
        told = beyond.specialist(kind).trained_with
        assert (told["input"], told["epochs"], told["seed"]) == (kind, 20, 0)

    before = tables.results("conventions").read_text()  # what is there is not trained again
    monkeypatch.setattr(beyond, "train_convention", None)
    monkeypatch.setattr(beyond, "train_specialist", None)
    beyond.main([0], folders, processes=1, images=IMAGES)
    assert tables.results("conventions").read_text() == before


def test_another_seed_is_added_to_the_tables(folders, monkeypatch):
    monkeypatch.setattr(beyond, "CONVENTIONS", [("bce", "sum", 0.1)])
    monkeypatch.setattr(beyond, "SPECIALISTS", {"mask": beyond.spoil_mask})
    for seed in (1, 0):
        beyond.main([seed], folders, processes=1, images=IMAGES)
    rows = tables.read(tables.results("conventions"))
    assert [(row["seed"], row["epochs"]) for row in rows] == [
        (seed, epochs) for seed in (0, 1) for epochs in (10, 20, 30, 40, 50)
    ]


def test_a_training_that_runs_away_ends_with_errors_that_are_not_known():
    with np.errstate(all="ignore"):
        rows = beyond.train_convention("mse", "sum", 1e30, 0, IMAGES)
    assert [row["mse"] for row in rows] in ([None], [rows[0]["mse"]] * 2)


@pytest.mark.parametrize("kind", ["noise", "mask"])
def test_a_specialist_sees_other_spoilt_images_each_epoch_and_clean_targets(monkeypatch, kind):
    seen = []

    class Watched(Optim):
        def SGD(self, X, Y, *args, **kwargs):
            seen.append((X.copy(), Y))
            return super().SGD(X, Y, *args, **kwargs)

    monkeypatch.setattr(beyond, "Optim", Watched)
    network, _ = beyond.train_specialist(kind, 1, IMAGES, epochs=2)
    (first, clean), (second, clean_again) = seen
    assert clean is clean_again
    assert (first != clean).any()
    assert (first != second).any()
    assert (clean == beyond.data().X_train[:IMAGES]).all()
    again, _ = beyond.train_specialist(kind, 1, IMAGES, epochs=2)
    assert all((network.params[name] == value).all() for name, value in again.params.items())


def test_with_clean_images_a_specialist_is_what_the_zoo_trains(monkeypatch):
    monkeypatch.setitem(beyond.SPECIALISTS, "none", lambda X, rng: X)
    network, _ = beyond.train_specialist("none", 0, IMAGES, epochs=1)
    plain, X = AutoEncoder(784, 16, 4, rng=0), beyond.data().X_train[:IMAGES]
    Optim(plain, MSELoss("batchmean"), 0.01).SGD(X, X, 32, 1, rng=(0, 0))
    for name, value in plain.params.items():
        np.testing.assert_allclose(network.params[name], value, atol=1e-6)


def test_readings_and_twins_are_read_beside_those_of_the_84(folders, monkeypatch):
    monkeypatch.setattr(beyond, "CONVENTIONS", [("mse", "mean", 0.01)])
    beyond.main([1], folders, processes=1, images=IMAGES)
    member = grid.Member(beyond.SETTING, 20)
    noise, masks = (
        [
            member.setting._asdict() | {"loss": loss, "epochs": epochs, "seed": seed}
            | {"corruption": kind, "level": level, "mse": seed + 0.5, "ssim": 0, "mse_masked": None}
            for loss in grid.EPOCHS for epochs in grid.EPOCHS[loss] for seed in (0, 1)
            for level in levels
        ]
        for kind, levels in (("noise", NOISES), ("mask", MASKS))
    )  # fmt: skip
    tables.write(tables.results("noise"), noise)
    tables.write(tables.results("masks"), masks)
    tables.write(tables.results("baselines"), [{"method": "none"} | row for row in noise[:1]])

    readings = beyond.conventions()
    assert readings["MSE, batchmean, 0.01"] == {10: {0: 0.5, 1: 1.5}, 20: {0: 0.5, 1: 1.5}}
    assert list(readings["MSE, mean, 0.01"][20]) == [1]
    errors = beyond.under(readings["MSE, mean, 0.01"], readings["BCE, mean, 0.1"])
    assert errors(Error(grid.Member(beyond.SETTING._replace(loss="bce"), 50)), "mse")[1] == 1.5
    assert errors(Error(member), "mse") == readings["MSE, mean, 0.01"][20]

    pair = beyond.twins("noise")
    assert pair["plain"].tolist() == [[1.5] * len(NOISES)]
    assert pair["trained"].shape == (1, len(NOISES))
