"""Nothing in this project runs what it was given as text, or reads what could run something.

Of Python, notebooks included, ruff's rules of the kinds S and TID see to it (pyproject.toml). Here
is what ruff does not look at: magics in notebooks, and JavaScript.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from IPython.core.inputtransformer2 import TransformerManager

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted(path for path in ROOT.glob("book/**/*.ipynb"))
SCRIPTS = sorted(
    path
    for pattern in ("nnlib/widgets/*.mjs", "book/_static/*.js", "book/_static/python/*.mjs")
    for path in ROOT.glob(pattern)
    if path.name != "codemirror.mjs"  # the work of others
)
#: What scripts that come only when a reader starts Python do all the same.
ALLOWED = {
    "worker.mjs": {"import("},  # Pyodide, from its one address
    "page.mjs": {".parseFromString"},  # what a cell shows: the policy lets no script in it run
    "exercise.mjs": {"createObjectURL"},  # a notebook to download
}

#: What IPython makes of "!ls", "files = !ls" and "%%bash": each asks a shell, or another program.
#: "%pip" does, too; "%matplotlib inline" and its like do not.
MAGICS = re.compile(
    r"get_ipython\(\)\.(?:system|getoutput|run_cell_magic)\(.*"
    r"|get_ipython\(\)\.run_line_magic\('(?:!|sx|sc|system|pip|conda|uv|run|load|macro)'.*"
)
#: What makes code or markup of a text: as code, as HTML, as an attribute that is a script.
TEXT_RUN = re.compile(
    r"\beval\s*\("
    r"|\bFunction\s*\("
    r"|\bset(?:Timeout|Interval)\s*\(\s*[\"'`]"
    r"|\.(?:innerHTML|outerHTML|srcdoc)\b"
    r"|\.(?:insertAdjacentHTML|createContextualFragment|setHTMLUnsafe|parseFromString)\b"
    r"|\bdocument\.write"
    r"|\bimport\s*\("
    r"|\bcreateObjectURL\b"
    r"|javascript:"
    r"|setAttribute\(\s*[\"'`](?:on|style)"
)


def magics(source):
    """The lines of a cell that IPython would hand to a shell."""
    return MAGICS.findall(TransformerManager().transform_cell(source))


def test_no_notebook_asks_a_shell():
    assert len(NOTEBOOKS) > 20
    for path in NOTEBOOKS:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                assert magics("".join(cell["source"])) == [], path.name


@pytest.mark.parametrize(
    "source",
    ["!ls", "files = !ls", "if True:\n    !git clone x", "%%bash\nls", "%%javascript\n1", "%sx ls",
     "%pip install x", "%run x.py"],
)  # fmt: skip
def test_cells_that_ask_a_shell_are_found(source):
    assert magics(source)


@pytest.mark.parametrize("source", ["%matplotlib inline", "x != y", "print('!ls')", "x = 7 % 2"])
def test_other_cells_are_not(source):
    assert magics(source) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_makes_code_or_markup_of_text(path):
    assert {*TEXT_RUN.findall(path.read_text(encoding="utf-8"))} == ALLOWED.get(path.name, set())


@pytest.mark.parametrize(
    "script",
    ["eval(x)", "new Function('x')", "setTimeout('x()', 1)", "el.innerHTML = x", "el.outerHTML = x",
     "el.insertAdjacentHTML('x', y)", "document.write(x)", "import(url)", "frame.srcdoc = x",
     "URL.createObjectURL(blob)", "a.href = 'javascript:x'", "el.setAttribute('onclick', x)"],
)  # fmt: skip
def test_scripts_that_do_are_found(script):
    assert TEXT_RUN.search(script)


@pytest.mark.parametrize(
    ("code", "source"),
    [
        ("S102", "exec('x = 1')"),
        ("S307", "eval('1')"),
        ("S506", "import yaml\nyaml.load('x', yaml.Loader)"),
        ("S602", "import subprocess\nsubprocess.run('ls', shell=True)"),
        ("S605", "import os\nos.system('ls')"),
        ("TID251", "import pickle"),
        ("TID251", "from joblib import load"),
        ("TID251", "import joblib\njoblib.load('x')"),
    ],
)
def test_ruff_refuses_what_runs_text(code, source):
    ruff = Path(sys.executable).parent / "ruff"
    name = ["--stdin-filename", ROOT / "nnlib" / "example.py", "--output-format", "concise"]
    done = subprocess.run(
        [ruff, "check", "--no-cache", *name, "-"], input=source, text=True, capture_output=True
    )
    assert f" {code} " in done.stdout
