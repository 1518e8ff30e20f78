"""Run notebooks and store their new outputs: `python book/refresh.py book/linear.ipynb …`.

Unlike `jupyter execute`, it stores no times, the lines of one cell as one output, and of each
widget what it needs to be drawn, under a name that is not drawn by lot.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"


def keep_shown_widgets(notebook):
    """Drop the widgets that no output shows, such as layouts; number the others."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    views = [output.data[VIEW] for output in outputs if VIEW in output.get("data", {})]
    states = notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {})
    kept = {}
    for number, view in enumerate(views, start=1):
        kept[f"widget-{number}"] = states[view["model_id"]]
        kept[f"widget-{number}"]["state"].pop("layout", None)
        view["model_id"] = f"widget-{number}"
    if states:
        notebook.metadata["widgets"][STATE]["state"] = kept


for path in map(Path, sys.argv[1:]):
    print(path)
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.pop("widgets", None)
    client = NotebookClient(
        notebook,
        timeout=600,
        record_timing=False,
        coalesce_streams=True,
        skip_cells_with_tag="nbval-skip",  # what only makes sense with a reader at hand
        resources={"metadata": {"path": path.parent}},
    )
    client.execute()
    keep_shown_widgets(notebook)
    nbformat.write(notebook, path)
