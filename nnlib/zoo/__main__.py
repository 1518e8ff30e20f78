"""`python -m nnlib.zoo COMMAND`."""

import argparse

from nnlib.zoo import lessons


def main() -> None:
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(prog="python -m nnlib.zoo", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    what = "train what the lessons load: about half an hour on two cores"
    train = commands.add_parser("lessons", help=what)
    train.add_argument("--processes", type=int, default=2, help="trainings at a time (default 2)")
    lessons.main(parser.parse_args().processes)


if __name__ == "__main__":
    main()
