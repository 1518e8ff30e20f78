"""Three questions that the report does not ask, each of which could change its conclusions.

*Conventions.* The report gives learning rates, but not how the losses are averaged, and the two
only mean something together. Which of its conclusions depend on that? *Specialists.* Its networks
denoise and inpaint although they were only trained to reconstruct. How well do networks of the same
size, trained as long, that see corrupted images and are to give clean ones? Both are trained anew,
with the configuration that the report uses most. *Unclipped noise.* The report does not say whether
its noise was clipped. Clipped to [0, 1], noise has a mean that depends on the pixel: it takes
contrast away (see `nnlib.corruption.add_noise`). Left as it is, its mean is 0 everywhere. Which of
the two a network sees changes its error, and at some levels which network is the better one.
"""

from itertools import product
from pathlib import Path

import numpy as np

from nnlib.autoencoder import AutoEncoder
from nnlib.datasets.corruption import add_noise, apply_mask, random_masks
from nnlib.datasets.mnist import SIDE
from nnlib.datasets.paths import data_dir
from nnlib.experiments import grid, jobs, results
from nnlib.experiments.claims import BCE_16, MSE_16, MSE_32
from nnlib.experiments.evaluate import evaluate
from nnlib.experiments.folders import MNIST, checkpoint_file, load, run_file
from nnlib.experiments.grid import EPOCHS, EPOCHS_PER_CHECKPOINT, Checkpoint, Config
from nnlib.experiments.measure import measure_networks
from nnlib.experiments.results import Measurement, upsert
from nnlib.losses import BinaryCrossEntropy, MSELoss
from nnlib.optim import Optim

CONFIG = Config("mse", 32, 16, 4)
LOSSES = {"mse": MSELoss, "bce": BinaryCrossEntropy}
#: Training runs, each a loss, its reduction and a learning rate. They are the report's rates under
#: the conventions that the 84 networks do not have, and BCE at a rate that lets its sum learn.
CONVENTIONS = [
    ("mse", "sum", 0.01),
    ("mse", "mean", 0.01),
    ("bce", "sum", 0.1),
    ("bce", "batchmean", 0.1),
    ("bce", "batchmean", 0.004),
]
NOISE_AMPLITUDE = 0.5  # of the noise that one specialist sees
MASK_SIZES = range(4, 15)  # pixels along an edge of the squares that the other sees
SPECIALIST_EPOCHS = 20  # of their training, as of the plain network that they are compared with
UNCLIPPED = [("unclipped", level) for level in (0.2, 0.4, 0.6, 0.8, 1.0)]
UNCLIPPED_CHECKPOINTS = [MSE_16, MSE_32, BCE_16]  # what the report denoises with


def corrupt_by_noise(X, rng):
    """Return `X` with new noise."""
    return add_noise(X, NOISE_AMPLITUDE, rng=rng)


def corrupt_by_mask(X, rng):
    """Return `X` with a square of each image masked, anew; its size is drawn for all together."""
    return apply_mask(X, random_masks(len(X), int(rng.choice(MASK_SIZES)), side=SIDE, rng=rng))


SPECIALISTS = {"noise": corrupt_by_noise, "mask": corrupt_by_mask}


def specialist(kind: str) -> AutoEncoder:
    """Return the network of seed 0 that was trained on corrupted images, "noise" or "mask"."""
    return AutoEncoder.load(_specialist_file(kind))


def paired_errors(
    kind: str, corruption="noise", score="mse", masked=False
) -> dict[str, np.ndarray]:
    """Return the errors of these networks, "trained", and of the "plain" networks, (seeds, levels).

    Args:
        kind: what they were trained on, "noise" or "mask".
        corruption, score, masked: as for `nnlib.experiments.results.ErrorTable.seeds`.
    """
    errors, trained = results.ErrorTable(), {}
    for row in results.read(results.path("specialists")):
        if (row["kind"], row["corruption"]) == (kind, corruption):
            trained.setdefault(row["seed"], []).append(results.error_of(row, score, masked))
    by_level = [
        errors(Measurement(Checkpoint(CONFIG, SPECIALIST_EPOCHS), corruption, level, masked), score)
        for level in errors.levels(corruption)
    ]
    plain = [[by_seed[seed] for by_seed in by_level] for seed in trained]
    return {"plain": np.array(plain, float), "trained": np.array([*trained.values()], float)}


def conventions() -> dict[str, dict]:
    """Return the errors under each convention: by its name, by epochs, by seed.

    Those of the 84 networks are among them, first for each loss.
    """
    found, errors = {}, results.ErrorTable()
    for loss, own in grid.LOSSES.items():
        name = convention_label(loss, own.reduction, grid.LEARNING_RATES[loss])
        checkpoints = [Checkpoint(CONFIG._replace(loss=loss), epochs) for epochs in EPOCHS[loss]]
        found[name] = {
            checkpoint.epochs: errors(Measurement(checkpoint), "mse") for checkpoint in checkpoints
        }
    for row in results.read(results.path("conventions")):
        name = convention_label(row["loss"], row["reduction"], row["rate"])
        found.setdefault(name, {}).setdefault(row["epochs"], {})[row["seed"]] = row["mse"]
    return found


def convention_label(loss: str, reduction: str, rate: float) -> str:
    """Return the name of a convention, such as "MSE, mean, 0.01"."""
    return f"{loss.upper()}, {reduction}, {rate}"


def errors_for(mse: dict, bce: dict):
    """Return what `nnlib.experiments.verdicts.ratios` asks for, from a convention for each loss.

    Args:
        mse, bce: two of the values of `conventions()`.
    """
    by_loss = {"mse": mse, "bce": bce}
    return lambda error, score: by_loss[error.checkpoint.config.loss][error.checkpoint.epochs]


def train_convention(loss: str, reduction: str, rate: float, seed: int, images=MNIST) -> list[dict]:
    """Train under one convention; return its errors after every tenth epoch.

    A training run whose loss is no longer finite ends there, with errors that are not known.
    """
    X, _, X_test, Y_test = images.load()
    network, rows = CONFIG.new_network(seed), []
    optim = Optim(network, LOSSES[loss](reduction), rate)
    for epochs in EPOCHS[loss]:
        score = {"mse": None, "ssim": None}
        try:
            optim.SGD(X, X, CONFIG.batch_size, EPOCHS_PER_CHECKPOINT, rng=(seed, epochs))
            ((_, row),) = evaluate({"": network}, X_test, Y_test, [("noise", 0.0)])
            score = {name: row[name] for name in score}
        except FloatingPointError:
            pass
        told = {"loss": loss, "reduction": reduction, "rate": rate, "seed": seed, "epochs": epochs}
        rows.append(told | score)
        if score["mse"] is None:
            break
    return rows


def train_specialist(kind: str, seed: int, images=MNIST, epochs=SPECIALIST_EPOCHS):
    """Train on images that are corrupted anew each epoch; return the network and its errors."""
    (X, _, *test), rng = images.load(), np.random.default_rng((seed, 1))
    network = CONFIG.new_network(seed)
    optim = Optim(network, grid.LOSSES["mse"], grid.LEARNING_RATES["mse"])
    for epoch in range(epochs):
        corrupted = SPECIALISTS[kind](X, rng)
        optim.SGD(corrupted, X, CONFIG.batch_size, 1, rng=(seed, epoch))
    network.trained_with |= {"epochs": epochs, "seed": seed, "input": kind, **images.origin}
    rows = [{"kind": kind, "seed": seed} | row for _, row in evaluate({"": network}, *test)]
    return network, rows


def train(seeds, work, *, processes=2, images=MNIST) -> None:
    """Train what is not there yet, and add it to the tables `conventions` and `specialists`.

    The networks and tables of a trial stay in a folder of their own. What is in the book's data is
    replaced when all is trained.
    """
    runs = {
        "conventions": [(*convention, seed) for convention, seed in product(CONVENTIONS, seeds)],
        "specialists": list(product(SPECIALISTS, seeds)),
    }
    folder = images.folder(work) / "robustness"
    folder.mkdir(parents=True, exist_ok=True)

    def file(*run) -> Path:
        return run_file(folder, run, ".csv")

    options = {
        "processes": processes,
        "done": lambda *run: file(*run).is_file(),
        "arguments": lambda *run: (*run, images),
    }
    for run, rows in jobs.run(
        train_convention, runs["conventions"], title="conventions", **options
    ):
        results.write(file(*run), rows)
    for run, (network, rows) in jobs.run(
        train_specialist, runs["specialists"], title="specialists", **options
    ):
        network.save(file(*run).with_suffix(".npz"))
        results.write(file(*run), rows)
    for name, table in runs.items():
        rows = [row for run in table for row in results.read(file(*run))]
        upsert(images.table(name, work), rows)
    for kind in SPECIALISTS:
        if 0 in seeds and images == MNIST:
            network = load(file(kind, 0).with_suffix(".npz"), images, "robustness")
            network.save(_specialist_file(kind), dtype="float16")


def _specialist_file(kind: str) -> Path:
    return data_dir() / "networks" / f"specialist-{kind}.npz"


# Unclipped noise


def measure_unclipped(
    seeds, work, *, checkpoints=UNCLIPPED_CHECKPOINTS, processes=2, images=MNIST
) -> None:
    """Measure trained networks under unclipped noise, and add them to the table `unclipped`.

    Args:
        seeds, work: as for `train.train`, which comes first.
        checkpoints: which of the 84.
        processes: how many side by side.
        images: as for `train.train`; the table of a trial lies beside its networks.

    Raises:
        ValueError: a network is missing, or was trained on other images.
    """
    files = {job: checkpoint_file(images.folder(work), *job) for job in product(seeds, checkpoints)}
    trained = {job: load(file, images) for job, file in files.items()}
    measured = jobs.run(
        measure_networks,
        trained,
        title="unclipped",
        processes=processes,
        arguments=lambda *job: (job[0], {job[1]: trained[job]}, images, UNCLIPPED),
    )
    upsert(images.table("unclipped", work), [row for _, rows in measured for row in rows])
