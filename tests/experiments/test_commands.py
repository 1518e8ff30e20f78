import importlib
import inspect
import os
import signal
import subprocess
import sys
import time

import pytest

from nnlib.experiments import __main__ as commands
from nnlib.experiments import controls, multiverse, results, train, verdicts
from nnlib.experiments import verify as verifying
from nnlib.experiments.grid import Config

CALLS = {
    "train": ("train", "train"),
    "measure": ("measure", "measure"),
    "robustness": ("robustness", "train"),
    "unclipped": ("robustness", "measure_unclipped"),
    "baselines": ("baselines", "measure_all"),
    "export": ("train", "export"),
    "pretrain": ("pretrained", "pretrain"),
}


@pytest.mark.parametrize("command", CALLS)
def test_a_command_calls_its_function_with_arguments_that_it_takes(monkeypatch, command):
    module, name = CALLS[command]
    module, called = importlib.import_module(f"nnlib.experiments.{module}"), []
    signature = inspect.signature(getattr(module, name))
    monkeypatch.setattr(
        module, name, lambda *args, **kw: called.append(signature.bind(*args, **kw))
    )
    monkeypatch.setattr(sys, "argv", ["zoo", command])
    commands.main()
    assert len(called) == 1


def test_training_can_be_for_the_networks_of_some_claims_only(monkeypatch):
    asked = []
    monkeypatch.setattr(train, "train", lambda *args, checkpoints, **kw: asked.extend(checkpoints))
    monkeypatch.setattr(sys, "argv", ["zoo", "train", "--claims", "R3", "R11"])
    commands.main()
    configs = {checkpoint.config for checkpoint in asked}
    assert configs == {
        Config("bce", 32, 16, 4), Config("mse", 32, 16, 4),
        Config("mse", 32, 32, 8), Config("mse", 32, 16, 8),
    }  # fmt: skip
    assert len(asked) == 5 + 3 * 2


def test_judge_writes_the_verdicts_that_it_prints(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(results, "path", lambda *name: tmp_path / f"{'-'.join(name)}.csv")
    monkeypatch.setattr(verdicts, "of_the_book", lambda data_set: {"R1": f"R1, of {data_set}"})
    monkeypatch.setattr(verdicts, "table", lambda found: [{"claim": one} for one in found])
    monkeypatch.setattr(sys, "argv", ["zoo", "judge", "--data", "fashion_mnist"])
    commands.main()
    rows = results.read(tmp_path / "verdicts-fashion_mnist.csv")
    assert rows == [{"claim": "R1, of fashion_mnist"}]
    assert capsys.readouterr().out == "R1, of fashion_mnist\n"


@pytest.mark.parametrize("module", [controls, multiverse])
def test_a_table_is_written_where_the_book_keeps_it(monkeypatch, tmp_path, module):
    name = module.__name__.rpartition(".")[2]
    monkeypatch.setattr(results, "path", lambda table: tmp_path / f"{table}.csv")
    monkeypatch.setattr(module, "table", lambda: [{"made by": name}])
    monkeypatch.setattr(sys, "argv", ["zoo", name])
    commands.main()
    assert results.read(tmp_path / f"{name}.csv") == [{"made by": name}]


def test_what_verify_finds_is_printed_and_ends_in_an_error(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["zoo", "verify"])
    for complaints in ([], ["a file is wrong"]):
        monkeypatch.setattr(verifying, "verify", lambda found=complaints: found)
        with pytest.raises(SystemExit) as end:
            commands.main()
        assert end.value.code == bool(complaints)
    assert capsys.readouterr().out.splitlines()[-1] == "a file is wrong"


def zoo(*arguments, **keywords):
    """Return how a command ended: its code, and what it said as an error."""
    ended = subprocess.run(
        [sys.executable, "-m", "nnlib.experiments", *map(str, arguments)],
        capture_output=True, text=True, encoding="utf-8", **keywords,
    )  # fmt: skip
    return ended.returncode, ended.stderr.strip()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("train --images -5", "--images: this must be a whole number from 1 to 55,999"),
        ("measure --images 0", "--images: this must be"),
        ("robustness --images 1e3", "but it is '1e3'"),
        ("train --processes 0", "--processes: this must be a whole number from 1 to 256"),
        ("baselines --processes two", "--processes: this must be"),
        ("unclipped --seeds 0 -1", "--seeds: this must be a whole number from 0"),
        ("export --seed 1.5", "--seed: this must be"),
        ("train --claims R1 --steps 2", "R1 is about networks with --steps 4, none with --steps 2"),
        ("measure --claims R16", "invalid choice: 'R16'"),
        ("train --work README.md/here", "is a file, not a folder"),
        ("pretrain --work README.md", "is a file, not a folder"),
        ("export --work nowhere", "is missing: run `python -m nnlib.experiments train` first"),
        ("measure --work nowhere", "is missing: run `python -m nnlib.experiments train` first"),
        (
            "unclipped --work nowhere --images 9",
            "run `python -m nnlib.experiments train --images 9` first",
        ),
        ("traim", "invalid choice: 'traim'"),
    ],
)
def test_what_cannot_be_is_told_at_once_in_one_sentence(arguments, told, tmp_path, monkeypatch):
    (tmp_path / "README.md").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OPENBLAS_CORETYPE", raising=False)
    code, error = zoo(*arguments.split())
    assert code
    assert told in error.splitlines()[-1]
    assert "Traceback" not in error
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]


def test_a_missing_package_is_named_and_help_needs_none(tmp_path):
    (tmp_path / "joblib.py").write_text("raise ModuleNotFoundError(name='joblib')")
    (tmp_path / "usercustomize.py").touch()
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "PYTHONPATH": path}
    environment.pop("OPENBLAS_CORETYPE", None)
    assert zoo("--help", env=environment) == (0, "")
    code, error = zoo("baselines", env=environment)
    assert code
    assert error.startswith("nnlib.experiments needs the package 'joblib': `pip install")


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to a group")
def test_ctrl_c_is_answered_in_one_sentence(tmp_path):
    command = [
        sys.executable,
        "-m",
        "nnlib.experiments",
        "train",
        "--images",
        "3000",
        "--steps",
        "2",
    ]
    process = subprocess.Popen(
        [*command, "--work", str(tmp_path)], stderr=subprocess.PIPE, start_new_session=True
    )
    while process.poll() is None and not list(tmp_path.rglob("*.npz")):
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    error = process.communicate(timeout=120)[1].decode()
    assert process.returncode == 130
    assert "Traceback" not in error
    assert error.rstrip().endswith(
        "Stopped. What was finished is kept: the same command goes on from there."
    )


DROPS = """
import os, signal, sys, time
from nnlib.experiments import __main__ as commands

class Dropping:
    def __del__(self):  # Python drops what is raised here
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.1)

def judge(given):
    "Wait."
    Dropping()
    time.sleep(60)

commands.judge, sys.argv = judge, ["experiments", "judge"]
commands.main()
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no timer that sends a signal")
def test_ctrl_c_is_not_lost_where_python_drops_it():
    done = subprocess.run([sys.executable, "-c", DROPS], capture_output=True, text=True, timeout=30)
    assert done.returncode == 130
    assert done.stderr.rstrip().endswith("the same command starts again.")
