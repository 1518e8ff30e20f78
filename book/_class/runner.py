"""Grades one submission, in a process of its own: `runner.py SUBMISSION GRADER RESULTS SECONDS`."""

import sys

import nbconvert.preprocessors
import otter.run
from traitlets import Bool, Integer


class Patient(nbconvert.preprocessors.ExecutePreprocessor):
    """Interrupts a cell that takes too long, and goes on with those after it (Otter would not)."""

    timeout = Integer(int(sys.argv[4]))
    interrupt_on_timeout = Bool(True)


if __name__ == "__main__":
    submission, grader, results, _ = sys.argv[1:]
    nbconvert.preprocessors.ExecutePreprocessor = Patient
    otter.run.main(submission, autograder=grader, output_dir=results, no_logo=True)
