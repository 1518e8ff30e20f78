"""Change nnlib's core in two thousand places, and see that its own tests notice each change.

    python tests/deep/mutants.py                  every file, and the verdict
    python tests/deep/mutants.py losses optim     these files only

mutmut makes the mutants: a `<` becomes `<=`, an argument is left out, a text is changed. A mutant
is killed when a test fails. Each file of the core meets the tests of its own class, and no others.
What survives must be explained in mutants.toml, one reason each; anything else fails the run,
and so does an entry for a mutant that is killed by now. All happens in copies under _build/mutants.

mutmut leaves three things alone: what stands outside functions, decorated functions other than
class methods (so the decorators of nnlib's own are applied below the function in the copies, which
is the same), and the text of f-strings.
"""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRATCH = ROOT / "_build" / "mutants"
SURVIVORS = Path(__file__).with_name("mutants.toml")
ENOUGH = 0.95  # of the mutants, killed

#: The files of the core, and the test files that answer for each, in tests/core or as a path.
TESTS = {
    "_validation": [
        *("brief", "ways_out", "validation", "advice", "optim", "cross_entropy", "sequential"),
    ],
    "module": ["module", "contract"],
    "linear": ["linear"],
    "activations": ["tanh", "sigmoid", "relu", "softmax", "contract"],
    "losses": ["mse_loss", "binary_cross_entropy", "cross_entropy", "contract"],
    "gradient_check": ["gradient_check", "gradients", "relu"],
    "sequential": ["sequential", "storage"],
    "_storage": ["storage", "storage_words"],
    "autoencoder": ["autoencoder", "storage"],
    "optim": ["optim", "rules", "against_pytorch"],
    "train": ["fit", "optim", "fused"],
    "metrics": ["optim", "validation"],
    "_fused": ["fused", "outputs"],
    "_outputs": ["outputs"],
    "datasets/mnist": ["mnist"],
    "datasets/idx": ["idx"],
    "datasets/corruption": ["corruption"],
}
SHARED = ["conftest", "helpers", "core/malformed_files"]
DECORATORS = ("advised", "underflow_is_zero")
CAUGHT = ("killed", "timeout", "segfault", "suspicious")  # the last: an exit like no other

#: It gives up its rights before it calls nnlib, and the mutants then lack the right to load mutmut.
LEFT_OUT = "tests/core/test_storage.py::test_a_folder_of_somebody_else_leaves_the_old_file_whole"

SETTINGS = """
[tool.mutmut]
source_paths = ["nnlib"]
only_mutate = ["nnlib/{name}.py"]
pytest_add_cli_args_test_selection = {tests}
pytest_add_cli_args = ["-p", "no:cacheprovider", "--tb=short", "--deselect", "{left_out}"]
timeout_multiplier = 4.0
timeout_constant = 2.0
"""


def mutmut(folder, *arguments):
    """Return what `mutmut` says in `folder`, where its settings are."""
    # One thread: BLAS would start others, and those do not survive a fork.
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    environment.pop("PYTHONPATH", None)  # the nnlib to test is the one in the folder
    command = [Path(sys.executable).with_name("mutmut"), *arguments]
    result = subprocess.run(command, cwd=folder, env=environment, text=True, capture_output=True)
    if result.returncode:
        said = re.sub(r"(?m)^[\u2800-\u28ff] .*\n", "", result.stdout)  # no turning wheels
        sys.exit(f"mutmut {' '.join(arguments)} failed in {folder}:\n{said}{result.stderr}")
    return result.stdout


def undecorated(source):
    """Return `source` with nnlib's own decorators applied below the functions, not above them."""
    lines = source.splitlines()
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    for node in sorted(functions, key=lambda node: -node.lineno):
        ours = [one for one in node.decorator_list if ast.unparse(one) in DECORATORS]
        if len(ours) == len(node.decorator_list) > 0:
            indent = " " * node.col_offset
            lines[node.end_lineno : node.end_lineno] = [
                f"{indent}{node.name} = {ast.unparse(one)}({node.name})" for one in reversed(ours)
            ]
            del lines[ours[0].lineno - 1 : node.lineno - 1]
    return "\n".join(lines) + "\n"


def prepare(name):
    """Return a new folder with nnlib, the tests that answer for one file, and settings."""
    folder = SCRATCH / name
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "nnlib", folder / "nnlib", ignore=shutil.ignore_patterns("__pycache__"))
    file = folder / "nnlib" / f"{name}.py"
    file.write_text(undecorated(file.read_text(encoding="utf-8")), encoding="utf-8")
    paths = [test if "/" in test else f"core/test_{test}" for test in TESTS[name]]
    tests = [f"tests/{path}.py" for path in paths]
    for file in [*tests, *(f"tests/{shared}.py" for shared in SHARED)]:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, folder / file)
    settings = SETTINGS.format(name=name, left_out=LEFT_OUT, tests=json.dumps(tests))
    (folder / "pyproject.toml").write_text(settings, encoding="utf-8")
    (folder / "mutants" / "tests" / "core").mkdir(parents=True)  # where mutmut runs the tests
    for name in ("data", "book", "tests/core/reference"):
        (folder / "mutants" / name).symlink_to(ROOT / name)
    return folder


def change(folder, mutant):
    """Return what a mutant is: its function, and the lines taken out and put in."""
    function = mutant.partition("__mutmut")[0].removeprefix("nnlib.")
    function = function.replace(".xǁ", ".").replace("ǁ", ".").replace(".x_", ".")
    lines = {"-": [], "+": []}
    for line in mutmut(folder, "show", mutant).splitlines():
        if line[:1] in lines and line[:3] not in ("---", "+++"):
            lines[line[0]].append(line[1:].strip())
    return {"in": function, "was": "\n".join(lines["-"]), "now": "\n".join(lines["+"])}


def results(folder):
    lines = mutmut(folder, "results", "--all", "1").splitlines()
    return dict(line.strip().split(": ") for line in lines)


def run(name):
    """Return how many mutants of a file came to which end, and those that live or nearly did."""
    folder = prepare(name)
    children = "--max-children", str(os.cpu_count())
    mutmut(folder, "run", *children)
    # On a busy machine, time may run out for a mutant that does nothing wrong: ask once more.
    if late := [mutant for mutant, end in results(folder).items() if end == "timeout"]:
        mutmut(folder, "run", *children, *late)
    ends = results(folder)
    doubtful = {
        mutant: change(folder, mutant) | {"end": end}
        for mutant, end in ends.items()
        if end != "killed"
    }
    return Counter(ends.values()), list(doubtful.values())


def main():
    names = sys.argv[1:] or list(TESTS)
    if unknown := set(names) - set(TESTS):
        sys.exit(f"{', '.join(unknown)}: choose from {', '.join(TESTS)}.")
    entries = tomllib.loads(SURVIVORS.read_text(encoding="utf-8")).get("survivor", [])
    explained = {(entry["in"], entry["was"], entry["now"]): entry["because"] for entry in entries}
    explained = {key: why for key, why in explained.items() if key[0].split(".")[0] in names}
    total, seen, unexplained = Counter(), set(), 0
    for name in names:
        began = time.monotonic()
        ends, doubtful = run(name)
        total += ends
        told = ", ".join(f"{number} {end}" for end, number in ends.most_common())
        took = time.monotonic() - began
        print(f"{name + '.py':16}{score(ends):7.1%} of {ends.total():4}: {told} ({took:.0f} s)")
        for mutant in doubtful:
            end, key = mutant.pop("end"), tuple(mutant.values())
            seen.add(key)
            if end not in CAUGHT and not explained.get(key):
                unexplained += 1
                print("\n[[survivor]]", *(f"{k} = {toml(v)}" for k, v in mutant.items()), sep="\n")
                print('because = ""\n')
        sys.stdout.flush()
    print(f"{'all':16}{score(total):7.1%} of {total.total():4}")

    gone = [key for key in explained if key not in seen]
    for key in gone:
        print(f"Explained in {SURVIVORS.name}, but killed or gone by now:", *key, sep="\n    ")
    if unexplained:
        print(f"{unexplained} survivors have no reason in {SURVIVORS.name}: kill or explain them.")
    if score(total) < ENOUGH:
        print(f"Fewer than {ENOUGH:.0%} were killed.")
    if gone or unexplained or score(total) < ENOUGH:
        sys.exit(1)
    print(f"Every survivor is explained in {SURVIVORS.name}.")


def toml(text):
    return json.dumps(text, ensure_ascii=False)


def score(ends):
    return sum(ends[end] for end in CAUGHT) / ends.total()


if __name__ == "__main__":
    main()
