"""Build JupyterLite under the built book: `python book/_lite/build.py [--pyodide FOLDER]`.

JupyterLite is JupyterLab as a static site, with Python (Pyodide) in the reader's browser. The site
gets the notebooks, the exercises, their data and nnlib. Its Python, and that of the book's pages,
which take data and nnlib from here, comes from the address in `_config.yml` when the reader starts
it, unless a folder with a Pyodide distribution is given to be hosted along.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "_class"))

import exercise  # noqa: E402 - it lies among the tools for a class

ROOT = HERE.parents[1]
SITE = ROOT / "_build" / "html"
WORK = ROOT / "_build" / "lite"  # a copy of this folder, and what building leaves behind
NNLIB = ROOT / "_build" / "wheels"  # that of nnlib, made by `_class/build.py`
WHEELS = Path(sys.prefix) / "wheels"  # those of requirements.txt, beside this file

KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"

#: The wheels that Python in a page begins with.
PAGES_NEED = re.compile("nnlib|markdown_it_py|mdurl|tqdm")

#: What the pages get besides: see there.
OURS = '<link rel="stylesheet" href="../lite.css" /><script defer src="../lite.js"></script></head>'


def run(*command):
    """Run a module of this Python in the working copy; show what it says only if it fails."""
    command = [sys.executable, "-m", *map(str, command)]
    done = subprocess.run(command, cwd=WORK, capture_output=True, text=True, errors="replace")
    if done.returncode:
        sys.exit(f"{done.stdout[-2000:]}{done.stderr}\nThis failed: {' '.join(command)}")


def for_pages(address):
    """Write where the pages of the book find Python, nnlib and its data, as seen from that file."""
    data, lite = SITE / "lite" / "files" / "data", "../../lite/"
    files = sorted(path for path in data.rglob("*") if path.is_file() and path.suffix != ".md")
    wheels = [path.name for path in SITE.glob("lite/pypi/*.whl") if PAGES_NEED.match(path.name)]
    where = {
        "python": address or f"{lite}static/pyodide/",
        "wheels": [f"{lite}pypi/{name}" for name in sorted(wheels)],
        "packages": ["numpy"],
        "env": {"NNLIB_DATA": "/data", "MPLBACKEND": "agg"},
        "data": {
            "home": f"{lite}files/data/",
            "files": [[path.relative_to(data).as_posix(), path.stat().st_size] for path in files],
        },
    }
    (SITE / "_static" / "python" / "site.json").write_text(json.dumps(where), encoding="utf-8")


def build(pyodide=None):
    """Build the site."""
    if not (SITE / "index.html").is_file():
        sys.exit(f"There is no book at {SITE}: build it first (`make book`).")
    if not WHEELS.is_dir():
        sys.exit(f"There are no wheels at {WHEELS}: fetch them first (`make env`).")
    if pyodide and not (pyodide / "pyodide.mjs").is_file():
        sys.exit(f"{pyodide} is not a Pyodide distribution: it has no file pyodide.mjs.")
    if not exercise.CLASS.is_dir():
        sys.exit(f"There are no exercises at {exercise.CLASS}: make them first (`make class`).")
    for leftover in (SITE / "lite", WORK):
        shutil.rmtree(leftover, ignore_errors=True)
    shutil.copytree(HERE, WORK, ignore=shutil.ignore_patterns("*.py"))
    if pyodide:  # JupyterLite takes what lies there; its own option wants an archive
        shutil.copytree(pyodide, WORK / "static" / "pyodide")
    address = None if pyodide else yaml.safe_load((ROOT / "_config.yml").read_text())["pyodide"]
    if address:
        settings = json.loads((WORK / "jupyter-lite.json").read_text())
        plugins = settings["jupyter-config-data"]["litePluginSettings"]
        plugins[KERNEL]["pyodideUrl"] = f"{address}pyodide.mjs"
        (WORK / "jupyter-lite.json").write_text(json.dumps(settings))
    exercises = WORK / "contents" / "exercises"
    exercises.mkdir(parents=True)
    for path in exercise.CLASS.glob("*/student/*.ipynb"):
        shutil.copy(path, exercises)
    options = [f"--contents={folder}" for folder in (ROOT, exercises.parent)]
    options += [f"--piplite-wheels={folder}" for folder in (WHEELS, NNLIB)]
    options += [f"--output-dir={SITE / 'lite'}"]
    run("jupyter", "lite", "build", *options)
    for path in SITE.glob("lite/files/**/*.ipynb"):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        exercise.mark(notebook)
        path.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
    for_pages(address)
    for name in ("lite.css", "lite.js"):
        shutil.copy(HERE / name, SITE / "lite")
    for page in (SITE / "lite" / app / "index.html" for app in ("lab", "notebooks")):
        text = page.read_text(encoding="utf-8")
        page.write_text(text.replace("</head>", OURS, 1), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pyodide", type=Path, help="a Pyodide distribution to host along")
    build(parser.parse_args().pyodide)
