"""The networks and tables that the book keeps. `make zoo` looks deeper."""

from itertools import product

import numpy as np
import pytest

from nnlib import AutoEncoder, zoo
from nnlib.experiments import claims, evaluate, grid, results, robustness
from nnlib.experiments.claims import CLAIMS
from nnlib.experiments.results import Measurement

SEEDS = 5  # of the whole grid, as of every verdict at least


@pytest.mark.parametrize("config", grid.CONFIGS, ids=lambda config: "-".join(map(str, config)))
def test_every_network_is_there_small_and_told_of(config):
    for epochs in grid.EPOCHS[config.loss]:
        network = zoo.load(**config._asdict(), epochs=epochs)
        assert isinstance(network, AutoEncoder)
        assert (network.latent_dim, network.steps) == (config.latent_dim, config.steps)
        told = network.trained_with
        assert (told["epochs"], told["batch_size"]) == (epochs, config.batch_size)
        assert told["loss"] == repr(grid.LOSSES[config.loss])
        with np.load(grid.path(grid.Checkpoint(config, epochs))) as stored:
            kinds = {stored[name].dtype for name in stored.files if name in network.params}
        assert kinds == {np.dtype(np.float16)}


@pytest.mark.parametrize("checkpoint", grid.KEPT["fashion_mnist"], ids=lambda one: one.name)
def test_networks_of_clothes_are_told_from_those_of_digits(checkpoint):
    network = zoo.load(
        **checkpoint.config._asdict(), epochs=checkpoint.epochs, data_set="fashion_mnist"
    )
    assert network.trained_with["data"] == "fashion_mnist"
    assert network.trained_with["seed"] == 0


def test_a_network_that_is_not_kept_is_refused_with_those_that_are():
    with pytest.raises(
        ValueError, match=r"^Of fashion_mnist, the zoo has no .*steps-2; it has mse"
    ):
        zoo.load(
            loss="mse", epochs=20, batch_size=32, latent_dim=16, steps=2, data_set="fashion_mnist"
        )
    with pytest.raises(ValueError, match="no data_set='cifar'"):
        zoo.load(loss="mse", epochs=20, batch_size=32, latent_dim=16, steps=2, data_set="cifar")


def test_the_84_networks_are_not_too_large():
    assert (
        sum(grid.path(checkpoint).stat().st_size for checkpoint in grid.CHECKPOINTS) < 110 * 2**20
    )


@pytest.mark.parametrize(
    ("name", "levels"), [("noise", evaluate.NOISES), ("masks", evaluate.MASKS)]
)
def test_a_table_tells_of_every_network_and_level_once(name, levels):
    """With the seeds that all have; of the settings that have more, with those as well."""
    keys = [
        (row["seed"], grid.Config(*(row[field] for field in grid.Config._fields)),
         row["epochs"], row["level"])
        for row in results.read(results.path(name))
    ]  # fmt: skip
    trained = {(seed, config) for seed, config, *_ in keys}
    expected = {
        (seed, config, epochs, level)
        for seed, config in trained | set(product(range(SEEDS), grid.CONFIGS))
        for epochs in grid.EPOCHS[config.loss]
        for level in levels
    }
    assert len(keys) == len(set(keys))
    assert set(keys) == expected


def test_every_verdict_rests_on_enough_seeds():
    rows = results.read(results.path("verdicts"))
    assert {row["claim"] for row in rows} == {claim.id for claim in CLAIMS}
    assert min(row["seeds"] for row in rows) >= SEEDS


def test_noise_that_is_not_cut_off_is_measured_with_the_seeds_of_the_other():
    errors = results.ErrorTable()
    for checkpoint in robustness.UNCLIPPED_CHECKPOINTS:
        cut_off = errors(Measurement(checkpoint, "noise", 0.6), "mse")
        assert errors(Measurement(checkpoint, "unclipped", 0.6), "mse").keys() == cut_off.keys()


@pytest.mark.parametrize(
    ("name", "levels"), [("noise", evaluate.NOISES), ("masks", evaluate.MASKS)]
)
def test_the_tables_of_clothes_tell_of_every_network(name, levels):
    """Of those that the claims compare at every level, of the others at what claims ask for."""
    keys = [
        (row["seed"], results.checkpoint_of(row), row["level"])
        for row in results.read(results.path(name, "fashion_mnist"))
    ]
    compared = claims.configs([one.id for one in CLAIMS])
    kind = {"noise": "noise", "masks": "mask"}[name]
    asked = [level for corruption, level in claims.corruptions() if corruption == kind]
    expected = {
        (seed, grid.Checkpoint(config, epochs), level)
        for seed, config in product(range(SEEDS), grid.CONFIGS)
        for epochs in grid.EPOCHS[config.loss]
        for level in (levels if config in compared else asked)
    }
    assert len(keys) == len(set(keys))
    assert set(keys) == expected
