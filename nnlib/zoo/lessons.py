"""The trainings that are too long for a lesson, and what the lessons load instead.

Four autoencoders and a network that names digits, kept as files; and, for the question "how do
initial weights decide whether 16 layers learn?", the error after every epoch for two scales of
the first weights, with the code bent and unbent, five seeds each.
"""

import numpy as np
from joblib import Parallel, delayed
from tqdm.auto import tqdm

from nnlib.activations import TanH
from nnlib.autoencoder import AutoEncoder
from nnlib.linear import Linear
from nnlib.losses import CrossEntropyWithLogSoftmax, MSELoss
from nnlib.mnist import folder, load
from nnlib.optim import Optim
from nnlib.sequential import Sequential
from nnlib.zoo import tables
from nnlib.zoo.sweep import workers

EPOCHS, BATCH_SIZE, LEARNING_RATE = 20, 32, 0.01
NETWORKS = {
    "code-16": {"latent_dim": 16, "steps": 4, "code": "tanh", "init": "tanh", "seed": 0},
    "code-2": {"latent_dim": 2, "steps": 4, "code": "linear", "init": "tanh", "seed": 0},
    "deep-tanh": {"latent_dim": 16, "steps": 8, "code": "tanh", "init": "tanh", "seed": 0},
    "deep-xavier": {"latent_dim": 16, "steps": 8, "code": "tanh", "init": "xavier", "seed": 0},
}
STARTS = [
    {"latent_dim": 16, "steps": 8, "code": code, "init": init, "seed": seed}
    for code in ("tanh", "linear")
    for init in ("tanh", "xavier")
    for seed in range(5)
]


def path(name: str):
    """Return the file of the network called `name`."""
    return folder() / "networks" / f"lesson-{name}.npz"


def load_network(name: str) -> AutoEncoder:
    """Return one of NETWORKS, trained."""
    return AutoEncoder.load(path(name))


def load_starts() -> dict[tuple[str, str], np.ndarray]:
    """Return the test error, MSE per pixel, (seeds, epochs), for each (code, init) of STARTS."""
    errors = {}
    for row in tables.read(tables.results("initial_weights")):
        errors.setdefault((row["code"], row["init"]), []).append(row["test_mse"])
    return {start: np.reshape(values, (-1, EPOCHS)) for start, values in errors.items()}


def train(latent_dim, steps, code, init, seed):
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


def main(processes: int = 2) -> None:
    """Train them all, each process on one core, and write data/networks and data/results."""
    # The longest first; a network that is kept may be one of those that are measured.
    settings = [*STARTS, *(setting for setting in NETWORKS.values() if setting not in STARTS)]
    with workers(processes):
        runs = Parallel(return_as="generator")(delayed(train)(**setting) for setting in settings)
        trained = list(tqdm(runs, total=len(settings), desc="lessons", unit="run"))

    for name, setting in NETWORKS.items():
        network, _ = trained[settings.index(setting)]
        network.save(path(name), dtype="float16")
    train_classifier().save(path("digits"), dtype="float16")
    rows = [
        {key: start[key] for key in ("code", "init", "seed")}
        | {"epoch": epoch, "test_mse": float(error)}
        for start, (_, errors) in zip(STARTS, trained, strict=False)
        for epoch, error in enumerate(errors, start=1)
    ]
    tables.write(tables.results("initial_weights"), rows)
