"""The book on other machines: other kernels of BLAS, other versions of packages and of Python.

A stored output is worth something only if it comes out the same elsewhere. Each session below runs
what could tell: the tests of `nnlib`, the networks against their tables, and every notebook
against its stored outputs.

    nox -f tests/deep/noxfile.py --list
    nox -f tests/deep/noxfile.py -s "kernels(kernel='Nehalem', threads=2)"
    nox -f tests/deep/noxfile.py -s oldest newest-3.13

`nox` and `uv` come with `tests/deep/requirements.txt`. What follows `--` is looked at instead of
all notebooks: `-s oldest -- book/linear.ipynb`.
"""

import re
import sys
from pathlib import Path

import nox

ROOT = Path(__file__).parent.parent.parent
#: A session whose Python is not on this machine is left out.
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
#: Before 6.18 it does not know the package `comm`, by which a widget and its figure keep in step.
OLDEST_KERNEL = "ipykernel>=6.19"

#: What computes the products: instructions of 512 bits, of 256 bits, or of 128 bits. With the last,
#: NumPy's own loops (exp, tanh, sums) do without the newer instructions, too.
KERNELS = {
    "SkylakeX": {},
    "Haswell": {},
    "Nehalem": {"NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR"},
}

#: Prints which kernel OpenBLAS took, in NumPy and in SciPy; fails if a processor has not got it.
ACTIVE = """
import sys, numpy, scipy.linalg, threadpoolctl
kernel, threads = sys.argv[1], int(sys.argv[2])
found = [one for one in threadpoolctl.threadpool_info() if one["internal_api"] == "openblas"]
taken = [(one["architecture"], one["num_threads"]) for one in found]
print(*(f"OpenBLAS {one['version']}: {one['architecture']}" for one in found), sep="; ")
assert taken == 2 * [(kernel, threads)], f"NumPy and SciPy should take {kernel}, not {taken}"
"""

#: These files need a built book, or what builds it.
BUILT = ("site", "browser", "lite", "class", "grader")
#: … and these the very packages of requirements.txt.
PINNED = ("notebooks", "docs_name_real_things", "requirements")


def start(session):
    """Work at the top of the project, on its own `nnlib`, with a thread for each process."""
    session.chdir(ROOT)
    session.env.update(PYTHONPATH=str(ROOT), OPENBLAS_NUM_THREADS="1")


def compare_notebooks(session, python, processes=2, **env):
    session.run(
        *(python, "-m", "pytest", "--nbval", "--nbval-cell-timeout=1800", "-q", "-rf"),
        *("-n", str(processes), "--dist", "loadscope", *(session.posargs or ["book"])),
        env=env,
    )


@nox.session(venv_backend="none")
@nox.parametrize("threads", [1, 2])
@nox.parametrize("kernel", list(KERNELS))
def kernels(session, kernel, threads):
    """Every stored output on another kernel of BLAS, with the packages that nox runs beside.

    Two threads want a machine to themselves: where others are at work, they take ten times as long.
    """
    start(session)
    env = {"OPENBLAS_CORETYPE": kernel, "OPENBLAS_NUM_THREADS": str(threads), **KERNELS[kernel]}
    session.run(sys.executable, "-c", ACTIVE, kernel, str(threads), env=env)
    # Threads of two processes would wait for each other.
    compare_notebooks(session, sys.executable, processes=2 // threads, **env)


def check(session, *left_out):
    """Run what needs no built book, with what the session has installed."""
    session.run("python", "-c", "import matplotlib.font_manager")  # it lists the fonts, and says so
    ignored = [f"--ignore-glob=*/test_{name}.py" for name in (*BUILT, *left_out)]
    session.run("python", "-m", "pytest", "-q", "-n", "2", "tests", *ignored)
    session.run("python", "-m", "nnlib.experiments", "verify")
    compare_notebooks(session, "python")


#: What the checks need besides `nnlib[book]`, at the versions of requirements.txt.
TOOLS = ("pytest", "pytest-xdist", "hypothesis", "nbval", "PyYAML", "playwright")


def install_unpinned(session, *how):
    """Install what pyproject.toml asks for, and the tools to check it."""
    pinned = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    tools = [re.search(rf"^{name}==\S+", pinned, re.MULTILINE)[0] for name in TOOLS]
    session.install(*how, "-r", "pyproject.toml", "--all-extras")
    session.install(*tools)
    session.install("--no-deps", "-e", ".")
    session.run("uv", "pip", "list", external=True)


@nox.session(python=PYTHONS[0], venv_backend="uv")
def oldest(session):
    """The oldest packages that pyproject.toml allows, and the oldest ipykernel."""
    start(session)
    install_unpinned(session, "--resolution=lowest-direct", OLDEST_KERNEL)
    check(session, *PINNED)


@nox.session(python=PYTHONS, venv_backend="uv")
def newest(session):
    """The newest packages that pyproject.toml allows, whatever requirements.txt says."""
    start(session)
    install_unpinned(session, "--upgrade", "ipykernel")
    check(session, *PINNED)


@nox.session(python=PYTHONS, venv_backend="venv")
def pythons(session):
    """The packages of requirements.txt on another Python, installed as `make env` does."""
    start(session)
    session.install("-r", "requirements.txt")
    check(session)
