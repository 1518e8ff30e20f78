"""The networks and tables that the book keeps. `python -m nnlib.zoo verify` looks deeper."""

from itertools import product

import numpy as np
import pytest

from nnlib import AutoEncoder, zoo
from nnlib.zoo import evaluate, grid, tables, uncut
from nnlib.zoo.claims import CLAIMS, Error

SEEDS = 5  # of the whole grid, as of every verdict at least


@pytest.mark.parametrize("setting", grid.SETTINGS, ids=lambda setting: "-".join(map(str, setting)))
def test_every_network_is_there_small_and_told_of(setting):
    for epochs in grid.EPOCHS[setting.loss]:
        network = zoo.load(**setting._asdict(), epochs=epochs)
        assert isinstance(network, AutoEncoder)
        assert (network.latent_dim, network.steps) == (setting.latent_dim, setting.steps)
        told = network.trained_with
        assert (told["epochs"], told["batch_size"]) == (epochs, setting.batch_size)
        assert told["loss"] == repr(grid.LOSSES[setting.loss])
        with np.load(grid.path(grid.Member(setting, epochs))) as stored:
            kinds = {stored[name].dtype for name in stored.files if name in network.params}
        assert kinds == {np.dtype(np.float16)}


def test_the_84_networks_are_not_too_large():
    assert sum(grid.path(member).stat().st_size for member in grid.MEMBERS) < 110 * 2**20


@pytest.mark.parametrize(
    ("name", "levels"), [("noise", evaluate.NOISES), ("masks", evaluate.MASKS)]
)
def test_a_table_tells_of_every_network_and_level_once(name, levels):
    """With the seeds that all have; of the settings that have more, with those as well."""
    keys = [
        (row["seed"], grid.Setting(*(row[field] for field in grid.Setting._fields)),
         row["epochs"], row["level"])
        for row in tables.read(tables.results(name))
    ]  # fmt: skip
    trained = {(seed, setting) for seed, setting, *_ in keys}
    expected = {
        (seed, setting, epochs, level)
        for seed, setting in trained | set(product(range(SEEDS), grid.SETTINGS))
        for epochs in grid.EPOCHS[setting.loss]
        for level in levels
    }
    assert len(keys) == len(set(keys))
    assert set(keys) == expected


def test_every_verdict_rests_on_enough_seeds():
    rows = tables.read(tables.results("verdicts"))
    assert {row["claim"] for row in rows} == {claim.id for claim in CLAIMS}
    assert min(row["seeds"] for row in rows) >= SEEDS


def test_noise_that_is_not_cut_off_is_measured_with_the_seeds_of_the_other():
    errors = tables.Errors()
    for member in uncut.MEMBERS:
        cut_off = errors(Error(member, "noise", 0.6), "mse")
        assert errors(Error(member, "uncut", 0.6), "mse").keys() == cut_off.keys()
