"""Measuring the 84 networks of every seed on the test set. Floor 5.

What is measured is kept beside the networks, setting by setting, so that this too goes on where it
was stopped. The tables in the book's data are made of it at the end.
"""

from itertools import product
from pathlib import Path

from joblib import Parallel, delayed
from tqdm.auto import tqdm

from nnlib.autoencoder import AutoEncoder
from nnlib.zoo import tables
from nnlib.zoo.evaluate import evaluate
from nnlib.zoo.grid import EPOCHS, SETTINGS, Member, Setting
from nnlib.zoo.sweep import checkpoint, data, workers


def measure(seeds, work, *, settings=SETTINGS, processes=2, images=None, scheduler=None) -> None:
    """Measure what is not measured yet, and write the tables `noise`, `masks` and `training`.

    Args:
        seeds, work, processes, scheduler: as for `sweep.train`, which comes first.
        settings: which of the 24.
        images: measure on the first ones of the test set only, for a trial.
    """
    parts = {block: part(work, *block) for block in product(seeds, settings)}
    missing = [block for block, file in parts.items() if not file.is_file()]
    with workers(processes, scheduler), tqdm(total=len(missing), desc="measure") as bar:
        for seed, setting, rows in Parallel(return_as="generator_unordered", max_nbytes=None)(
            delayed(measure_setting)(seed, setting, networks(work, seed, setting), images)
            for seed, setting in missing
        ):
            tables.write(parts[seed, setting], rows)
            bar.update()
    rows = [row for file in parts.values() for row in tables.read(file)]
    for name, corruption in {"noise": "noise", "masks": "mask"}.items():
        add(name, [row for row in rows if row["corruption"] == corruption])
    add("training", list(training(work, parts)))


def add(name: str, rows) -> None:
    """Write a table of the book anew: these rows, and those of all other networks and seeds."""
    file = tables.results(name)
    new = {identity(row) for row in rows}
    kept = [row for row in tables.read(file) if identity(row) not in new] if file.is_file() else []
    tables.write(file, sorted([*kept, *rows], key=identity))


def identity(row: dict) -> tuple:
    """Return what names a row of a table: the network, its seed, and the corruption."""
    names = ("seed", *Setting._fields, "kind", "reduction", "rate", "epochs", "corruption", "level")
    return tuple(row[name] for name in names if name in row)


def part(work, seed: int, setting: Setting) -> Path:
    """Return the file of what was measured of one setting."""
    return checkpoint(work, seed, Member(setting, 0)).with_suffix(".csv")


def networks(work, seed: int, setting: Setting) -> dict[Member, AutoEncoder]:
    """Return the networks of one training, by their epochs."""
    members = [Member(setting, epochs) for epochs in EPOCHS[setting.loss]]
    return {member: AutoEncoder.load(checkpoint(work, seed, member)) for member in members}


def measure_setting(seed: int, setting: Setting, trained: dict, images: int | None):
    """Return what it was given and the rows of its networks."""
    X, labels = data().X_test[:images], data().Y_test[:images]
    rows = [key(member, seed) | row for member, row in evaluate(trained, X, labels)]
    return seed, setting, rows


def key(member: Member, seed: int) -> dict:
    """Return what names a network in a table."""
    return member.setting._asdict() | {"epochs": member.epochs, "seed": seed}


def training(work, blocks):
    """Yield what is known of each network before it is measured: its size and its training."""
    for seed, setting in blocks:
        for member, network in networks(work, seed, setting).items():
            yield key(member, seed) | {
                "parameters": sum(value.size for value in network.params.values()),
                "compression": network.input_dim / network.latent_dim,
                "training_loss": network.trained_with["training_loss"],
                "seconds": network.trained_with["seconds"],
            }
