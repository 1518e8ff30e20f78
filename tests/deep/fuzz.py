"""Read hundreds of thousands of hostile files, guided by which lines of the library they reach.

    python tests/deep/fuzz.py [TARGET …] [--runs N] [--seed S]

The targets are json and npz (`Sequential.load` and `AutoEncoder.load`), idx (`mnist.parse_idx`) and
gz (`mnist.unpack`, then `parse_idx`). Each starts from real files, which malformed_files.py (in
tests/core) changes as what they are and Atheris changes as bytes. Every input must give a right
answer or the one clear error, within a time and a memory, and without a trace in the folder, as
that file says. Inputs that get anything else are kept in _build/fuzz/, and the command exits with
1.
"""

import argparse
import hashlib
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOUND = ROOT / "_build" / "fuzz"
RUNS = {"json": 100_000, "npz": 100_000, "idx": 100_000, "gz": 50_000}
MODULES = {"json": "_storage", "npz": "_storage", "idx": "datasets/idx", "gz": "datasets/idx"}
MEMORY = 400_000  # kB that a file of at most 64 kB may take; one of 64 MB fits into that
RAM = Path("/dev/shm")  # reading wants a path: a folder in memory is the fastest


def main():
    """Fuzz every target in a process of its own; print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="*", choices=[*RUNS, []], metavar="TARGET")
    parser.add_argument("--runs", type=int, help="inputs for each target")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)  # for the process of a target
    asked = parser.parse_args()
    if asked.work:
        return fuzz(asked.targets[0], asked.runs, asked.seed, asked.work)
    broken = False
    for target in asked.targets or RUNS:
        broken |= bool(run(target, asked.runs or RUNS[target], asked.seed))
    return broken


def run(target, runs, seed):
    """Fuzz one target in a child, and return what is wrong."""
    FOUND.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=RAM if RAM.is_dir() else None) as folder:
        work = Path(folder)
        command = [sys.executable, __file__, target, f"--runs={runs}", f"--seed={seed}"]
        environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests' / 'core'}"}
        log = FOUND / f"{target}.log"
        with log.open("wb") as output:
            code = subprocess.run(
                [*command, f"--work={work}"], env=environment, stdout=output, stderr=output
            ).returncode
        report = work / "report.json"
        if not report.exists():
            print(f"{target}: the process died ({code}); see {log} and the files beside it.")
            return True
        told = json.loads(report.read_text())
        reached, lines = coverage_of(target, work, environment)
    speed = told["inputs"] / told["seconds"]
    print(
        f"{target}: {told['inputs']} inputs, {told['accepted']} accepted, {told['refused']} "
        f"refused with {told['messages']} distinct messages, {told['seconds']:.0f} s "
        f"({speed:.0f} a second), {reached} of {lines} lines of nnlib/{MODULES[target]}.py reached "
        f"by the {told['corpus']} inputs that reached something new",
        flush=True,
    )
    for problem, path in told["broken"].items():
        print(f"  BROKEN {path}: {problem}")
    return told["broken"]


def coverage_of(target, work, environment):
    """Return how many lines of the module the corpus reaches, and how many there are."""
    data, module = work / "coverage", ROOT / "nnlib" / f"{MODULES[target]}.py"
    again = [
        *[sys.executable, "-m", "coverage", "run", f"--data-file={data}", f"--include={module}"],
        *[__file__, target, "--runs=0", f"--work={work}"],
    ]
    subprocess.run(again, env=environment, check=True, capture_output=True)
    report = [*again[:3], "json", f"--data-file={data}", "-q", f"-o{work / 'lines.json'}"]
    subprocess.run(report, check=True, cwd=ROOT)
    totals = json.loads((work / "lines.json").read_text())["totals"]
    return totals["covered_lines"], totals["num_statements"]


def alike(message):
    """Return what a message has in common with others that quote another file."""
    return re.sub(r"(…\W{,2})+", "… ", re.sub(r"'.*'|\".*\"|\d+", "…", " ".join(message.split())))


def fuzz(target, runs, seed, work):
    """Try `runs` inputs in this process, and write what came of them to `work`/report.json."""
    if runs:
        import atheris

        with atheris.instrument_imports(include=["nnlib", "zipfile", "gzip"]):
            import malformed_files as hostile
    else:
        import malformed_files as hostile

    corpus, folder = work / "corpus", work / "folder"
    corpus.mkdir(exist_ok=True)
    folder.mkdir(exist_ok=True)
    paths = {"json": folder / "x.json", "npz": folder / "x.npz"}
    path = paths.get(target, folder / "x.gz")

    def ask(data):
        """Return what refuses `data`, one sentence for each way to read it; None if it is read."""
        if target == "idx":
            return [hostile.ask_idx(path, data)]
        path.write_bytes(data)
        if target == "gz":
            return [hostile.ask_gz(path)]
        return [hostile.ask_network(path, k) for k in (hostile.Sequential, hostile.AutoEncoder)]

    if not runs:  # once more what was found to reach something new, for the coverage
        for entry in corpus.iterdir():
            try:
                ask(entry.read_bytes())
            except Exception:
                traceback.print_exc()
        return False

    files = hostile.real_networks(folder)
    files = {"json": files[".json"], "npz": files[".npz"], "idx": hostile.real_idx()}
    files["gz"] = [hostile.gzip.compress(content, mtime=0) for content in files["idx"]]
    for number, content in enumerate(files[target]):
        (corpus / f"real-{number}").write_bytes(content)
    change = getattr(hostile, f"changed_{target}")
    counts, messages, broken = Counter(), Counter(), {}
    began = time.perf_counter()

    def mutated(data, most, seed):
        rng = random.Random(seed)
        if rng.random() < 0.5:  # what is broken already would only break more
            data = rng.choice(files[target])
        new = change(rng, data) if rng.random() < 0.8 else None
        return atheris.Mutate(data, most) if new is None or len(new) > most else new

    def peak():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    def one(data):
        problem = None
        Path("/proc/self/clear_refs").write_text("5")  # Linux begins to look for the peak anew
        before = peak()
        try:
            told = ask(data)
        except Exception as error:
            problem = f"{type(error).__name__}: {error!s:.300}"
            if not isinstance(error, AssertionError):
                traceback.print_exc()
        else:
            counts["accepted" if None in told else "refused"] += 1
            for message in told:
                messages[message and alike(message.replace(f"{path}", path.name))] += 1
        if (rise := peak() - before) > MEMORY:
            problem = problem or f"the memory in use rose by {rise // 1000} MB"
        kind = problem and alike(problem)[:90]
        if problem and kind not in broken and len(broken) < 50:
            for left in folder.iterdir():
                left.unlink()
            kept = FOUND / f"{target}-{hashlib.sha256(data).hexdigest()[:12]}"
            kept.write_bytes(data)
            broken[kind] = str(kept)
            print("BROKEN", kept, problem, flush=True)
        counts["inputs"] += 1
        if counts["inputs"] == runs:
            seconds = time.perf_counter() - began
            for message, count in messages.most_common():
                print(f"{count:8} {message}", flush=True)
            report = {"accepted": 0, "refused": 0, **counts, "messages": len(messages) - 1}
            report |= {"seconds": seconds, "broken": broken, "corpus": len(list(corpus.iterdir()))}
            (work / "report.json").write_text(json.dumps(report))
            os._exit(bool(broken))  # libFuzzer would print much, and has nothing to add

    atheris.Setup(
        [sys.argv[0], f"-seed={seed}", "-max_len=65536", "-timeout=20", "-rss_limit_mb=4096",
         "-verbosity=0", "-detect_leaks=0", f"-artifact_prefix={FOUND}/{target}-", str(corpus)],
        one, custom_mutator=mutated,
    )  # fmt: skip
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
