"""Where the commands of nnlib.experiments keep things; what a trial leaves has a place of its own.

A trial (`images=300`) works on a few images, to see whether all runs. Its networks and tables lie
in `WORK/trial-300/`, and each network says how many images it was trained on: so a trial can never
pass for the real thing, nor replace it.
"""

from pathlib import Path

from nnlib.autoencoder import AutoEncoder
from nnlib.datasets.mnist import TRAIN_SIZE
from nnlib.experiments import results
from nnlib.experiments.grid import Checkpoint


class CommandError(ValueError):
    """What a command cannot do, in one sentence."""


def work_folder(work, images: int | None) -> Path:
    """Return the folder of a sweep, or of a trial with so many images."""
    return Path(work) if images is None else Path(work) / f"trial-{images}"


def table_file(name: str, work, images: int | None) -> Path:
    """Return the file of a table: one of the book's, or of a trial."""
    if images is None:
        return results.path(name)
    file = work_folder(work, images) / "results" / f"{name}.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    return file


def checkpoint_file(work, seed: int, checkpoint: Checkpoint) -> Path:
    """Return the file of a network in the folder of a sweep, exact to the last bit."""
    return Path(work) / f"seed-{seed}" / f"{checkpoint.name}.npz"


def load(file: Path, images: int | None, how: str = "train") -> AutoEncoder:
    """Return a network of a sweep, trained on so many images (None: on all of them).

    Raises:
        CommandError: it is not there, cannot be read, or was trained on another number of images.
    """
    trial = f" --images {images}" if images else ""
    if not file.is_file():
        raise CommandError(
            f"{file} is missing: run `python -m nnlib.experiments {how}{trial}` first."
        )
    try:
        network = AutoEncoder.load(file)
    except (OSError, ValueError) as error:
        raise CommandError(
            f"{file} cannot be read; delete it, and `{how}` again. ({error})"
        ) from error
    wanted, found = images or TRAIN_SIZE, (network.trained_with or {}).get("images", TRAIN_SIZE)
    if found != wanted:
        raise CommandError(
            f"{file} was trained on {found:,} images, but this needs {wanted:,}: "
            "delete it, or name another folder with --work."
        )
    return network
