"""The trainings that are too long for a lesson, and what the lessons load instead.

Four autoencoders and a network that names digits, kept as files; and, for the question "how do
initial weights decide whether 16 layers learn?", the error after every epoch for two scales of
these weights, with and without a tanh after the latent layer, five seeds each.
"""

from pathlib import Path

import numpy as np

from nnlib.activations import TanH
from nnlib.autoencoder import AutoEncoder
from nnlib.datasets.mnist import load
from nnlib.datasets.paths import data_dir
from nnlib.experiments import jobs, results
from nnlib.experiments.folders import run_file
from nnlib.linear import Linear
from nnlib.losses import CrossEntropyWithLogSoftmax, MSELoss
from nnlib.optim import Optim
from nnlib.sequential import Sequential

EPOCHS, BATCH_SIZE, LEARNING_RATE = 20, 32, 0.01
NETWORKS = {
    "code-16": {"latent_dim": 16, "steps": 4, "code": "tanh", "init": "tanh", "seed": 0},
    "code-2": {"latent_dim": 2, "steps": 4, "code": "linear", "init": "tanh", "seed": 0},
    "deep-tanh": {"latent_dim": 16, "steps": 8, "code": "tanh", "init": "tanh", "seed": 0},
    "deep-xavier": {"latent_dim": 16, "steps": 8, "code": "tanh", "init": "xavier", "seed": 0},
}
INIT_RUNS = [
    {"latent_dim": 16, "steps": 8, "code": code, "init": init, "seed": seed}
    for code in ("tanh", "linear")
    for init in ("tanh", "xavier")
    for seed in range(5)
]


def path(name: str):
    """Return the file of the network called `name`."""
    return data_dir() / "networks" / f"lesson-{name}.npz"


def load_network(name: str) -> AutoEncoder:
    """Return one of NETWORKS, trained."""
    return AutoEncoder.load(path(name))


def load_init_comparison() -> dict[tuple[str, str], np.ndarray]:
    """Return the test error, MSE per pixel, (seeds, epochs), for each (code, init) of INIT_RUNS."""
    errors = {}
    for row in results.read(results.path("initial_weights")):
        errors.setdefault((row["code"], row["init"]), []).append(row["test_mse"])
    return {start: np.reshape(values, (-1, EPOCHS)) for start, values in errors.items()}


def train_autoencoder(latent_dim, steps, code, init, seed):
    """Train one autoencoder on MNIST; return it, and its test error after every epoch."""
    data = load()
    weights, order = np.random.default_rng(seed).spawn(2)
    network = AutoEncoder(
        data.X_train.shape[1], latent_dim, steps, code=code, init=init, rng=weights
    )
    errors = []

    def measure(epoch, loss):
        errors.append(MSELoss().forward(network.forward(data.X_test), data.X_test))

    optim = Optim(network, MSELoss("batchmean"), LEARNING_RATE)
    optim.SGD(data.X_train, data.X_train, BATCH_SIZE, EPOCHS, rng=order, callback=measure)
    return network, errors


def train_classifier() -> Sequential:
    """Return the network of the lesson on many classes, trained as there: ten scores an image."""
    data, network = load(), Sequential([Linear(784, 128, rng=0), TanH(), Linear(128, 10, rng=1)])
    optim = Optim(network, CrossEntropyWithLogSoftmax(), 0.2)
    optim.SGD(data.X_train, data.Y_train, BATCH_SIZE, 6, rng=0)
    return network


def pretrain(work, processes: int = 2) -> None:
    """Train what is not in `work` yet, each process on one core; then write it all into the data.

    Args:
        work: the folder of a sweep, which keeps each network, exact, and its errors.
        processes: trainings at a time.
    """
    # The longest first; a network that is kept may be one of those that are measured.
    runs = [*INIT_RUNS, *(run for run in NETWORKS.values() if run not in INIT_RUNS)]
    work = Path(work) / "pretrained"
    work.mkdir(parents=True, exist_ok=True)
    files = {run: run_file(work, run, ".npz") for run in map(_key, runs)}
    for run, (network, errors) in jobs.run(
        train_autoencoder,
        files,
        title="pretrain",
        processes=processes,
        done=lambda *job: files[job].is_file(),
    ):
        network.trained_with["test_mse"] = [float(error) for error in errors]
        network.save(files[run])
    digits = work / "digits.npz"
    if not digits.is_file():
        train_classifier().save(digits)

    trained = {run: AutoEncoder.load(file) for run, file in files.items()}
    errors = {run: network.trained_with.pop("test_mse") for run, network in trained.items()}
    for name, run in NETWORKS.items():
        trained[_key(run)].save(path(name), dtype="float16")
    Sequential.load(digits).save(path("digits"), dtype="float16")
    rows = [
        {name: run[name] for name in ("code", "init", "seed")} | {"epoch": epoch, "test_mse": error}
        for run in INIT_RUNS
        for epoch, error in enumerate(errors[_key(run)], start=1)
    ]
    results.write(results.path("initial_weights"), rows)


def _key(run: dict) -> tuple:
    """Return the job of a run: the arguments of `train_autoencoder`."""
    return tuple(run.values())
