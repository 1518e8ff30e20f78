"""Run notebooks and store their new outputs: `python book/refresh.py book/linear.ipynb …`.

Unlike `jupyter execute`, it stores no times, the lines of one cell as one output, and of each
widget what it needs to be drawn, under a name that is not drawn by lot. It also writes the cell
that brings `nnlib` where it is not installed.
"""

import sys
from pathlib import Path

import nbformat
import yaml
from nbclient import NotebookClient

STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"

CONFIG = Path(__file__).parent.parent / "_config.yml"

#: Where Python runs in the browser (JupyterLite), `piplite` finds nnlib beside the book.
IN_THE_BROWSER = """\
# This brings nnlib where it is not installed. Where it is, it does nothing.
import sys

if sys.platform == "emscripten":  # Python in the browser
    import os

    import piplite

    await piplite.install("nnlib[book]")
    os.environ["NNLIB_DATA"] = "/drive/data"
"""
#: Colab opens one file of a repository: this fetches the rest, and asks no shell.
ON_COLAB = """\
elif "google.colab" in sys.modules:
    import os
    import subprocess

    clone = ["git", "clone", "--quiet", "--depth", "1", "{url}", "/content/clone"]
    subprocess.run(clone, check=True)
    install = [sys.executable, "-m", "pip", "install", "--quiet", "/content/clone[book]"]
    subprocess.run(install, check=True)
    os.environ["NNLIB_DATA"] = "/content/clone/data"
"""


def setup_cell():
    """Return the cell that makes a notebook run in the browser and, if it is public, on Colab."""
    url = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["repository"]["url"]
    source = IN_THE_BROWSER + (ON_COLAB.format(url=url) if url else "")
    return nbformat.v4.new_code_cell(
        source.rstrip(), id="setup", metadata={"tags": ["remove-cell"]}
    )


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


def refresh(path):
    """Run one notebook and store its new outputs."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.pop("widgets", None)
    notebook.cells = [cell for cell in notebook.cells if cell.id != "setup"]
    title = next(at for at, cell in enumerate(notebook.cells) if cell.cell_type == "markdown")
    notebook.cells.insert(title + 1, setup_cell())
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


if __name__ == "__main__":
    for path in map(Path, sys.argv[1:]):
        print(path)
        refresh(path)
