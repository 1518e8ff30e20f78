"""Starts the kernel of a submission, inside the box: `runner.py CONNECTION_FILE`."""

import sys

from ipykernel.kernelapp import launch_new_instance

MEMORY = 3 * 2**30  # bytes that a process may ask for; numpy and Jupyter need about one of them
FILE = 64 * 2**20  # bytes of a file that it writes

if __name__ == "__main__":
    if sys.platform != "win32":  # which has no such limits
        import resource

        for what, most in (
            (resource.RLIMIT_AS, MEMORY),
            (resource.RLIMIT_FSIZE, FILE),
            (resource.RLIMIT_CORE, 0),
        ):
            resource.setrlimit(what, (most, most))
    sys.path[0] = ""  # as in Jupyter: a notebook's own folder, not the grader's
    # Nobody looks at its history, nor at its pictures.
    unseen = ["--HistoryManager.enabled=False", "--InlineBackend.figure_formats=set()"]
    launch_new_instance(["-f", sys.argv[1], *unseen])
