"""Noise that may leave [0, 1]: the report does not say whether its own was cut off. Floor 5.

Cut off at black and white, noise has a mean: it lays a grey veil over the paper. Left as it is, it
has none. Which of the two a network sees changes its error, and which network is the better one.
"""

from joblib import Parallel, delayed
from tqdm.auto import tqdm

from nnlib.autoencoder import AutoEncoder
from nnlib.zoo.claims import bce, mse
from nnlib.zoo.evaluate import evaluate
from nnlib.zoo.grid import Member
from nnlib.zoo.measure import add, key
from nnlib.zoo.sweep import checkpoint, data, workers

LEVELS = (0.2, 0.4, 0.6, 0.8, 1.0)
MEMBERS = [mse(steps=8), mse(latent_dim=32, steps=8), bce(steps=8)]  # what the report denoises with


def main(seeds, work, *, members=MEMBERS, processes=2, images=None) -> None:
    """Measure trained networks behind such noise, and add them to the table `uncut`.

    Args:
        seeds, work: as for `sweep.train`, which comes first.
        members: which of the 84.
        processes: how many side by side.
        images: measure on the first ones of the test set only, for a trial.
    """
    jobs = [(seed, member) for seed in seeds for member in members]
    with workers(processes):
        runs = Parallel(return_as="generator_unordered", max_nbytes=None)(
            delayed(measure)(seed, member, AutoEncoder.load(checkpoint(work, seed, member)), images)
            for seed, member in jobs
        )
        rows = [row for part in tqdm(runs, total=len(jobs), desc="uncut") for row in part]
    add("uncut", rows)


def measure(seed: int, member: Member, network: AutoEncoder, images: int | None) -> list[dict]:
    """Return a row for each of LEVELS."""
    X, labels = data().X_test[:images], data().Y_test[:images]
    corruptions = [("uncut", level) for level in LEVELS]
    return [key(member, seed) | row for _, row in evaluate({"": network}, X, labels, corruptions)]
