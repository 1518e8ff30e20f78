import numpy as np
import pytest

from nnlib import AutoEncoder, MSELoss, Optim
from nnlib.experiments import grid, results, robustness
from nnlib.experiments.evaluate import CORRUPTIONS, MASKS, NOISES, corrupt
from nnlib.experiments.folders import Images, checkpoint_file
from nnlib.experiments.results import Measurement

IMAGES = 96
TRIAL = Images(count=IMAGES)


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """Let tables be read where a trial writes them."""
    monkeypatch.setattr(results, "path", lambda name, data_set="mnist": TRIAL.table(name, tmp_path))
    return tmp_path


def test_a_table_tells_of_every_convention_and_specialist(folders, monkeypatch):
    two = [("mse", "batchmean", 0.01), ("mse", "mean", 0.01)]
    monkeypatch.setattr(robustness, "CONVENTIONS", two)
    robustness.train([0], folders, processes=1, images=TRIAL)
    rows = results.read(results.path("conventions"))
    assert [(row["reduction"], row["epochs"]) for row in rows] == [
        ("batchmean", 10),
        ("batchmean", 20),
        ("mean", 10),
        ("mean", 20),
    ]
    rows = results.read(results.path("specialists"))
    assert {row["kind"] for row in rows} == {"noise", "mask"}
    assert len(rows) == 2 * len(CORRUPTIONS)
    for kind in ("noise", "mask"):
        told = AutoEncoder.load(
            folders / f"trial-{IMAGES}" / "robustness" / f"{kind}-0.npz"
        ).trained_with
        assert (told["input"], told["epochs"], told["seed"]) == (kind, 20, 0)

    before = results.path("conventions").read_text()  # what is there is not trained again
    monkeypatch.setattr(robustness, "train_convention", None)
    monkeypatch.setattr(robustness, "train_specialist", None)
    robustness.train([0], folders, processes=1, images=TRIAL)
    assert results.path("conventions").read_text() == before


@pytest.mark.filterwarnings("ignore:The loss was")  # so few images teach nothing
def test_another_seed_is_added_to_the_tables(folders, monkeypatch):
    monkeypatch.setattr(robustness, "CONVENTIONS", [("bce", "sum", 0.1)])
    monkeypatch.setattr(robustness, "SPECIALISTS", {"mask": robustness.corrupt_by_mask})
    for seed in (1, 0):
        robustness.train([seed], folders, processes=1, images=TRIAL)
    rows = results.read(results.path("conventions"))
    assert [(row["seed"], row["epochs"]) for row in rows] == [
        (seed, epochs) for seed in (0, 1) for epochs in (10, 20, 30, 40, 50)
    ]


def test_a_training_that_runs_away_ends_with_errors_that_are_not_known():
    with np.errstate(all="ignore"):
        rows = robustness.train_convention("mse", "sum", 1e39, 0, TRIAL)
    assert [row["mse"] for row in rows] == [None]


@pytest.mark.parametrize("kind", ["noise", "mask"])
def test_a_specialist_sees_other_corrupted_images_each_epoch_and_clean_targets(monkeypatch, kind):
    seen = []

    class Watched(Optim):
        def SGD(self, X, Y, *args, **kwargs):
            seen.append((X.copy(), Y))
            return super().SGD(X, Y, *args, **kwargs)

    monkeypatch.setattr(robustness, "Optim", Watched)
    network, _ = robustness.train_specialist(kind, 1, TRIAL, epochs=2)
    (first, clean), (second, clean_again) = seen
    assert clean is clean_again
    assert (first != clean).any()
    assert (first != second).any()
    assert (clean == TRIAL.load().X_train).all()
    again, _ = robustness.train_specialist(kind, 1, TRIAL, epochs=2)
    assert all((network.params[name] == value).all() for name, value in again.params.items())


def test_with_clean_images_a_specialist_is_what_the_zoo_trains(monkeypatch):
    monkeypatch.setitem(robustness.SPECIALISTS, "none", lambda X, rng: X)
    network, _ = robustness.train_specialist("none", 0, TRIAL, epochs=1)
    plain, X = AutoEncoder(784, 16, 4, rng=0), TRIAL.load().X_train
    Optim(plain, MSELoss("batchmean"), 0.01).SGD(X, X, 32, 1, rng=(0, 0))
    for name, value in plain.params.items():
        np.testing.assert_allclose(network.params[name], value, atol=1e-6)


def test_readings_and_twins_are_read_beside_those_of_the_84(folders, monkeypatch):
    monkeypatch.setattr(robustness, "CONVENTIONS", [("mse", "mean", 0.01)])
    robustness.train([1], folders, processes=1, images=TRIAL)
    checkpoint = grid.Checkpoint(robustness.CONFIG, 20)
    noise, masks = (
        [
            checkpoint.config._asdict() | {"loss": loss, "epochs": epochs, "seed": seed}
            | {"corruption": kind, "level": level, "mse": seed + 0.5, "ssim": 0, "mse_masked": None}
            for loss in grid.EPOCHS for epochs in grid.EPOCHS[loss] for seed in (0, 1)
            for level in levels
        ]
        for kind, levels in (("noise", NOISES), ("mask", MASKS))
    )  # fmt: skip
    results.write(results.path("noise"), noise)
    results.write(results.path("masks"), masks)
    results.write(results.path("baselines"), [{"method": "none"} | row for row in noise[:1]])

    readings = robustness.conventions()
    assert readings["MSE, batchmean, 0.01"] == {10: {0: 0.5, 1: 1.5}, 20: {0: 0.5, 1: 1.5}}
    assert list(readings["MSE, mean, 0.01"][20]) == [1]
    errors = robustness.errors_for(readings["MSE, mean, 0.01"], readings["BCE, mean, 0.1"])
    with_bce = grid.Checkpoint(robustness.CONFIG._replace(loss="bce"), 50)
    assert errors(Measurement(with_bce), "mse")[1] == 1.5
    assert errors(Measurement(checkpoint), "mse") == readings["MSE, mean, 0.01"][20]

    pair = robustness.paired_errors("noise")
    assert pair["plain"].tolist() == [[1.5] * len(NOISES)]
    assert pair["trained"].shape == (1, len(NOISES))


# Unclipped noise


def test_unclipped_noise_is_the_same_noise_and_leaves_the_range(rng):
    X = rng.uniform(size=(4, 784)).astype(np.float32)
    (cut, _), (left, mask) = (corrupt(X, kind, 0.6) for kind in ("noise", "unclipped"))
    assert left.min() < 0
    assert left.max() > 1
    assert (left.clip(0, 1) == cut).all()
    assert not mask.any()


def test_networks_are_measured_and_found_in_the_table(tmp_path, monkeypatch):
    mnist, trial = Images().load(), Images(count=20)
    monkeypatch.setenv("NNLIB_DATA", str(tmp_path))
    (tmp_path / "results").mkdir()
    checkpoint = robustness.UNCLIPPED_CHECKPOINTS[0]
    network = checkpoint.config.new_network(0)
    file = checkpoint_file(trial.folder(tmp_path), 0, checkpoint)
    file.parent.mkdir(parents=True)
    network.trained_with = {"images": 20}
    network.save(file)
    robustness.measure_unclipped([0], tmp_path, checkpoints=[checkpoint], processes=1, images=trial)
    assert not results.path("unclipped").exists()
    monkeypatch.setattr(results, "path", lambda name, data_set="mnist": trial.table(name, tmp_path))
    rows = results.read(results.path("unclipped"))
    assert [(row["corruption"], row["level"]) for row in rows] == robustness.UNCLIPPED
    for name in ("noise", "masks", "baselines"):
        results.write(results.path(name), [row | {"method": "none"} for row in rows[:1]])
    found = results.ErrorTable()(Measurement(checkpoint, "unclipped", 0.6), "mse")
    noisy, _ = corrupt(mnist.X_test[:20], "unclipped", 0.6)
    assert found[0] == pytest.approx(
        np.mean((network.forward(noisy) - mnist.X_test[:20]) ** 2), rel=1e-4
    )
