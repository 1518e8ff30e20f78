"""A training's steps, counted as the library does them."""

import numpy as np
import pytest
from reading import numbers, texts

from nnlib import SGD, Linear, MSELoss, Optim, diagrams
from nnlib.diagrams.training import STEPS


def test_a_step_names_the_calls_of_the_library_in_their_order():
    optim = Optim(Linear(2, 1), MSELoss(), learning_rate=0.25)
    calls = []

    def spy(thing, name):
        method = getattr(thing, name)

        def called(*args):
            calls.append((method, len(args)))
            return method(*args)

        setattr(thing, name, called)

    for name in ("zero_grad", "forward", "backward"):
        spy(optim.network, name)
    for name in ("forward", "backward"):
        spy(optim.loss, name)
    spy(optim.rule, "update")
    optim.step(np.ones((3, 2)), np.ones((3, 1)))
    drawn = [call.partition("(") for call, _, _ in STEPS]
    wanted = {"network": optim.network, "loss": optim.loss, "rule": optim.rule}
    for (method, count), (name, _, arguments) in zip(calls, drawn, strict=True):
        thing, _, called = name.partition(".")
        assert method.__self__ is wanted[thing]
        assert method.__name__ == called
        assert count == len([one for one in arguments.rstrip(")").split(", ") if one])
    shown = texts(diagrams.training_step(optim))
    assert {call for call, _, _ in STEPS} < set(shown)
    assert "update, η = 0.25" in shown


@pytest.mark.parametrize("rows", [20, 22])
def test_batches_are_counted_as_a_training_does(rows):
    steps = []

    class Counted(SGD):
        def update(self, params, grads):
            steps.append(1)
            super().update(params, grads)

    sizes = []

    class Sized(MSELoss):
        def forward(self, prediction, target):
            sizes.append(len(target))
            return super().forward(prediction, target)

    optim = Optim(Linear(2, 1), Sized(), Counted(0.1))
    optim.SGD(np.ones((rows, 2)), np.ones((rows, 1)), batch_size=4, num_epochs=6)
    shown = texts(diagrams.batches(rows, 4, 6))
    an_epoch = len(steps) // 6
    assert f"6 epochs × {an_epoch} steps = {len(steps)} steps" in shown
    assert f"1 epoch = {an_epoch} steps" in shown
    last = shown.index(f"batch {an_epoch}")
    assert numbers(shown[last - 1]) == [sizes[-1]]


def test_large_numbers_can_be_read():
    assert "20 epochs × 1,750 steps = 35,000 steps" in texts(diagrams.batches(56_000, 32, 20))
