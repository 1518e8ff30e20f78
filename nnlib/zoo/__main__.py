"""`python -m nnlib.zoo COMMAND`."""

import argparse
import sys
from pathlib import Path

from nnlib.zoo import (
    baselines,
    beyond,
    grid,
    lessons,
    measure,
    sweep,
    tables,
    uncut,
    verdicts,
    verify,
)


def main() -> None:
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(prog="python -m nnlib.zoo", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    train = commands.add_parser(
        "train", help="train the 84: about 25 minutes for each seed on two cores"
    )
    measuring = commands.add_parser("measure", help="measure the 84: ten minutes a seed")
    more = commands.add_parser(
        "beyond", help="train what the report does not ask: 15 minutes a seed"
    )
    what = "measure behind noise that is not cut off: a minute a seed"
    other = commands.add_parser("uncut", help=what)
    for command in (train, measuring, more, other):
        command.add_argument("--seeds", type=int, nargs="+", default=[0], help="default: 0")
        command.add_argument("--images", type=int, help="only the first so many, for a trial")
    for command in (train, measuring):
        command.add_argument("--steps", type=int, nargs="+", default=grid.STEPS, choices=grid.STEPS)
        command.add_argument("--scheduler", help="address of a Dask scheduler, to work there")

    what = "measure filters, PCA and the spoilt images themselves: ten minutes"
    commands.add_parser("baselines", help=what)

    publish = commands.add_parser("publish", help="put the networks of one seed into data/networks")
    publish.add_argument("--seed", type=int, default=0)

    commands.add_parser("judge", help="write the verdicts on the claims anew, from the tables")
    commands.add_parser("verify", help="check networks, tables and verdicts: under a minute")

    what = "train what the lessons load: about half an hour on two cores"
    commands.add_parser("lessons", help=what)
    for name, command in commands.choices.items():
        if name in ("train", "measure", "beyond", "uncut", "lessons"):
            command.add_argument("--processes", type=int, default=2, help="side by side; default 2")
        if name in ("train", "measure", "beyond", "uncut", "publish"):
            command.add_argument("--work", type=Path, default=WORK, help=f"default: {WORK}")

    given = parser.parse_args()
    if given.command == "lessons":
        lessons.main(given.processes)
    elif given.command == "baselines":
        baselines.main(given.processes)
    elif given.command == "beyond":
        beyond.main(given.seeds, given.work, given.processes, given.images)
    elif given.command == "uncut":
        uncut.main(given.seeds, given.work, processes=given.processes, images=given.images)
    elif given.command == "judge":
        found = verdicts.judge(tables.Errors())
        tables.write(tables.results("verdicts"), verdicts.table(found))
        print("\n\n".join(map(str, found)))
    elif given.command == "verify":
        complaints = verify.verify()
        print("\n".join(complaints) or "The 84 networks, the tables and the verdicts agree.")
        sys.exit(bool(complaints))
    elif given.command == "publish":
        sweep.publish(given.work, given.seed)
    elif given.command == "measure":
        settings = [setting for setting in grid.SETTINGS if setting.steps in given.steps]
        measure.measure(given.seeds, given.work, settings=settings, processes=given.processes,
                        images=given.images, scheduler=given.scheduler)  # fmt: skip
    elif given.command == "train":
        members = [member for member in grid.MEMBERS if member.setting.steps in given.steps]
        sweep.train(given.seeds, given.work, members=members, processes=given.processes,
                    images=given.images, scheduler=given.scheduler)  # fmt: skip


WORK = Path("_sweep")  # every network of every seed, exact; may be deleted when all is measured

if __name__ == "__main__":
    main()
