"""Training the 84, for as many seeds as wanted: in blocks of ten epochs, side by side. Floor 5.

Every block starts from a file and ends with one, so that a sweep that is stopped, by whatever
cause, goes on where it was. A block draws the order of its images from the seed and its number
alone: the same seed gives the same networks, in one go or in several, on one process or on many.
(To the last bit only where the matrix products are rounded alike: on one kind of processor, and
with one setting of OPENBLAS_CORETYPE, if it is set at all.)
"""

import contextlib
import copy
import functools
import time
from itertools import pairwise
from pathlib import Path

import scipy.linalg.blas  # noqa: F401  (before its threads are limited, it must be there)
from joblib import Parallel, delayed, parallel_config
from threadpoolctl import threadpool_limits
from tqdm.auto import tqdm

from nnlib import mnist
from nnlib.autoencoder import AutoEncoder, spread
from nnlib.mnist import SIDE
from nnlib.optim import Optim
from nnlib.zoo.grid import BLOCK, LEARNING_RATES, LOSSES, MEMBERS, Member, path


def checkpoint(work: Path, seed: int, member: Member) -> Path:
    """Return the file of a network in the folder of a sweep, exact to the last bit."""
    return Path(work) / f"seed-{seed}" / f"{member.name}.npz"


def train(seeds, work, *, members=MEMBERS, processes=2, images=None, scheduler=None) -> None:
    """Train what is not there yet, seed after seed, and keep each network in the folder `work`.

    Args:
        seeds: whole numbers from 0.
        work: the folder; made if need be.
        members: which of the 84; those that they start from must be among them or in `work`.
        processes: trainings at a time, each with one thread for its matrix products.
        images: train on the first ones only, for a trial; None takes all 56,000.
        scheduler: the address of a Dask scheduler, whose workers then train instead.

    Raises:
        FloatingPointError: a training whose loss is no longer finite.
    """
    missing = [
        (seed, member)
        for seed in seeds
        for member in members
        if not checkpoint(work, seed, member).is_file()
    ]
    costs = {block: cost(block[1]) for block in missing}
    with (
        workers(processes, scheduler),
        tqdm(total=sum(costs.values()), desc="zoo", bar_format=BAR) as bar,
    ):
        for seed, epochs in sorted({(seed, member.epochs) for seed, member in missing}):
            wave = [block for block in missing if (block[0], block[1].epochs) == (seed, epochs)]
            wave.sort(key=costs.get, reverse=True)  # the short ones fill the gap at the end
            # max_nbytes=None: else joblib hands large arrays over as files that cannot be changed.
            run = Parallel(return_as="generator_unordered", max_nbytes=None)
            for member, network in run(
                delayed(train_block)(member, seed, start(work, seed, member), images)
                for seed, member in wave
            ):
                file = checkpoint(work, seed, member)
                file.parent.mkdir(parents=True, exist_ok=True)
                network.save(file)
                bar.set_postfix_str(f"seed {seed}: {member.name}")
                bar.update(costs[seed, member])


BAR = "{desc}: {percentage:3.0f}%|{bar}| {elapsed} gone, {remaining} left{postfix}"


def cost(member: Member) -> int:
    """Return about how long a block takes, in no unit: by weight, and by step."""
    _, batch_size, latent_dim, steps = member.setting
    weights = sum(a * b for a, b in pairwise(spread(SIDE * SIDE, latent_dim, steps)))
    return weights + 2_000_000 // batch_size


def start(work, seed: int, member: Member) -> AutoEncoder | None:
    """Return the network that a block goes on with, None for the first block."""
    return member.before and AutoEncoder.load(checkpoint(work, seed, member.before))


def train_block(member: Member, seed: int, network: AutoEncoder | None, images: int | None):
    """Train the last ten epochs of a network; return its member and the network.

    Its `trained_with` tells the settings, the loss of the last epoch and the seconds of all epochs.
    """
    loss, batch_size = member.setting.loss, member.setting.batch_size
    # A copy, for what another process sent may lie at odd addresses, which FastStep refuses.
    network = copy.deepcopy(network) or member.setting.new_network(seed)
    before = (network.trained_with or {}).get("seconds", 0)
    optim = Optim(network, LOSSES[loss], LEARNING_RATES[loss])
    X = data().X_train[:images]
    began = time.perf_counter()
    with threadpool_limits(1):  # how many threads share a product decides how it is rounded
        losses = optim.SGD(X, X, batch_size, BLOCK, rng=(seed, member.epochs))
    network.trained_with |= {
        "epochs": member.epochs,
        "seed": seed,
        "training_loss": losses[-1],
        "seconds": round(before + time.perf_counter() - began, 3),
    }
    return member, network


@functools.cache
def data() -> mnist.MNIST:
    """Return MNIST, read once by each process."""
    return mnist.load()


@contextlib.contextmanager
def workers(processes: int, scheduler: str | None = None):
    """Let joblib work on processes here or, within this context, on those of a Dask scheduler."""
    if scheduler is None:
        with parallel_config(backend="loky", n_jobs=processes, inner_max_num_threads=1):
            yield
    else:
        from dask.distributed import Client

        with Client(scheduler), parallel_config(backend="dask"):
            yield  # a worker of Dask keeps to one thread for products by itself


def publish(work, seed: int = 0) -> None:
    """Copy the networks of one seed into the book's data, in half precision."""
    for member in MEMBERS:
        AutoEncoder.load(checkpoint(work, seed, member)).save(path(member), dtype="float16")
