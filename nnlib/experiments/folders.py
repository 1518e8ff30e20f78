"""Where the commands of nnlib.experiments keep things; what a trial leaves has a place of its own.

MNIST is what the report is about; networks of another data set lie in a folder of its name, and so
do those of MNIST that is split into other images to train and to test with. A trial
(`--images 300`) works on a few images, to see whether all runs. Its networks and tables lie in
`trial-300/`, and each network says on which images it was trained, and on how many: so a trial can
never pass for the real thing, nor replace it.
"""

import functools
from pathlib import Path
from typing import NamedTuple

from nnlib.autoencoder import AutoEncoder
from nnlib.datasets import fashion_mnist, mnist
from nnlib.datasets.split import TRAIN_SIZE, Split, split_anew
from nnlib.experiments import results
from nnlib.experiments.grid import Checkpoint

OTHER_SPLIT = "mnist_split_1"
DATA_SETS = {
    "mnist": mnist.load,
    "fashion_mnist": fashion_mnist.load,
    OTHER_SPLIT: lambda: split_anew(mnist.load(), seed=1),
}


class CommandError(ValueError):
    """What a command cannot do, in one sentence."""


class Images(NamedTuple):
    """Which images a command works on: those of one of DATA_SETS, or the first `count` of them.

    A count makes it a trial on the first so many, of those to train and of those to test.
    """

    data_set: str = "mnist"
    count: int | None = None

    def load(self) -> Split:
        """Return the images and their labels; each process reads a data set once."""
        return Split(*(array[: self.count] for array in _whole(self.data_set)))

    def folder(self, work) -> Path:
        """Return the folder of a sweep, or of a trial."""
        folder = Path(work) if self.data_set == "mnist" else Path(work) / self.data_set
        return folder if self.count is None else folder / f"trial-{self.count}"

    def table(self, name: str, work) -> Path:
        """Return the file of a table: one of the book's, or of a trial."""
        whole = self.count is None
        file = (
            results.path(name, self.data_set)
            if whole
            else self.folder(work) / "results" / f"{name}.csv"
        )
        file.parent.mkdir(parents=True, exist_ok=True)
        return file

    @property
    def options(self) -> str:
        """How a command is told to work on these."""
        told = "" if self.data_set == "mnist" else f" --data {self.data_set}"
        return told if self.count is None else f"{told} --images {self.count}"

    @property
    def origin(self) -> dict:
        """What `trained_with` tells of a network that was trained on these."""
        return {"data": self.data_set, "images": self.count or TRAIN_SIZE}


MNIST = Images()  # what the report is about


@functools.cache
def _whole(data_set: str) -> Split:
    return DATA_SETS[data_set]()


def checkpoint_file(work, seed: int, checkpoint: Checkpoint) -> Path:
    """Return the file of a network in the folder of a sweep, exact to the last bit."""
    return Path(work) / f"seed-{seed}" / f"{checkpoint.name}.npz"


def run_file(folder: Path, run: tuple, suffix: str) -> Path:
    """Return the file of a run in a folder: its name is made of the run's fields."""
    return folder / ("-".join(map(str, run)) + suffix)


def load(file: Path, images: Images, how: str = "train") -> AutoEncoder:
    """Return a network of a sweep that was trained on these images.

    Raises:
        CommandError: it is not there, cannot be read, or was trained on others, or on more or less.
    """
    if not file.is_file():
        raise CommandError(
            f"{file} is missing: run `python -m nnlib.experiments {how}{images.options}` first."
        )
    try:
        network = AutoEncoder.load(file)
    except (OSError, ValueError) as error:
        raise CommandError(
            f"{file} cannot be read; delete it, and `{how}` again. ({error})"
        ) from error
    wanted, found = (
        "{images:,} images of {data}".format(**Images().origin | told)
        for told in (images.origin, network.trained_with or {})
    )
    if found != wanted:
        raise CommandError(
            f"{file} was trained on {found}, but this needs {wanted}: "
            "delete it, or name another folder with --work."
        )
    return network
