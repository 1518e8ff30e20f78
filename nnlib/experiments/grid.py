"""The 84 autoencoders of the report: which configurations, and where their files are.

24 training runs, two batch sizes by two latent dimensions by three depths by two losses, each saved
after every tenth epoch: at 10 and 20 epochs with MSE, at 10 to 50 with BCE.
"""

from itertools import product
from pathlib import Path
from typing import NamedTuple

from nnlib.autoencoder import AutoEncoder
from nnlib.datasets.mnist import SIDE
from nnlib.datasets.paths import data_dir
from nnlib.losses import BinaryCrossEntropy, MSELoss

EPOCHS_PER_CHECKPOINT = 10  # epochs from one checkpoint to the next
EPOCHS = {"mse": (10, 20), "bce": (10, 20, 30, 40, 50)}
BATCH_SIZES, LATENT_DIMS, STEPS = (32, 64), (16, 32), (2, 4, 8)
GRID_AXES = {"batch_size": BATCH_SIZES, "latent_dim": LATENT_DIMS, "steps": STEPS}
#: The report's losses. It leaves the averaging unsaid; for a training that learns at its rates, the
#: squared error is summed over the pixels, and the cross-entropy averaged over them.
LOSSES = {"mse": MSELoss("batchmean"), "bce": BinaryCrossEntropy("mean")}
LEARNING_RATES = {"mse": 0.01, "bce": 0.1}


class Config(NamedTuple):
    """What distinguishes the 24 training runs."""

    loss: str
    batch_size: int
    latent_dim: int
    steps: int

    def new_network(self, seed: int) -> AutoEncoder:
        """Return the network before its training; the seed decides its initial weights."""
        return AutoEncoder(SIDE * SIDE, self.latent_dim, self.steps, rng=seed)


class Checkpoint(NamedTuple):
    """One of the 84 networks: a configuration, and how many epochs it was trained for."""

    config: Config
    epochs: int

    @property
    def name(self) -> str:
        """The name of its file, without the suffix."""
        loss, batch_size, latent_dim, steps = self.config
        return f"{loss}-epochs-{self.epochs}-batch-{batch_size}-code-{latent_dim}-steps-{steps}"

    @property
    def previous(self) -> "Checkpoint | None":
        """The checkpoint that its last epochs start from, None for the initial weights."""
        epochs = self.epochs - EPOCHS_PER_CHECKPOINT
        return Checkpoint(self.config, epochs) if epochs else None


CONFIGS = [Config(*values) for values in product(EPOCHS, *GRID_AXES.values())]
CHECKPOINTS = [Checkpoint(config, epochs) for config in CONFIGS for epochs in EPOCHS[config.loss]]
#: The networks that the book keeps, by what they were trained on. Of those of clothes, it keeps the
#: last of each loss with the hyperparameters that the report uses most, and a deeper one.
KEPT = {
    "mnist": CHECKPOINTS,
    "fashion_mnist": [
        Checkpoint(Config("mse", 32, 16, 4), 20),
        Checkpoint(Config("bce", 32, 16, 4), 50),
        Checkpoint(Config("mse", 32, 16, 8), 20),
    ],
}


def path(checkpoint: Checkpoint, data_set: str = "mnist") -> Path:
    """Return the file of a network in the book's data."""
    of = "" if data_set == "mnist" else f"{data_set}-"
    return data_dir() / "networks" / f"{of}{checkpoint.name}.npz"


def load(
    *,
    loss: str,
    epochs: int,
    batch_size: int,
    latent_dim: int,
    steps: int,
    data_set: str = "mnist",
) -> AutoEncoder:
    """Return one of the 84 networks that were trained on digits, or of those trained on clothes.

    Args:
        loss: "mse" or "bce".
        epochs: 10 or 20 with "mse"; 10, 20, 30, 40 or 50 with "bce".
        batch_size: 32 or 64.
        latent_dim: 16 or 32.
        steps: 2, 4 or 8.
        data_set: "mnist", or "fashion_mnist", of which the book keeps those in `KEPT`.

    Raises:
        ValueError: a setting that the zoo does not have.
        FileNotFoundError: the book's data is not there.
    """
    given = {"batch_size": batch_size, "latent_dim": latent_dim, "steps": steps}
    choices = {"data_set": tuple(KEPT), "loss": tuple(EPOCHS), "epochs": EPOCHS.get(loss, ())}
    choices |= GRID_AXES
    asked = {"data_set": data_set, "loss": loss, "epochs": epochs} | given
    for name, value in asked.items():
        if value not in choices[name]:
            raise ValueError(f"The zoo has no {name}={value!r}; choose from {choices[name]}.")
    checkpoint = Checkpoint(Config(loss, **given), epochs)
    if checkpoint not in KEPT[data_set]:
        names = ", ".join(one.name for one in KEPT[data_set])
        raise ValueError(f"Of {data_set}, the zoo has no {checkpoint.name}; it has {names}.")
    return AutoEncoder.load(path(checkpoint, data_set))
