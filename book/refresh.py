"""Run notebooks and store their new outputs: `python book/refresh.py book/linear.ipynb …`.

Unlike `jupyter execute`, it stores no times, and the lines of one cell as one output.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

for path in map(Path, sys.argv[1:]):
    print(path)
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=600,
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": path.parent}},
    )
    client.execute()
    nbformat.write(notebook, path)
