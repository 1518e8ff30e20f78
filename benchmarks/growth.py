"""How cost grows with the work, each kind at three sizes: the second half of `make bench`.

    python benchmarks/growth.py                  all kinds, into data/results/growth.csv
    python benchmarks/growth.py epochs 1 2 4     one of them, at these sizes: a trial

Each piece of work is a process of its own, which prepares it, and then reads the clock of all its
processes: that does not advance while other programs have the core. The sizes take turns, and of
the rounds the shortest counts; of memory, the most that one process had.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from datetime import date
from functools import partial
from pathlib import Path

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
os.environ.pop("OPENBLAS_CORETYPE", None)  # where set, it keeps OpenBLAS from the best kernels

import numpy as np  # noqa: E402  (after the number of threads)
from compare import at_least_1, machine  # noqa: E402
from tqdm import tqdm  # noqa: E402

from nnlib import AutoEncoder, MSELoss, Optim  # noqa: E402
from nnlib._outputs import outputs as outputs_of  # noqa: E402
from nnlib.experiments import grid, results  # noqa: E402
from nnlib.experiments.evaluate import evaluate  # noqa: E402
from nnlib.experiments.folders import Images  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
SOLUTION = ROOT / "_build" / "class" / "linear" / "teacher" / "linear.ipynb"
CHAPTER = ROOT / "book" / "linear.ipynb"
MB = 2**20 if sys.platform == "darwin" else 2**10  # in the unit of `ru_maxrss`


# Each of these prepares so much of a kind of work, in an empty folder, and returns what does it. Of
# what is done in this process, a little comes before: the first call imports and looks around.


def outputs(images):
    """The outputs of a network for so many images."""
    network, X = AutoEncoder(784, 16, 4, rng=0), random_images(images)
    outputs_of(network, X[:1_000])
    return lambda: outputs_of(network, X)


def errors(images):
    """All errors of a network on so many noisy images."""
    network, X = AutoEncoder(784, 16, 4, rng=0), random_images(images)

    def measure(X):
        return list(evaluate({"it": network}, X, np.arange(len(X)) % 10, [("noise", 0.4)]))

    measure(X[:10])
    return lambda: measure(X)


def training(images, epochs=1):
    """An epoch of training on so many images."""
    network, X = AutoEncoder(784, 16, 4, rng=0), random_images(images)
    train = partial(Optim(network, MSELoss("batchmean"), 0.01).SGD, batch_size=32, rng=0)
    train(X[:32], X[:32], num_epochs=1)
    return lambda: train(X, X, num_epochs=epochs)


def epochs(epochs):
    """So many epochs of training on 4,000 images."""
    return training(4_000, epochs)


def seeds(seeds):
    """Ten epochs on the first 4,000 digits with so many seeds, as the experiments train."""
    from nnlib.experiments.train import train

    network = grid.Checkpoint(grid.Config("mse", 32, 16, 4), 10)
    given = {"checkpoints": [network], "processes": 1, "images": Images(count=4_000)}
    return lambda: train(range(seeds), "sweep", **given)


def submissions(copies):
    """`make grade` on so many solutions of an exercise.

    Without bubblewrap, whose boxes end in a way that leaves their time uncounted.
    """
    os.environ["PATH"] = os.fspath(Path(sys.executable).parent)
    for number in range(copies):
        folder = Path("handed_in", f"student {number}")
        folder.mkdir(parents=True)
        shutil.copy(SOLUTION, folder)
    program = ROOT / "book" / "_class" / "grade.py"
    said = f"{copies} to be graded, 0 of them"
    return lambda: run(sys.executable, program, "handed_in", "--grades", "grades", says=said)


def chapters(copies):
    """The pages of a book of so many copies of a chapter."""
    for name in ("_config.yml", "data", "nnlib"):
        Path(name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "book", "book", ignore=shutil.ignore_patterns("*.ipynb"))
    files = [f"book/{CHAPTER.stem}_{number}.ipynb" for number in range(copies)]
    for file in files:
        shutil.copy(CHAPTER, file)
    Path("book/first.md").write_text("# A book\n")
    listed = {"format": "jb-book", "root": "book/first", "chapters": [{"file": f} for f in files]}
    Path("_toc.yml").write_text(json.dumps(listed))  # YAML, too
    program = Path(sys.executable).with_name("jupyter-book")
    return lambda: run(program, "build", ".", says="Finished generating HTML")


def random_images(number):
    """Return images for work whose time does not depend on what they show."""
    return np.random.default_rng(0).random((number, 784), np.float32)


def run(*command, says):
    """Run a command that has to say something; show what it says only if it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode or says not in done.stdout:
        raise SystemExit(done.stdout)


PLAN = {
    **dict.fromkeys((outputs, errors, training), (1_000, 8_000, 56_000)),
    **dict.fromkeys((epochs, seeds), (1, 2, 4)),
    submissions: (2, 4, 8),
    chapters: (5, 10, 20),
}
KINDS = {kind.__name__: kind for kind in PLAN}


def once(kind, size) -> dict:
    """Do a piece of work; return the seconds of all cores, and the largest process's megabytes."""
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        work = kind(size)
        before, _ = used()
        work()
        after, mb = used()
        os.chdir(ROOT)
    return {"seconds": after - before, "mb": mb}


def used() -> tuple[float, float]:
    """Return the seconds so far of this process and those that ended, and the most megabytes."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    seconds = sum(one.ru_utime + one.ru_stime for one in both)
    return seconds, max(one.ru_maxrss for one in both) / MB


def in_a_process(kind, size) -> dict:
    """Return what `once` does, in a process of its own."""
    command = [sys.executable, __file__, kind.__name__, str(size), "--once"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TQDM_DISABLE": "1"}
    done = subprocess.run(command, stdout=subprocess.PIPE, env=environment, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended; its error is above.")
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    """Measure, and print a table; all of it, in full, goes to data/results/growth.csv."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=KINDS, nargs="?")
    parser.add_argument("sizes", type=at_least_1, nargs="*")
    parser.add_argument("--rounds", type=at_least_1, default=2, help="of which the shortest counts")
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.once:
        print(json.dumps(once(KINDS[given.kind], *given.sizes)))
        return
    plan = {KINDS[given.kind]: given.sizes} if given.kind else PLAN
    pieces = [(kind, size) for kind, sizes in plan.items() for size in sizes]
    found = {piece: [] for piece in pieces}
    for kind, size in tqdm(pieces * given.rounds, desc="growth", unit="piece"):
        found[kind, size].append(in_a_process(kind, size))
    rows = []
    for (kind, size), measured in found.items():
        seconds = [one["seconds"] for one in measured]
        rows.append({
            "kind": kind.__name__, "size": size, "seconds": min(seconds), "most": max(seconds),
            "mb": round(max(one["mb"] for one in measured)),
            "machine": machine(), "date": date.today().isoformat(),
        })  # fmt: skip
        print(*rows[-1].values())
    in_full = given == parser.parse_args([])
    file = results.path("growth") if in_full else ROOT / "_build" / "bench" / "growth.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    results.write(file, rows)
    print(f"Written to {file}{'' if in_full else ': a trial, of which the book knows nothing'}.")


if __name__ == "__main__":
    main()
