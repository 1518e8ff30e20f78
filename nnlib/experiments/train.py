"""Training the 84, for as many seeds as wanted: in blocks of ten epochs, side by side.

Every block starts from a file and ends with one, so that a sweep that is stopped, by whatever
cause, goes on where it was. A block draws the order of its images from the seed and its number
alone: the same seed gives the same networks, in one go or in several, on one process or on many.
(To the last bit only where the matrix products are rounded alike: on one kind of processor, and
with one setting of OPENBLAS_CORETYPE, if it is set at all.)
"""

import copy
import time
from itertools import pairwise, product

from nnlib.autoencoder import AutoEncoder, layer_widths
from nnlib.datasets.mnist import SIDE
from nnlib.experiments import jobs
from nnlib.experiments.folders import MNIST, CommandError, Images, checkpoint_file, load
from nnlib.experiments.grid import (
    CHECKPOINTS,
    EPOCHS_PER_CHECKPOINT,
    KEPT,
    LEARNING_RATES,
    LOSSES,
    Checkpoint,
    path,
)
from nnlib.optim import Optim


def train(
    seeds, work, *, checkpoints=CHECKPOINTS, processes=2, images=MNIST, scheduler=None
) -> None:
    """Train what is not there yet, seed after seed, and keep each network in the folder `work`.

    Args:
        seeds: whole numbers from 0.
        work: the folder; made if need be.
        checkpoints: which of the 84; those that they start from must be among them or in `work`.
        processes: trainings at a time, each with one thread for its matrix products.
        images: which data set, and whether it is a trial on a few images; other data than MNIST,
            and trials, have a folder of their own within `work`.
        scheduler: the address of a Dask scheduler, whose workers then train instead.

    Raises:
        FloatingPointError: a training whose loss is no longer finite.
        ValueError: `work` holds networks that were trained on other images.
    """
    work = images.folder(work)
    for (seed, checkpoint), network in jobs.run(
        train_checkpoint,
        product(seeds, checkpoints),
        title="train",
        processes=processes,
        scheduler=scheduler,
        done=lambda *job: is_trained(work, *job, images),
        arguments=lambda *job: (*job, load_previous(work, *job, images), images),
        cost=lambda _, checkpoint: relative_cost(checkpoint),
        stage=lambda seed, checkpoint: (seed, checkpoint.epochs),
        label=lambda seed, checkpoint: f"seed {seed}: {checkpoint.name}",
    ):
        file = checkpoint_file(work, seed, checkpoint)
        file.parent.mkdir(parents=True, exist_ok=True)
        network.save(file)


def relative_cost(checkpoint: Checkpoint) -> int:
    """Return about how long a block takes, in no unit: by weight, and by step."""
    _, batch_size, latent_dim, steps = checkpoint.config
    weights = sum(a * b for a, b in pairwise(layer_widths(SIDE * SIDE, latent_dim, steps)))
    return weights + 2_000_000 // batch_size


def is_trained(work, seed: int, checkpoint: Checkpoint, images: Images) -> bool:
    """Return whether a network is there, and see that it was trained on these images."""
    file = checkpoint_file(work, seed, checkpoint)
    return file.is_file() and bool(load(file, images))


def load_previous(work, seed: int, checkpoint: Checkpoint, images: Images) -> AutoEncoder | None:
    """Return the network that a block goes on with, None for the first block."""
    return checkpoint.previous and load(checkpoint_file(work, seed, checkpoint.previous), images)


def train_checkpoint(
    seed: int, checkpoint: Checkpoint, network: AutoEncoder | None, images: Images
) -> AutoEncoder:
    """Return a network after its last ten epochs.

    Its `trained_with` tells the settings, the loss of the last epoch and the seconds of all epochs.
    """
    loss, batch_size = checkpoint.config.loss, checkpoint.config.batch_size
    # A copy, for what another process sent may lie at odd addresses, which FusedStep refuses.
    network = copy.deepcopy(network) or checkpoint.config.new_network(seed)
    before = (network.trained_with or {}).get("seconds", 0)
    optim = Optim(network, LOSSES[loss], LEARNING_RATES[loss])
    X = images.load().X_train
    began = time.perf_counter()
    losses = optim.SGD(X, X, batch_size, EPOCHS_PER_CHECKPOINT, rng=(seed, checkpoint.epochs))
    network.trained_with |= {
        "epochs": checkpoint.epochs,
        "seed": seed,
        **images.origin,
        "training_loss": losses[-1],
        "seconds": round(before + time.perf_counter() - began, 3),
    }
    return network


def export(work, seed: int = 0, images=MNIST) -> None:
    """Copy the networks of one seed that the book keeps into its data, in half precision.

    All are read and written beside the old ones before the first of these is replaced.

    Raises:
        ValueError: one is missing, cannot be read, is of a trial or of another seed.
    """
    new = {}
    try:
        for checkpoint in KEPT[images.data_set]:
            file = checkpoint_file(images.folder(work), seed, checkpoint)
            network = load(file, images)
            if network.trained_with["seed"] != seed:
                raise CommandError(f"{file} says that its seed is {network.trained_with['seed']}.")
            kept = path(checkpoint, images.data_set)
            new[kept] = kept.with_suffix(".new.npz")
            network.save(new[kept], dtype="float16")
        for kept, file in new.items():
            file.replace(kept)
    finally:
        for file in new.values():
            file.unlink(missing_ok=True)
