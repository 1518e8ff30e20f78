"""Measuring the 84 networks of every seed on the test set.

What is measured is kept beside the networks, a file for each configuration, so that this too goes
on where it was stopped. The tables in the book's data are made of it at the end.
"""

from itertools import product
from pathlib import Path

from nnlib.autoencoder import AutoEncoder
from nnlib.experiments import jobs, results
from nnlib.experiments.evaluate import CORRUPTIONS, evaluate
from nnlib.experiments.folders import MNIST, Images, checkpoint_file, load
from nnlib.experiments.grid import CONFIGS, EPOCHS, Checkpoint, Config
from nnlib.experiments.results import id_columns, upsert


def measure(
    seeds,
    work,
    *,
    configs=CONFIGS,
    corruptions=CORRUPTIONS,
    processes=2,
    images=MNIST,
    scheduler=None,
) -> None:
    """Measure what is not measured yet, and write the tables `noise`, `masks` and `training`.

    Args:
        seeds, work, processes, scheduler: as for `train.train`, which comes first.
        configs: which of the 24.
        corruptions: which kinds and levels.
        images: as for `train.train`; the tables of a trial lie beside its networks.

    Raises:
        ValueError: a network is missing, or was trained on other images.
    """
    tables, work = work, images.folder(work)
    parts = {block: partial_file(work, *block, corruptions) for block in product(seeds, configs)}
    for block, rows in jobs.run(
        measure_networks,
        parts,
        title="measure",
        processes=processes,
        scheduler=scheduler,
        done=lambda *job: parts[job].is_file(),
        arguments=lambda seed, config: (
            seed,
            networks(work, seed, config, images),
            images,
            corruptions,
        ),
    ):
        results.write(parts[block], rows)
    rows = [row for file in parts.values() for row in results.read(file)]
    for name, corruption in {"noise": "noise", "masks": "mask"}.items():
        upsert(images.table(name, tables), [row for row in rows if row["corruption"] == corruption])
    upsert(images.table("training", tables), list(training(work, parts, images)))


def partial_file(work, seed: int, config: Config, corruptions=CORRUPTIONS) -> Path:
    """Return the file of what was measured of one configuration."""
    suffix = ".csv" if corruptions == CORRUPTIONS else f".{len(corruptions)}-levels.csv"
    return checkpoint_file(work, seed, Checkpoint(config, 0)).with_suffix(suffix)


def networks(work, seed: int, config: Config, images=MNIST) -> dict[Checkpoint, AutoEncoder]:
    """Return the networks of one training run, by their epochs."""
    checkpoints = [Checkpoint(config, epochs) for epochs in EPOCHS[config.loss]]
    return {
        checkpoint: load(checkpoint_file(work, seed, checkpoint), images)
        for checkpoint in checkpoints
    }


def measure_networks(seed: int, trained, images: Images, corruptions=CORRUPTIONS) -> list[dict]:
    """Return the rows of networks, by their `Checkpoint`, that were trained with one seed."""
    data = images.load()
    rows = evaluate(trained, data.X_test, data.Y_test, corruptions)
    return [id_columns(checkpoint, seed) | row for checkpoint, row in rows]


def training(work, blocks, images=MNIST):
    """Yield what is known of each network before it is measured: its size and its training."""
    for seed, config in blocks:
        for checkpoint, network in networks(work, seed, config, images).items():
            yield id_columns(checkpoint, seed) | {
                "parameters": sum(value.size for value in network.params.values()),
                "compression": network.input_dim / network.latent_dim,
                "training_loss": network.trained_with["training_loss"],
                "seconds": network.trained_with["seconds"],
            }
