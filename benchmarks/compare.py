"""nnlib beside its peers, in one run: `make bench`, or `python benchmarks/compare.py`.

Each engine is a process of its own (engines.py) for every network, batch size and number of
threads. They take turns, an epoch each, so that a busy moment of the machine meets all of them. The
first epoch of each is left out (it compiles); of the others the median counts, at the number of
threads that is best for that engine. Engines that train the same network must reach the same loss.
The table keeps what machines of another name measured.
"""

import argparse
import itertools
import json
import os
import platform
import subprocess
import sys
from datetime import date
from pathlib import Path
from statistics import geometric_mean, median

from tqdm import tqdm

from nnlib.experiments import results

HERE = Path(__file__).parent
TRAINING = ["products", "products_by_columns", "torch_products",
            "torch_products_by_columns", "nnlib_rest", "nnlib_fast",
            "nnlib_numpy", "nnlib_readable", "jax_scan", "jax_jit", "torch_compile", "torch_eager",
            "scikit_learn"]  # fmt: skip
FORWARD = ["nnlib_forward", "torch_forward"]
IMAGES = 12_800  # an epoch, as in engines.py
AT_ONCE = 10_000  # images of a forward pass
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
THREADS = sorted({1, CORES})


class Worker:
    """One engine in a process of its own; `turn` trains an epoch there."""

    def __init__(self, *arguments):
        command = [sys.executable, str(HERE / "engines.py"), *map(str, arguments)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        environment = {**os.environ, "PYTHONPATH": str(HERE.parent)}
        self.process = subprocess.Popen(command, env=environment, bufsize=1, **pipes)

    def turn(self) -> dict:
        """Return the seconds and the loss of one more epoch."""
        self.process.stdin.write("go\n")
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit(f"{' '.join(self.process.args)} ended; its error is above.")
        return json.loads(answer)

    def close(self):
        """Let the process end."""
        self.process.stdin.close()
        self.process.wait()


def measure(engines, images, steps, batch, rounds, bar) -> list[dict]:
    """Return a row for each engine on one network and batch size; `images` are seen in a turn."""
    workers = {(e, t): Worker(e, steps, batch, t) for e in engines for t in THREADS}
    turns = {key: [] for key in workers}
    for _ in range(1 + rounds):
        for key, worker in workers.items():
            turns[key].append(worker.turn())
            bar.update()
    for worker in workers.values():
        worker.close()

    def speed(key):
        return images / median(turn["seconds"] for turn in turns[key][1:])

    rows = []
    for engine in engines:
        best = max((key for key in workers if key[0] == engine), key=speed)
        seconds = [turn["seconds"] for turn in turns[best][1:]]
        rows.append({
            "steps": steps, "batch_size": batch, "engine": engine, "threads": best[1],
            "images_per_second": round(speed(best)),
            "slowest": round(images / max(seconds)), "fastest": round(images / min(seconds)),
            "loss": turns[best][-1]["loss"], "machine": machine(),
            "date": date.today().isoformat(),
        })  # fmt: skip
    losses = [row["loss"] for row in rows if row["loss"] is not None]
    if losses and max(losses) > 1.01 * min(losses):
        raise SystemExit(f"The engines do not train alike: {losses} on steps={steps}.")
    return rows


def main() -> None:
    """Measure, and print a table; whatever is measured in full goes to data/results/speed.csv."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=at_least_1, nargs="+", default=[2, 4, 8])
    parser.add_argument("--batches", type=at_least_1, nargs="+", default=[32, 64])
    parser.add_argument(
        "--rounds", type=at_least_1, default=7, help="epochs that count, of each engine"
    )
    given = parser.parse_args()
    in_full = given == parser.parse_args([])
    table_file = results.path("speed") if in_full else Path("_build") / "bench" / "speed.csv"
    known = results.read(table_file) if in_full and table_file.exists() else []
    plans = [(TRAINING, IMAGES, *rest) for rest in itertools.product(given.steps, given.batches)]
    plans += [(FORWARD, AT_ONCE, steps, AT_ONCE) for steps in given.steps]
    turns = sum(len(engines) for engines, *_ in plans) * len(THREADS) * (1 + given.rounds)
    with tqdm(total=turns, desc="bench", unit="epoch") as bar:
        rows = [row for plan in plans for row in measure(*plan, given.rounds, bar)]
    table_file.parent.mkdir(parents=True, exist_ok=True)
    results.write(table_file, replaced(known, rows))
    ours = {
        (row["steps"], row["batch_size"]): row["images_per_second"]
        for row in rows
        if row["engine"] in ("nnlib_fast", "nnlib_forward")
    }
    for row in rows:
        ratio = ours[row["steps"], row["batch_size"]] / row["images_per_second"]
        print(
            f"steps {row['steps']} batch {row['batch_size']} {row['engine']:19}"
            f"{row['images_per_second']:7} images/s ({row['slowest']} to {row['fastest']}, "
            f"threads: {row['threads']}); nnlib is {ratio:.2f} times as fast"
        )
    for engine in TRAINING:
        ratios = [
            ours[row["steps"], row["batch_size"]] / row["images_per_second"]
            for row in rows
            if row["engine"] == engine
        ]
        mean, least = geometric_mean(ratios), min(ratios)
        print(f"nnlib / {engine:19} {mean:.2f} in the geometric mean, {least:.2f} at least")
    print(
        f"Written to {table_file}"
        + ("." if in_full else ": a trial, of which the book knows nothing.")
    )


def replaced(known, rows) -> list[dict]:
    """Return the rows of all machines: those of `rows` in the place of what their machine had."""
    of_machine = {}
    for row in known:
        of_machine.setdefault(row["machine"], []).append(row)
    of_machine[rows[0]["machine"]] = rows
    return [row for some in of_machine.values() for row in some]


def at_least_1(text: str) -> int:
    """Return an argument as a whole number from 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"this must be a whole number from 1, but it is {text!r}")
    return int(text)


def machine() -> str:
    """Return the name of the processor and the number of its cores that are ours."""
    info = Path("/proc/cpuinfo")
    names = info.read_text().splitlines() if info.exists() else []
    named = [line.partition(": ")[2] for line in names if line.startswith("model name")]
    return f"{[*named, platform.machine()][0]}, {CORES} cores"


if __name__ == "__main__":
    main()
