import inspect
import sys

import pytest

from nnlib.zoo import __main__ as commands
from nnlib.zoo.grid import Setting

CALLS = {
    "train": ("sweep", "train"),
    "measure": ("measure", "measure"),
    "beyond": ("beyond", "main"),
    "uncut": ("uncut", "main"),
    "baselines": ("baselines", "main"),
    "publish": ("sweep", "publish"),
    "lessons": ("lessons", "main"),
}


@pytest.mark.parametrize("command", CALLS)
def test_a_command_calls_its_function_with_arguments_that_it_takes(monkeypatch, command):
    module, name = CALLS[command]
    module, called = getattr(commands, module), []
    signature = inspect.signature(getattr(module, name))
    monkeypatch.setattr(
        module, name, lambda *args, **kw: called.append(signature.bind(*args, **kw))
    )
    monkeypatch.setattr(sys, "argv", ["zoo", command])
    commands.main()
    assert len(called) == 1


def test_training_can_be_for_the_networks_of_some_claims_only(monkeypatch):
    asked = []
    monkeypatch.setattr(commands.sweep, "train", lambda *args, members, **kw: asked.extend(members))
    monkeypatch.setattr(sys, "argv", ["zoo", "train", "--claims", "R3", "R11"])
    commands.main()
    settings = {member.setting for member in asked}
    assert settings == {
        Setting("bce", 32, 16, 4), Setting("mse", 32, 16, 4),
        Setting("mse", 32, 32, 8), Setting("mse", 32, 16, 8),
    }  # fmt: skip
    assert len(asked) == 5 + 3 * 2


def test_what_verify_finds_is_printed_and_ends_in_an_error(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["zoo", "verify"])
    for complaints in ([], ["a file is wrong"]):
        monkeypatch.setattr(commands.verify, "verify", lambda found=complaints: found)
        with pytest.raises(SystemExit) as end:
            commands.main()
        assert end.value.code == bool(complaints)
    assert capsys.readouterr().out.splitlines()[-1] == "a file is wrong"
