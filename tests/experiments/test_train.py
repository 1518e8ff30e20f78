"""The sweep on few images: it may be stopped at any moment, and gives the same again."""

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from nnlib import AutoEncoder, Optim
from nnlib.datasets.paths import data_dir
from nnlib.experiments import claims, evaluate, folders, grid, measure, results, train
from nnlib.experiments.folders import Images
from nnlib.experiments.grid import Checkpoint, Config

CONFIGS = [Config("mse", 64, 16, 2), Config("bce", 64, 16, 2)]
CHECKPOINTS = [checkpoint for checkpoint in grid.CHECKPOINTS if checkpoint.config in CONFIGS]
IMAGES = 256
TRIAL = Images(count=IMAGES)


def contents(work):
    """Return the parameters of all networks in a folder, by file and name."""
    return {
        (file.name, name): value
        for file in sorted(work.rglob("*.npz"))
        for name, value in AutoEncoder.load(file).params.items()
    }


def assert_same(one, other):
    assert one.keys() == other.keys()
    for key, value in one.items():
        np.testing.assert_array_equal(other[key], value)


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """Return a folder with two settings trained for one seed, in one go."""
    work = tmp_path_factory.mktemp("swept")
    train.train([0], work, checkpoints=CHECKPOINTS, processes=1, images=TRIAL)
    return work


def test_every_network_is_kept_with_its_settings(swept):
    for checkpoint in CHECKPOINTS:
        network = AutoEncoder.load(train.checkpoint_file(TRIAL.folder(swept), 0, checkpoint))
        told = network.trained_with
        assert told["epochs"] == checkpoint.epochs
        assert told["seed"] == 0
        assert told["batch_size"] == 64
        assert told["learning_rate"] == grid.LEARNING_RATES[checkpoint.config.loss]
        assert told["loss"] == repr(grid.LOSSES[checkpoint.config.loss])
        assert told["seconds"] > 0
        assert told["images"] == IMAGES
    files = {file.name for file in swept.rglob("*") if file.is_file()}
    assert files == {f"{checkpoint.name}.npz" for checkpoint in CHECKPOINTS}  # nothing half-written


def test_a_block_is_ten_epochs_in_an_order_of_its_own(swept):
    first, second = (Checkpoint(CONFIGS[0], epochs) for epochs in (10, 20))
    network = CONFIGS[0].new_network(0)
    X = TRIAL.load().X_train
    for checkpoint in (first, second):
        optim = Optim(network, grid.LOSSES["mse"], grid.LEARNING_RATES["mse"])
        losses = optim.SGD(X, X, 64, 10, rng=(0, checkpoint.epochs))
        kept = AutoEncoder.load(train.checkpoint_file(TRIAL.folder(swept), 0, checkpoint))
        for name, value in kept.params.items():
            np.testing.assert_allclose(value, network.params[name], rtol=1e-5, atol=1e-6)
        assert kept.trained_with["training_loss"] == pytest.approx(losses[-1], rel=1e-5)


def test_what_is_there_is_not_trained_again(swept, monkeypatch):
    monkeypatch.setattr(train, "train_checkpoint", None)
    train.train([0], swept, checkpoints=CHECKPOINTS, processes=1, images=TRIAL)


def test_two_processes_give_the_networks_of_one(swept, tmp_path):
    train.train([0], tmp_path, checkpoints=CHECKPOINTS, processes=2, images=TRIAL)
    assert_same(contents(swept), contents(tmp_path))


def test_the_workers_of_a_dask_scheduler_give_them_too(swept, tmp_path):
    distributed = pytest.importorskip("distributed")
    options = {"processes": True, "threads_per_worker": 1, "dashboard_address": ":0"}
    with distributed.LocalCluster(n_workers=2, **options) as cluster:
        address = cluster.scheduler_address
        train.train([0], tmp_path, checkpoints=CHECKPOINTS, images=TRIAL, scheduler=address)
    assert_same(contents(swept), contents(tmp_path))


def test_another_seed_gives_other_networks(swept, tmp_path):
    train.train([1], tmp_path, checkpoints=CHECKPOINTS[:1], processes=1, images=TRIAL)
    ours, other = (
        AutoEncoder.load(train.checkpoint_file(work, seed, CHECKPOINTS[0])).params[
            "encoder.0.weight"
        ]
        for seed, work in enumerate([TRIAL.folder(swept), TRIAL.folder(tmp_path)])
    )
    assert (ours != other).mean() > 0.99


def kill(process):
    """End a process at once, with all that it started."""
    if os.name == "nt":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True)
    else:
        os.killpg(process.pid, signal.SIGKILL)


def test_killed_three_times_and_started_again_it_ends_the_same(swept, tmp_path, monkeypatch):
    command = [sys.executable, "-m", "nnlib.experiments", "train", "--steps", "2", "--seeds", "0"]
    command += ["--images", str(IMAGES), "--processes", "2", "--work", str(tmp_path)]
    chance = random.Random(0)
    for _ in range(3):
        done = len(list(tmp_path.rglob("*.npz")))
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)
        while process.poll() is None and len(list(tmp_path.rglob("*.npz"))) == done:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.5))
        if process.poll() is None:
            kill(process)
        process.wait()
    subprocess.run(command, stderr=subprocess.DEVNULL, check=True)

    names = {checkpoint.name for checkpoint in grid.CHECKPOINTS if checkpoint.config.steps == 2}
    assert {file.stem for file in tmp_path.rglob("*.npz")} == names
    ended, straight = contents(tmp_path), contents(swept)
    assert_same(straight, {key: ended[key] for key in straight})

    told = []
    for number, work in enumerate([swept, tmp_path]):
        copied = tmp_path / f"copy {number}"
        shutil.copytree(TRIAL.folder(work), TRIAL.folder(copied))
        measure.measure([0], copied, configs=CONFIGS, processes=1, images=TRIAL)
        files = [TRIAL.table(name, copied) for name in ("noise", "masks")]
        told.append([file.read_bytes() for file in files])
    assert told[0] == told[1]


def test_the_tables_tell_of_every_network_and_level(swept, tmp_path, monkeypatch):
    book = shutil.copytree(data_dir() / "results", tmp_path / "results")
    before = {file: file.read_bytes() for file in book.rglob("*.csv")}
    with monkeypatch.context() as patch:
        patch.setattr(results, "path", lambda name: book / f"{name}.csv")
        measure.measure([0], swept, configs=CONFIGS, processes=1, images=TRIAL)
    assert {file: file.read_bytes() for file in book.rglob("*.csv")} == before
    monkeypatch.setattr(results, "path", lambda name, data_set="mnist": TRIAL.table(name, swept))
    for name, levels in (("noise", 11), ("masks", 21)):
        rows = results.read(results.path(name))
        assert len(rows) == levels * len(CHECKPOINTS)
        assert {row["epochs"] for row in rows if row["loss"] == "mse"} == {10, 20}
        assert all(0 < row["mse"] < 1 for row in rows)
    rows = results.read(results.path("training"))
    assert [row["epochs"] for row in rows] == [10, 20, 30, 40, 50, 10, 20]
    network = CONFIGS[0].new_network(0)
    assert rows[0]["seed"] == 0
    assert rows[0]["parameters"] == sum(value.size for value in network.params.values())
    assert rows[0]["compression"] == 49


def test_only_the_levels_that_claims_ask_for_can_be_measured(swept, tmp_path, monkeypatch):
    monkeypatch.setattr(results, "path", lambda name, data_set="mnist": TRIAL.table(name, tmp_path))
    work = tmp_path / "work"
    trained = shutil.ignore_patterns("*.csv")  # and nothing that another test has measured
    shutil.copytree(TRIAL.folder(swept), TRIAL.folder(work), ignore=trained)
    asked = {"corruptions": claims.corruptions(), "processes": 1, "images": TRIAL}
    measure.measure([0], work, configs=CONFIGS, **asked)
    told = {
        (row["corruption"], row["level"])
        for name in ("noise", "masks")
        for row in results.read(TRIAL.table(name, work))
    }
    assert told == set(claims.corruptions()) < set(evaluate.CORRUPTIONS)
    measure.measure([0], work, configs=CONFIGS, processes=1, images=TRIAL)
    rows = results.read(TRIAL.table("masks", work))
    assert {row["level"] for row in rows} == set(evaluate.MASKS)


def test_what_a_table_tells_of_other_seeds_stays(tmp_path, monkeypatch):
    table = tmp_path / "noise.csv"
    row = CONFIGS[0]._asdict() | {"epochs": 10, "seed": 1, "corruption": "noise", "level": 0.4}
    measure.upsert(table, [row | {"mse": 0.25}])
    before = table.read_text()
    measure.upsert(table, [row | {"seed": 0, "mse": 0.5}])
    measure.upsert(table, [row | {"seed": 0, "mse": 0.75}])
    assert [(row["seed"], row["mse"]) for row in results.read(table)] == [
        (0, 0.75),
        (1, 0.25),
    ]
    assert table.read_text().splitlines()[2] == before.splitlines()[1]


def test_a_trial_does_not_pass_for_the_real_thing(swept, tmp_path, monkeypatch):
    monkeypatch.setitem(train.KEPT, "mnist", CHECKPOINTS)
    (tmp_path / "seed-0").mkdir()
    trial = train.checkpoint_file(TRIAL.folder(swept), 0, CHECKPOINTS[0])
    real = shutil.copy(trial, train.checkpoint_file(tmp_path, 0, CHECKPOINTS[0]))
    told = re.escape(
        f"{real} was trained on {IMAGES} images of mnist, but this needs 56,000 images of mnist"
    )
    for command in (
        lambda: train.train([0], tmp_path, checkpoints=CHECKPOINTS[:1], processes=1),
        lambda: measure.measure([0], tmp_path, configs=CONFIGS[:1], processes=1),
        lambda: train.export(tmp_path),
    ):
        with pytest.raises(folders.CommandError, match=told):
            command()


def test_nothing_is_published_before_all_is_looked_at(swept, tmp_path, monkeypatch):
    monkeypatch.setitem(train.KEPT, "mnist", CHECKPOINTS)
    monkeypatch.setattr(folders, "TRAIN_SIZE", IMAGES)
    monkeypatch.setattr(
        train, "path", lambda checkpoint, data: tmp_path / "data" / f"{checkpoint.name}.npz"
    )
    work = shutil.copytree(TRIAL.folder(swept), tmp_path / "work")
    (tmp_path / "data").mkdir()
    last = train.checkpoint_file(work, 0, CHECKPOINTS[-1])
    whole = last.read_bytes()
    for broken in (None, b"PK", whole[: len(whole) // 2]):
        last.unlink(missing_ok=True)
        if broken is not None:
            last.write_bytes(broken)
        with pytest.raises(folders.CommandError, match=re.escape(str(last))):
            train.export(work)
        assert not list((tmp_path / "data").iterdir())
    last.write_bytes(whole)
    train.export(work)
    published = {file.stem for file in (tmp_path / "data").iterdir()}
    assert published == {checkpoint.name for checkpoint in CHECKPOINTS}
    shutil.copytree(work / "seed-0", work / "seed-1")
    with pytest.raises(folders.CommandError, match="its seed is 0"):
        train.export(work, 1)
