"""`python -m nnlib.checks linear.ipynb`: will this notebook be graded, and how?

Ends with 0 if all checks pass, with 1 if not, and with 2 if a file cannot be looked at. With
--markdown it writes tables, as the summary of a CI job wants them.
"""

import importlib.util
import subprocess
import sys
from pathlib import Path

USAGE = "Which notebook? python -m nnlib.checks linear.ipynb"
NO_IPYTHON = 'A notebook needs IPython to run: pip install "nnlib[book]", or install ipython.'
ENDED = (
    "{} ends Python while it runs, so there is nothing to report: does a cell exit, or take all of "
    "the memory?"
)
HERE, MARKDOWN = "--here", "--markdown"  # the first is ours: look at it in this process


def main(arguments) -> int:
    """Look at each notebook that is named, each in a process of its own."""
    names = [name for name in arguments if name not in (HERE, MARKDOWN)]
    unknown = [name for name in names if name.startswith("-")]
    if not names or unknown:
        print(f"There is no option {unknown[0]}. {USAGE}" if unknown else USAGE, file=sys.stderr)
        return 2
    if importlib.util.find_spec("IPython") is None:
        print(NO_IPYTHON, file=sys.stderr)
        return 2
    if HERE in arguments:
        return look(names[0], MARKDOWN in arguments)
    worst, options = 0, [HERE, *([MARKDOWN] if MARKDOWN in arguments else [])]
    for name in names:
        command = [sys.executable, "-m", "nnlib.checks", *options, name]
        done = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8")
        ended = not done.stdout.strip()  # whatever its exit status claims
        print(ENDED.format(name) if ended else done.stdout, flush=True)
        worst = max(worst, 2 if ended or done.returncode not in (0, 1) else done.returncode)
    return worst


def look(name, markdown) -> int:
    """Look at a notebook, and print what there is to say."""
    from nnlib.checks import _notebook

    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    try:
        report = _notebook.examine(Path(name))
    except _notebook.Refused as error:
        print(error)
        return 2
    print(_notebook.as_markdown(report) if markdown else _notebook.as_text(report))
    return 0 if report.passes else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
