"""`python -m nnlib.zoo COMMAND`."""

import argparse
import os
import sys
from pathlib import Path

from nnlib.zoo import (
    baselines,
    beyond,
    claims,
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
    side_by_side, work, some, grid_only = (
        argparse.ArgumentParser(add_help=False) for _ in range(4)
    )
    side_by_side.add_argument("--processes", type=int, default=2, help="at a time; default 2")
    work.add_argument("--work", type=Path, default=WORK, help=f"default: {WORK}")
    some.add_argument("--seeds", type=int, nargs="+", default=[0], help="default: 0")
    some.add_argument("--images", type=int, help="only the first so many, for a trial")
    grid_only.add_argument(
        "--steps", type=int, nargs="+", default=grid.STEPS, choices=grid.STEPS, help="default: all"
    )
    grid_only.add_argument(
        "--claims", nargs="+", choices=[claim.id for claim in claims.CLAIMS], metavar="R1",
        help="only the networks that these claims compare",
    )  # fmt: skip
    grid_only.add_argument("--scheduler", help="address of a Dask scheduler, to work there")
    sweeping = [side_by_side, work, some]
    for name, parents, what in [
        ("train", [*sweeping, grid_only], "train the 84: about 25 minutes a seed on two cores"),
        ("measure", [*sweeping, grid_only], "measure the 84: ten minutes a seed"),
        ("beyond", sweeping, "train what the report does not ask: 10 minutes a seed"),
        ("uncut", sweeping, "measure behind noise that is not cut off: a minute a seed"),
        ("baselines", [side_by_side], "measure filters, PCA and spoilt images: ten minutes"),
        ("publish", [work], "put the networks of one seed into data/networks"),
        ("judge", [], "write the verdicts on the claims anew, from the tables"),
        ("verify", [], "check networks, tables and verdicts: under a minute"),
        ("lessons", [side_by_side], "train what the lessons load: half an hour on two cores"),
    ]:
        commands.add_parser(name, parents=parents, help=what)
    commands.choices["publish"].add_argument("--seed", type=int, default=0, help="default: 0")

    given = parser.parse_args()
    if kernels := os.environ.get("OPENBLAS_CORETYPE"):
        print(
            f"OPENBLAS_CORETYPE={kernels} is set; without it, this may be faster.", file=sys.stderr
        )
    if given.command in ("train", "measure"):
        settings = claims.settings(given.claims) if given.claims else grid.SETTINGS
        settings = [setting for setting in settings if setting.steps in given.steps]
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
        measure.measure(given.seeds, given.work, settings=settings, processes=given.processes,
                        images=given.images, scheduler=given.scheduler)  # fmt: skip
    elif given.command == "train":
        members = [member for member in grid.MEMBERS if member.setting in settings]
        sweep.train(given.seeds, given.work, members=members, processes=given.processes,
                    images=given.images, scheduler=given.scheduler)  # fmt: skip


WORK = Path("_sweep")  # every network of every seed, exact; may be deleted when all is measured

if __name__ == "__main__":
    main()
