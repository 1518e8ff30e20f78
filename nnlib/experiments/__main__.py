"""`python -m nnlib.experiments COMMAND`: train, measure and judge the 84 networks."""

import argparse
import os
import signal
import sys
from pathlib import Path

from nnlib.datasets.split import TRAIN_SIZE
from nnlib.experiments import claims, grid
from nnlib.experiments.folders import DATA_SETS, CommandError, Images

WORK = Path("_sweep")  # every network of every seed, exact; may be deleted when all is measured
INSTALL = "`pip install '.[zoo]'` in the book's folder brings all that its commands use."


def main() -> None:
    """Read the command line and do what it says; whatever goes wrong is told in one sentence."""
    given = parser().parse_args()
    signal.signal(signal.SIGINT, interrupt)
    if hasattr(signal, "setitimer"):  # Windows has none
        signal.signal(signal.SIGALRM, interrupt)
    if kernels := os.environ.get("OPENBLAS_CORETYPE"):
        print(
            f"OPENBLAS_CORETYPE={kernels} is set; without it, this may be faster.", file=sys.stderr
        )
    # joblib's tracker outlives a command that was stopped, and would tell of what it tidies up.
    warnings = os.environ.get("PYTHONWARNINGS")
    os.environ["PYTHONWARNINGS"] = ",".join(filter(None, [warnings, "ignore:resource_tracker"]))
    try:
        given.func(given)
    except KeyboardInterrupt:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)
        again = "the same command goes on from there" if given.resumes else (
            "nothing was replaced, and the same command starts again"
        )  # fmt: skip
        print(f"\nStopped. What was finished is kept: {again}.", file=sys.stderr)
        sys.stderr.flush()
        os._exit(130)  # at once: joblib would wait for what its processes are doing
    except ModuleNotFoundError as error:
        sys.exit(f"nnlib.experiments needs the package {error.name!r}: {INSTALL}")
    except (OSError, FloatingPointError, CommandError) as error:
        sys.exit(f"{given.command} stopped: {error}")


def interrupt(*_):
    """Raise KeyboardInterrupt, and once more after a second: Python drops one in a callback."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 1)
    raise KeyboardInterrupt


def parser() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    top = argparse.ArgumentParser(prog="python -m nnlib.experiments", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(func, *options, resumes=False):
        command = commands.add_parser(func.__name__, parents=options, help=func.__doc__)
        command.set_defaults(func=func, resumes=resumes, refuse=command.error)
        return command

    processes, work, data, which, part = (argparse.ArgumentParser(add_help=False) for _ in range(5))
    processes.add_argument(
        "--processes", type=whole(1, 256), default=2, help="at a time; default 2"
    )
    work.add_argument("--work", type=folder, default=WORK, help=f"default: {WORK}")
    data.add_argument("--data", choices=DATA_SETS, default="mnist", help="default: mnist")
    which.add_argument(
        "--seeds", type=whole(0, 2**31), nargs="+", default=[0], metavar="SEED", help="default: 0"
    )
    which.add_argument(
        "--images", type=whole(1, TRAIN_SIZE - 1),
        help="a trial on the first so many, kept in a folder of its own: WORK/trial-IMAGES",
    )  # fmt: skip
    part.add_argument(
        "--steps", type=int, nargs="+", default=grid.STEPS, choices=grid.STEPS, help="default: all"
    )
    part.add_argument(
        "--claims", nargs="+", choices=[claim.id for claim in claims.CLAIMS], metavar="R1",
        help="only the networks that these claims compare",
    )  # fmt: skip
    part.add_argument("--scheduler", help="address of a Dask scheduler, to work there")

    add(train, processes, work, data, which, part, resumes=True)
    add(measure, processes, work, data, which, part, resumes=True).add_argument(
        "--levels", choices=["all", "claimed"], default="all",
        help="all of noise and masks, or those that claims ask for, a sixth; default: all",
    )  # fmt: skip
    add(robustness, processes, work, which, resumes=True)
    add(unclipped, processes, work, data, which)
    add(baselines, processes, data)
    add(tune, processes, work, data, resumes=True)
    add(variance, processes, work, resumes=True)
    add(export, work, data).add_argument(
        "--seed", type=whole(0, 2**31), default=0, help="default: 0"
    )
    add(judge, data)
    add(controls)
    add(multiverse)
    add(verify)
    add(pretrain, processes, work, resumes=True)
    return top


def whole(least: int, most: int):
    """Return a type of arguments: whole numbers within bounds."""

    def convert(text):
        if not text.lstrip("+-").isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(
                f"this must be a whole number from {least} to {most:,}, but it is {text!r}"
            )
        return int(text)

    return convert


def folder(text: str) -> Path:
    """Return a folder that can be written to, or whose parents let one be made."""
    path = Path(text).expanduser()
    there = next(one for one in (path, *path.absolute().parents) if one.exists())
    if not there.is_dir():
        raise argparse.ArgumentTypeError(f"{there} is a file, not a folder")
    if not os.access(there, os.W_OK | os.X_OK):
        raise argparse.ArgumentTypeError(f"nothing can be written in {there}")
    return path


# The commands. Each imports what it needs when it runs: `--help` needs NumPy alone, and answers at
# once.


def train(given):
    """Train the 84: about 25 minutes a seed on two cores."""
    from nnlib.experiments.train import train

    chosen = configs(given)
    checkpoints = [checkpoint for checkpoint in grid.CHECKPOINTS if checkpoint.config in chosen]
    train(given.seeds, given.work, checkpoints=checkpoints,
          processes=given.processes, images=images(given), scheduler=given.scheduler)  # fmt: skip


def measure(given):
    """Measure the 84: ten minutes a seed."""
    from nnlib.experiments.evaluate import CORRUPTIONS
    from nnlib.experiments.measure import measure

    corruptions = {"all": CORRUPTIONS, "claimed": claims.corruptions()}[given.levels]
    measure(given.seeds, given.work, configs=configs(given), corruptions=corruptions,
            processes=given.processes, images=images(given), scheduler=given.scheduler)  # fmt: skip


def images(given) -> Images:
    """Return which images a command is to work on."""
    return Images(given.data, given.images)


def configs(given) -> list:
    """Return the configurations that are asked for, at least one."""
    asked = claims.configs(given.claims) if given.claims else grid.CONFIGS
    chosen = [config for config in asked if config.steps in given.steps]
    if not chosen:
        steps = sorted({config.steps for config in asked})
        given.refuse(
            f"--claims {' '.join(given.claims)} is about networks with --steps "
            f"{' '.join(map(str, steps))}, none with --steps {' '.join(map(str, given.steps))}"
        )
    return chosen


def robustness(given):
    """Train what the report does not ask: 10 minutes a seed."""
    from nnlib.experiments.robustness import train

    train(given.seeds, given.work, processes=given.processes, images=Images(count=given.images))


def unclipped(given):
    """Measure with noise that is not clipped: a minute a seed."""
    from nnlib.experiments.robustness import measure_unclipped

    measure_unclipped(given.seeds, given.work, processes=given.processes, images=images(given))


def baselines(given):
    """Measure filters, PCA and corrupted images: ten minutes."""
    from nnlib.experiments.baselines import measure_all

    measure_all(given.processes, Images(given.data))


def tune(given):
    """Train each loss and depth at eight learning rates: an hour on two cores."""
    from nnlib.experiments.tuning import tune

    tune(given.work, given.processes, Images(given.data))


def variance(given):
    """Vary initial weights, order, split and noise apart: a quarter of an hour on two cores."""
    from nnlib.experiments.variance import measure

    measure(given.work, given.processes)


def export(given):
    """Put the networks of one seed into data/networks."""
    from nnlib.experiments.train import export

    export(given.work, given.seed, Images(given.data))


def judge(given):
    """Write the verdicts on the claims anew, from the tables."""
    from nnlib.experiments import results, verdicts

    found = verdicts.of_the_book(given.data).values()
    results.write(results.path("verdicts", given.data), verdicts.table(found))
    print("\n\n".join(map(str, found)))


def controls(given):
    """Plant effects, and count how often they are found: a minute."""
    from nnlib.experiments import results
    from nnlib.experiments.controls import table

    results.write(results.path("controls"), table())


def multiverse(given):
    """Judge the claims under other choices: two minutes."""
    from nnlib.experiments import results
    from nnlib.experiments.multiverse import table

    results.write(results.path("multiverse"), table())


def verify(given):
    """Check networks, tables and verdicts: under a minute."""
    from nnlib.experiments.verify import verify

    complaints = verify()
    print("\n".join(complaints) or "The 84 networks, the tables and the verdicts agree.")
    sys.exit(bool(complaints))


def pretrain(given):
    """Train what the lessons load: half an hour on two cores."""
    from nnlib.experiments.pretrained import pretrain

    pretrain(given.work, given.processes)


if __name__ == "__main__":
    main()
