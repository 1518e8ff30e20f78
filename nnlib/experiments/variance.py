"""Where does the spread between two trainings of the same configuration come from?

Four things are drawn before a network has an error: its initial weights, the order of its batches,
which images it is trained on, and the noise of the images that it is measured with. An interval
over seeds covers those that the seeds vary, and no other (Bouthillier et al. 2021): the verdicts of
this book vary the weights and the order together, on one split and under one draw of the noise.
Here each is varied by itself, and then all of them at once.
"""

import time
from pathlib import Path

import numpy as np

from nnlib.datasets.corruption import add_noise
from nnlib.datasets.split import split_anew
from nnlib.experiments import jobs, results
from nnlib.experiments.evaluate import NOISE_SEED, forward_in_parts
from nnlib.experiments.folders import MNIST, run_file
from nnlib.experiments.grid import LEARNING_RATES, LOSSES, Config
from nnlib.losses import MSELoss
from nnlib.optim import Optim

CONFIG, EPOCHS = Config("mse", 32, 16, 4), 20
AMPLITUDE = 0.4  # of the noise, as in R10 and R12
RUNS = 10
SOURCES = ("weights", "order", "split", "noise")
TOGETHER = "all together"
#: What is measured of each network, as a column of the table and in words.
ERRORS = {"mse": "clean images", "mse_noisy": f"noise of ±{AMPLITUDE}"}


def draws() -> dict[str, list[tuple[int, ...]]]:
    """Return by source the runs in which it alone varies: the seed of each of SOURCES."""
    varied = {
        source: [tuple(run if one == source else 0 for one in SOURCES) for run in range(RUNS)]
        for source in SOURCES
    }
    return varied | {TOGETHER: [(run,) * len(SOURCES) for run in range(RUNS)]}


def train_drawn(weights: int, order: int, split: int, noises) -> list[dict]:
    """Train a network; return its errors on its own test images, a row for each draw of noise."""
    X_train, _, X_test, _ = split_anew(MNIST.load(), split)
    network = CONFIG.new_network(weights)
    optim = Optim(network, LOSSES[CONFIG.loss], LEARNING_RATES[CONFIG.loss])
    began = time.perf_counter()
    optim.SGD(X_train, X_train, CONFIG.batch_size, EPOCHS, rng=order)
    seconds = round(time.perf_counter() - began, 3)

    def error(seen) -> float:
        return MSELoss().forward(forward_in_parts(network, seen), X_test)

    return [
        dict(zip(SOURCES, (weights, order, split, noise), strict=True))
        | {
            "mse": error(X_test),
            "mse_noisy": error(add_noise(X_test, AMPLITUDE, rng=NOISE_SEED + noise)),
            "seconds": seconds,  # of the training that all rows share
        }
        for noise in noises
    ]


def measure(work, processes: int = 2) -> None:
    """Train what is not there yet, and write the table `variance`.

    Args:
        work: the folder of a sweep, which keeps the errors of each network.
        processes: trainings at a time.
    """
    folder = Path(work) / "variance"
    folder.mkdir(parents=True, exist_ok=True)
    noises = {}
    for *trained, noise in dict.fromkeys(run for runs in draws().values() for run in runs):
        noises.setdefault(tuple(trained), []).append(noise)

    def file(*run) -> Path:
        return run_file(folder, run, ".csv")

    for job, rows in jobs.run(
        train_drawn,
        noises,
        title="variance",
        processes=processes,
        done=lambda *run: file(*run).is_file(),
        arguments=lambda *run: (*run, noises[run]),
    ):
        results.write(file(*job), rows)
    rows = [row for run in noises for row in results.read(file(*run))]
    results.write(results.path("variance"), rows)


def errors_by_source(column: str) -> dict[str, np.ndarray]:
    """Return the errors, (RUNS,), of the runs in which each source varies, and of all together.

    Args:
        column: of ERRORS.
    """
    found = {
        tuple(row[source] for source in SOURCES): row[column]
        for row in results.read(results.path("variance"))
    }
    return {source: np.array([found[run] for run in runs]) for source, runs in draws().items()}


def variances(column: str) -> dict[str, float]:
    """Return the variance of the logarithm of the error by source, and with all together."""
    return {
        source: float(np.log(errors).var(ddof=1))
        for source, errors in errors_by_source(column).items()
    }


def shares(column: str, resamples: int = 2000) -> dict[str, tuple[float, float, float]]:
    """Return of each source its share of the sum of their variances, with a 95 % interval.

    The interval is that of a bootstrap over the runs (Efron 1979): ten runs tell a variance only to
    a factor of two or so.
    """
    logs = {one: np.log(errors) for one, errors in errors_by_source(column).items()}
    rng = np.random.default_rng(0)
    drawn = {
        one: logs[one][rng.integers(0, RUNS, (resamples, RUNS))].var(axis=1, ddof=1)
        for one in SOURCES
    }
    total, found = sum(drawn.values()), variances(column)
    whole = sum(found[one] for one in SOURCES)
    return {
        one: (
            found[one] / whole,
            *np.quantile(drawn[one] / total, [0.025, 0.975]).tolist(),
        )
        for one in SOURCES
    }
