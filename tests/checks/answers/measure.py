"""Measure the checks on lots of answers: `python -m tests.checks.answers.measure [LOT …]`.

A wrong answer is *found* when its check fails, and *named* when its pattern is in what the message
says is the likely cause. Messages are printed in full: whether a cause is named that is not the
cause, only a reader can tell. A LOT may also be the path of a folder that holds answers as those
here do. To measure another version of the checks, set PYTHONPATH to that version.
"""

import re
import sys
import traceback
import warnings
from collections import Counter
from pathlib import Path

import nnlib
from nnlib import checks

from . import LOTS, read, verdict
from .functions import ANSWERS

SECONDS = 20  # after which a check is given up
COUNTED = ("wrong", "found", "named", "right", "refused")


def tried(answer):
    """Return what a check says of an answer, or None: of its CheckFailed, or of another error."""
    checks.limit(SECONDS)
    try:
        return verdict(answer.kind, answer.load())
    except Exception:
        return f"STOPPED, not by CheckFailed:\n{traceback.format_exc(limit=-3)}"
    finally:
        checks.limit(0)


def states(answer, said):
    """Return what an answer counts as."""
    if answer.cause is None:
        return ["right", "refused"][: 1 + (said is not None)]
    if said is None:
        return ["wrong"]
    cause = said.partition("Likely cause: ")[2]
    named = re.search(answer.cause, cause, re.IGNORECASE)
    return ["wrong", "found", "named"][: 2 + bool(named)]


def measure(answers):
    """Print what the checks say of each answer, and count by lot and by kind."""
    counts = Counter()
    for answer in answers:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            said = tried(answer)
        state = states(answer, said)
        counts.update((row, each) for row in (answer.lot, answer.kind, "all") for each in state)
        print(f"=== {'NOT FOUND' if state == ['wrong'] else state[-1]}: {answer}")
        print(f"    pattern: {answer.cause}" if answer.cause else "", *warned, sep="\n    ")
        print("    " + (said or "").replace("\n", "\n    "))
    print(f"\n{Path(nnlib.__file__).parent!s:48}" + "".join(f"{each:>9}" for each in COUNTED))
    for row in dict.fromkeys(row for row, _ in counts):
        print(f"{row:48}" + "".join(f"{counts[row, each]:9}" for each in COUNTED))


if __name__ == "__main__":
    lots = sys.argv[1:] or [*LOTS, "functions"]
    measure([one for lot in lots for one in (ANSWERS if lot == "functions" else read(lot))])
