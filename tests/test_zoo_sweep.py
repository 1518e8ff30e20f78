"""The sweep on few images: it may be stopped at any moment, and gives the same again."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from nnlib import AutoEncoder, Optim
from nnlib.zoo import grid, measure, sweep, tables
from nnlib.zoo.grid import Member, Setting

SETTINGS = [Setting("mse", 64, 16, 2), Setting("bce", 64, 16, 2)]
MEMBERS = [member for member in grid.MEMBERS if member.setting in SETTINGS]
IMAGES = 256


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
    sweep.train([0], work, members=MEMBERS, processes=1, images=IMAGES)
    return work


def test_every_network_is_kept_with_its_settings(swept):
    for member in MEMBERS:
        network = AutoEncoder.load(sweep.checkpoint(swept, 0, member))
        told = network.trained_with
        assert told["epochs"] == member.epochs
        assert told["seed"] == 0
        assert told["batch_size"] == 64
        assert told["learning_rate"] == grid.LEARNING_RATES[member.setting.loss]
        assert told["loss"] == repr(grid.LOSSES[member.setting.loss])
        assert told["seconds"] > 0
    assert not list(swept.rglob("*.part"))


def test_a_block_is_ten_epochs_in_an_order_of_its_own(swept):
    first, second = (Member(SETTINGS[0], epochs) for epochs in (10, 20))
    network = SETTINGS[0].new_network(0)
    X = sweep.data().X_train[:IMAGES]
    for member in (first, second):
        optim = Optim(network, grid.LOSSES["mse"], grid.LEARNING_RATES["mse"])
        losses = optim.SGD(X, X, 64, 10, rng=(0, member.epochs))
        kept = AutoEncoder.load(sweep.checkpoint(swept, 0, member))
        for name, value in kept.params.items():
            np.testing.assert_allclose(value, network.params[name], rtol=1e-5, atol=1e-6)
        assert kept.trained_with["training_loss"] == pytest.approx(losses[-1], rel=1e-5)


def test_what_is_there_is_not_trained_again(swept, monkeypatch):
    monkeypatch.setattr(sweep, "train_block", None)
    sweep.train([0], swept, members=MEMBERS, processes=1, images=IMAGES)


def test_two_processes_give_the_networks_of_one(swept, tmp_path):
    sweep.train([0], tmp_path, members=MEMBERS, processes=2, images=IMAGES)
    assert_same(contents(swept), contents(tmp_path))


def test_the_workers_of_a_dask_scheduler_give_them_too(swept, tmp_path):
    distributed = pytest.importorskip("distributed")
    options = {"processes": True, "threads_per_worker": 1, "dashboard_address": ":0"}
    with distributed.LocalCluster(n_workers=2, **options) as cluster:
        address = cluster.scheduler_address
        sweep.train([0], tmp_path, members=MEMBERS, images=IMAGES, scheduler=address)
    assert_same(contents(swept), contents(tmp_path))


def test_another_seed_gives_other_networks(swept, tmp_path):
    sweep.train([1], tmp_path, members=MEMBERS[:1], processes=1, images=IMAGES)
    ours, other = (
        AutoEncoder.load(sweep.checkpoint(work, seed, MEMBERS[0])).params["encoder.0.weight"]
        for seed, work in enumerate([swept, tmp_path])
    )
    assert (ours != other).mean() > 0.99


def kill(process):
    """End a process at once, with all that it started."""
    if os.name == "nt":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True)
    else:
        os.killpg(process.pid, signal.SIGKILL)


def test_killed_three_times_and_started_again_it_ends_the_same(swept, tmp_path, monkeypatch):
    command = [sys.executable, "-m", "nnlib.zoo", "train", "--steps", "2", "--seeds", "0"]
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

    names = {member.name for member in grid.MEMBERS if member.setting.steps == 2}
    assert {file.stem for file in tmp_path.rglob("*.npz")} == names
    ended, straight = contents(tmp_path), contents(swept)
    assert_same(straight, {key: ended[key] for key in straight})

    told = []
    for number, work in enumerate([swept, tmp_path]):
        copied = tmp_path / f"copy {number}"
        shutil.copytree(work / "seed-0", copied / "seed-0")
        monkeypatch.setattr(tables, "results", lambda name, at=copied: at / f"{name}.csv")
        measure.measure([0], copied, settings=SETTINGS, processes=1, images=20)
        told.append([tables.results(name).read_bytes() for name in ("noise", "masks")])
    assert told[0] == told[1]


def test_the_tables_tell_of_every_network_and_level(swept, tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "results", lambda name: tmp_path / f"{name}.csv")
    measure.measure([0], swept, settings=SETTINGS, processes=1, images=50)
    for name, levels in (("noise", 11), ("masks", 21)):
        rows = tables.read(tables.results(name))
        assert len(rows) == levels * len(MEMBERS)
        assert {row["epochs"] for row in rows if row["loss"] == "mse"} == {10, 20}
        assert all(0 < row["mse"] < 1 for row in rows)
    rows = tables.read(tables.results("training"))
    assert [row["epochs"] for row in rows] == [10, 20, 30, 40, 50, 10, 20]
    network = SETTINGS[0].new_network(0)
    assert rows[0]["seed"] == 0
    assert rows[0]["parameters"] == sum(value.size for value in network.params.values())
    assert rows[0]["compression"] == 49


def test_what_a_table_tells_of_other_seeds_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "results", lambda name: tmp_path / f"{name}.csv")
    row = SETTINGS[0]._asdict() | {"epochs": 10, "seed": 1, "corruption": "noise", "level": 0.4}
    measure.add("noise", [row | {"mse": 0.25}])
    before = tables.results("noise").read_text()
    measure.add("noise", [row | {"seed": 0, "mse": 0.5}])
    measure.add("noise", [row | {"seed": 0, "mse": 0.75}])
    assert [(row["seed"], row["mse"]) for row in tables.read(tables.results("noise"))] == [
        (0, 0.75),
        (1, 0.25),
    ]
    assert tables.results("noise").read_text().splitlines()[2] == before.splitlines()[1]
