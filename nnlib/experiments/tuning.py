"""MSE or BCE, 4 layers or 16: what is left of a difference when each has its best learning rate?

The report gives each loss one learning rate. A network that errs more may only have got the worse
rate (Lucic et al. 2018). So here every arm, a loss and a depth, has the same budget: as many rates,
and as many seeds. The images that choose its rate are neither those that it is trained on nor those
that judge it. `data/registered/fashion_mnist.md` says what was expected, and the rules; they are
not to be changed by what was found.
"""

import time
import warnings
from itertools import product
from math import inf
from pathlib import Path

import numpy as np

from nnlib.autoencoder import AutoEncoder
from nnlib.experiments import jobs, results
from nnlib.experiments.claims import BETTER, GREATLY
from nnlib.experiments.evaluate import forward_in_parts
from nnlib.experiments.folders import MNIST, Images, run_file
from nnlib.experiments.grid import STEPS, Config
from nnlib.experiments.statistics import Estimate, estimate
from nnlib.experiments.verdicts import decide
from nnlib.losses import BinaryCrossEntropy, MSELoss
from nnlib.optim import Optim

#: Both sum over the pixels, so that their rates compare.
LOSSES = {"mse": MSELoss("batchmean"), "bce": BinaryCrossEntropy("batchmean")}
LOWEST_RATE = {"mse": 0.00125, "bce": 0.0005}
RATES = {loss: [rate * 2**power for power in range(8)] for loss, rate in LOWEST_RATE.items()}
SEEDS = range(3)
BATCH_SIZE, LATENT_DIM, EPOCHS = 32, 16, 20
TRAINED_ON = 50_000  # the first training images; the other 6,000 choose the rate
#: The arm that did not learn clothes, tuned on these as well; this was not registered.
NOT_REGISTERED = [("mse", 8)]

#: Products of arms over others, and their bounds, by the names under which they were registered.
STATEMENTS = {
    "T1": ([("bce", 4)], [("mse", 4)], BETTER),
    "T2": ([("mse", 2)], [("mse", 8)], GREATLY),
    "T3": ([("mse", 2), ("mse", 8)], [("mse", 4), ("mse", 4)], BETTER),
    "T4": ([("bce", 2)], [("bce", 8)], GREATLY),
    "T5": ([("bce", 2), ("bce", 8)], [("bce", 4), ("bce", 4)], BETTER),
}


def train_at(
    loss: str, steps: int, rate: float, seed: int, images: Images = MNIST
) -> AutoEncoder | None:
    """Return a network trained at a rate; None if its loss did not stay finite."""
    network = Config(loss, BATCH_SIZE, LATENT_DIM, steps).new_network(seed)
    X, began = images.load().X_train[:TRAINED_ON], time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a rate is too large is what is looked for
        try:
            Optim(network, LOSSES[loss], rate).SGD(X, X, BATCH_SIZE, EPOCHS, rng=seed)
        except FloatingPointError:
            return None
    network.trained_with["seconds"] = round(time.perf_counter() - began, 3)
    return network


def error_on(network: AutoEncoder | None, X) -> float:
    """Return the mean squared error per pixel, infinite if there is no network."""
    return inf if network is None else MSELoss().forward(forward_in_parts(network, X), X)


def tune(work, processes: int = 2, images: Images = MNIST) -> None:
    """Train every arm at every rate with every seed, and write the table `tuning`.

    Its column `test_mse` is filled for the best rate of each arm only: no other network ever sees
    the test images.

    Args:
        work: the folder of a sweep, which keeps each network.
        processes: trainings at a time.
        images: which data set; of any other than MNIST, the arms are NOT_REGISTERED.
    """
    folder = images.folder(work) / "tuning"
    folder.mkdir(parents=True, exist_ok=True)
    arms = product(LOSSES, STEPS) if images.data_set == "mnist" else NOT_REGISTERED
    runs = [
        (loss, steps, rate, seed)
        for (loss, steps), seed in product(arms, SEEDS)
        for rate in RATES[loss]
    ]

    def file(*run) -> Path:
        return run_file(folder, run, ".npz")

    for job, network in jobs.run(
        train_at,
        runs,
        title="tune",
        processes=processes,
        done=lambda *run: file(*run).is_file(),
        arguments=lambda *run: (*run, images),
        cost=lambda loss, steps, rate, seed: steps,
        stage=lambda loss, steps, rate, seed: seed,
    ):
        if network is None:
            file(*job).touch()  # an empty file: its loss did not stay finite
        else:
            network.save(file(*job))

    def load(*run) -> AutoEncoder | None:
        return AutoEncoder.load(file(*run)) if file(*run).stat().st_size else None

    X_train, _, X_test, _ = images.load()
    trained = {run: load(*run) for run in runs}
    rows = [
        dict(zip(("loss", "steps", "rate", "seed"), run, strict=True))
        | {
            "seconds": network and network.trained_with["seconds"],
            "validation_mse": error_on(network, X_train[TRAINED_ON:]),
        }
        for run, network in trained.items()
    ]
    best = {arm: best_rate(errors) for arm, errors in validation_errors(rows).items()}
    for row, (*arm, rate, _), network in zip(rows, trained, trained.values(), strict=True):
        row["test_mse"] = error_on(network, X_test) if rate == best[tuple(arm)] else None
    results.write(images.table("tuning", work), rows)


def validation_errors(
    rows=None, data_set: str = "mnist"
) -> dict[tuple[str, int], dict[float, np.ndarray]]:
    """Return the errors that choose, (seeds,), by arm, a loss and its steps, and by rate."""
    found = {}
    for row in results.read(results.path("tuning", data_set)) if rows is None else rows:
        arm = found.setdefault((row["loss"], row["steps"]), {})
        arm.setdefault(row["rate"], []).append(row["validation_mse"])
    return {arm: {rate: np.array(found[arm][rate]) for rate in sorted(found[arm])} for arm in found}


def best_rate(errors: dict[float, np.ndarray]) -> float:
    """Return the rate with the smallest geometric mean of its errors, one a seed."""
    return min(errors, key=lambda rate: np.log(errors[rate]).mean())


def errors_at_best(data_set: str = "mnist") -> dict[tuple[str, int], np.ndarray]:
    """Return the errors on the test images, (seeds,), of each arm at its best rate."""
    found = {}
    for row in results.read(results.path("tuning", data_set)):
        if row["test_mse"] is not None:
            found.setdefault((row["loss"], row["steps"]), []).append(row["test_mse"])
    return {arm: np.array(errors) for arm, errors in found.items()}


def judge() -> dict[str, tuple[Estimate, str]]:
    """Return what the seeds say of each of STATEMENTS, and its verdict after Holm's correction."""
    errors = errors_at_best()
    found = {
        name: estimate(
            np.prod([errors[arm] for arm in above], axis=0)
            / np.prod([errors[arm] for arm in below], axis=0),
            *bounds,
        )
        for name, (above, below, bounds) in STATEMENTS.items()
    }
    decided = zip(found.items(), decide(found.values()), strict=True)
    return {name: (one, verdict) for (name, one), verdict in decided}
