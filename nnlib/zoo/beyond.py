"""Two questions that the report does not ask, on its most used setting. Floor 5.

*Conventions.* The report gives learning rates, but not how the losses are averaged, and the two
only mean something together. Which of its conclusions depend on that? *Specialists.* Its networks
denoise and fill in although they were only trained to copy. How well do networks of the same size,
trained as long, that see spoilt images and are to give clean ones?
"""

from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits
from tqdm.auto import tqdm

from nnlib.autoencoder import AutoEncoder
from nnlib.corruption import add_noise, cut_out, random_masks
from nnlib.losses import BinaryCrossEntropy, MSELoss
from nnlib.mnist import SIDE, folder
from nnlib.optim import Optim
from nnlib.zoo import grid, tables
from nnlib.zoo.claims import Error
from nnlib.zoo.evaluate import evaluate
from nnlib.zoo.grid import BLOCK, EPOCHS, Member, Setting
from nnlib.zoo.measure import add
from nnlib.zoo.sweep import data, workers

SETTING = Setting("mse", 32, 16, 4)
LOSSES = {"mse": MSELoss, "bce": BinaryCrossEntropy}
#: Trainings, each a loss, its reduction and a learning rate. They are the report's rates under the
#: readings that the 84 networks do not have, and BCE at a rate that lets its sum over pixels learn.
CONVENTIONS = [
    ("mse", "sum", 0.01),
    ("mse", "mean", 0.01),
    ("bce", "sum", 0.1),
    ("bce", "batchmean", 0.1),
    ("bce", "batchmean", 0.004),
]
AMPLITUDE, SIZES = 0.5, range(4, 15)  # what the specialists see: this noise, or a square of these
TWIN_EPOCHS = 20  # of their training, as of the plain network that they are compared with


def spoil_noise(X, rng):
    """Return `X` with new noise."""
    return add_noise(X, AMPLITUDE, rng=rng)


def spoil_mask(X, rng):
    """Return `X` with a square cut out of each image, anew; its size is drawn for all together."""
    return cut_out(X, random_masks(len(X), int(rng.choice(SIZES)), side=SIDE, rng=rng))


SPECIALISTS = {"noise": spoil_noise, "mask": spoil_mask}


def specialist(kind: str) -> AutoEncoder:
    """Return the network of seed 0 that was trained on spoilt images, "noise" or "mask"."""
    return AutoEncoder.load(_specialist_file(kind))


def twins(kind: str, corruption="noise", score="mse", masked=False) -> dict[str, np.ndarray]:
    """Return the errors of these networks, "trained", and of their "plain" twins, (seeds, levels).

    Args:
        kind: what they were trained on, "noise" or "mask".
        corruption, score, masked: as for `nnlib.zoo.tables.Errors.seeds`.
    """
    errors, trained = tables.Errors(), {}
    for row in tables.read(tables.results("specialists")):
        if (row["kind"], row["corruption"]) == (kind, corruption):
            trained.setdefault(row["seed"], []).append(tables.value(row, score, masked))
    by_level = [
        errors(Error(Member(SETTING, TWIN_EPOCHS), corruption, level, masked), score)
        for level in errors.levels(corruption)
    ]
    plain = [[by_seed[seed] for by_seed in by_level] for seed in trained]
    return {"plain": np.array(plain, float), "trained": np.array([*trained.values()], float)}


def conventions() -> dict[str, dict]:
    """Return the errors under each reading of the report: by its name, by epochs, by seed.

    Those of the 84 networks are among them, first for each loss.
    """
    found, errors = {}, tables.Errors()
    for loss, own in grid.LOSSES.items():
        name = reading(loss, own.reduction, grid.LEARNING_RATES[loss])
        members = [Member(SETTING._replace(loss=loss), epochs) for epochs in EPOCHS[loss]]
        found[name] = {member.epochs: errors(Error(member), "mse") for member in members}
    for row in tables.read(tables.results("conventions")):
        name = reading(row["loss"], row["reduction"], row["rate"])
        found.setdefault(name, {}).setdefault(row["epochs"], {})[row["seed"]] = row["mse"]
    return found


def reading(loss: str, reduction: str, rate: float) -> str:
    """Return the name of a reading of the report, such as "MSE, mean, 0.01"."""
    return f"{loss.upper()}, {reduction}, {rate}"


def under(mse: dict, bce: dict):
    """Return the errors that `nnlib.zoo.verdicts.ratios` asks for, from a reading of each loss.

    Args:
        mse, bce: two of the values of `conventions()`.
    """
    by_loss = {"mse": mse, "bce": bce}
    return lambda error, score: by_loss[error.member.setting.loss][error.member.epochs]


def train_convention(loss: str, reduction: str, rate: float, seed: int, images=None) -> list[dict]:
    """Train under one reading of the report; return its errors after every tenth epoch.

    A training whose loss is no longer finite ends there, with errors that are not known.
    """
    X, X_test = data().X_train[:images], data().X_test[:images]
    network, rows = SETTING.new_network(seed), []
    optim = Optim(network, LOSSES[loss](reduction), rate)
    for epochs in EPOCHS[loss]:
        score = {"mse": None, "ssim": None}
        try:
            with threadpool_limits(1):
                optim.SGD(X, X, SETTING.batch_size, BLOCK, rng=(seed, epochs))
                ((_, row),) = evaluate(
                    {"": network}, X_test, data().Y_test[:images], [("noise", 0.0)]
                )
            score = {name: row[name] for name in score}
        except FloatingPointError:
            pass
        told = {"loss": loss, "reduction": reduction, "rate": rate, "seed": seed, "epochs": epochs}
        rows.append(told | score)
        if score["mse"] is None:
            break
    return rows


def train_specialist(kind: str, seed: int, images=None, epochs=TWIN_EPOCHS):
    """Train on spoilt images, spoilt anew for each epoch; return the network and its errors."""
    X, rng = data().X_train[:images], np.random.default_rng((seed, 1))
    network = SETTING.new_network(seed)
    optim = Optim(network, grid.LOSSES["mse"], grid.LEARNING_RATES["mse"])
    with threadpool_limits(1):
        for epoch in range(epochs):
            spoilt = SPECIALISTS[kind](X, rng)
            optim.SGD(spoilt, X, SETTING.batch_size, 1, rng=(seed, epoch))
        network.trained_with |= {"epochs": epochs, "seed": seed, "input": kind}
        test = data().X_test[:images], data().Y_test[:images]
        rows = [{"kind": kind, "seed": seed} | row for _, row in evaluate({"": network}, *test)]
    return network, rows


def main(seeds, work, processes=2, images=None) -> None:
    """Train what is not there yet, and add it to the tables `conventions` and `specialists`."""
    runs = {
        "conventions": [(*convention, seed) for seed in seeds for convention in CONVENTIONS],
        "specialists": [(kind, seed) for seed in seeds for kind in SPECIALISTS],
    }
    keep = {"conventions": _keep_convention, "specialists": _keep_specialist}
    work = Path(work) / "beyond"
    work.mkdir(parents=True, exist_ok=True)
    jobs = [
        (keep[name], run) for name in runs for run in runs[name] if not _part(work, run).is_file()
    ]
    with workers(processes):
        done = Parallel(return_as="generator_unordered")(
            delayed(job)(run, _part(work, run), images) for job, run in jobs
        )
        for _ in tqdm(done, total=len(jobs), desc="beyond", unit="run"):
            pass
    for name in runs:
        add(name, [row for run in runs[name] for row in tables.read(_part(work, run))])


def _keep_convention(run, file, images):
    tables.write(file, train_convention(*run, images))


def _keep_specialist(run, file, images):
    network, rows = train_specialist(*run, images)
    if run[1] == 0:
        network.save(_specialist_file(run[0]), dtype="float16")
    tables.write(file, rows)


def _part(work, run) -> Path:
    return work / ("-".join(map(str, run)) + ".csv")


def _specialist_file(kind: str) -> Path:
    return folder() / "networks" / f"specialist-{kind}.npz"
