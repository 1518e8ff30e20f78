"""What several test files need: tables of numbers, and the contract that every Module keeps."""

import contextlib
import copy
import functools
import http.server
import os
import re
import threading
from fnmatch import fnmatch
from pathlib import Path

import numpy as np
import pytest
from hypothesis.extra.numpy import array_shapes, arrays
from hypothesis.strategies import floats

from nnlib import Optim, Sequential
from nnlib.checks.laws import loss_laws, module_laws
from nnlib.sequential import parts

ROOT = Path(__file__).parent.parent
#: As the book writes them out: how many claims hold, and in how many settings.
NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
           "eleven", "twelve", "thirteen", "fourteen", "fifteen"]  # fmt: skip


def project_files(pattern="*"):
    """The files of the project, without those that commands make (which .gitignore lists)."""
    made = [".git/", *(ROOT / ".gitignore").read_text(encoding="utf-8").split()]
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [one for one in folders if not any(fnmatch(one, m.rstrip("/")) for m in made)]
        found += [Path(folder, name) for name in names if fnmatch(name, pattern)]
    return sorted(found)


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files, and says nothing of it."""

    def log_message(self, *args):
        pass


@contextlib.contextmanager
def served(handler=Quiet, folder=ROOT / "_build" / "html"):
    """Serve the built book, or another folder, on this machine; give its address."""
    handler = functools.partial(handler, directory=folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class Readable(Optim):
    """An Optim with a step of its own is not sped up; this one's is that of the chapters."""

    def step(self, X, Y):
        return super().step(X, Y)


def tables(low=-10, high=10, dtype=np.float64):
    """Arrays of one to five rows and columns, values from `low` to `high`."""
    width = np.dtype(dtype).itemsize * 8
    shapes = array_shapes(min_dims=2, max_dims=2, max_side=5)
    return arrays(dtype, shapes, elements=floats(low, high, width=width))


def assert_module_contract(module, x):
    """Assert the laws that the checks of students' classes hold, and what the library adds.

    Args:
        module: one that has seen no input yet.
        x: an input for it.
    """
    leaves = [part for part in parts(module) if not isinstance(part, Sequential)]
    first, last = (re.escape(repr(leaves[at])) for at in (0, -1))
    with pytest.raises(RuntimeError, match=rf"^{last} .*call forward before backward"):
        module.backward(np.ones((1, 1)))
    module_laws(repr(module), lambda: copy.deepcopy(module), x, np.cos(x))
    with pytest.raises(ValueError, match=rf"^{first} expects .*got shape \({x.shape[1]},\)"):
        module.forward(x[0])
    y = module.forward(x)
    assert not np.shares_memory(y, x)
    with pytest.raises(ValueError, match=rf"^{last} gave .*got \({y.shape[1]},\)"):
        module.backward(y[0])  # which NumPy would stretch
    grad_input = module.backward(np.ones_like(y))
    assert (grad_input.shape, grad_input.dtype) == (x.shape, y.dtype)


def assert_loss_contract(loss, prediction, target):
    """Assert the laws of every loss, and that the gradient is the caller's, of the same type.

    Args:
        loss: one that has seen no prediction yet.
    """
    with pytest.raises(RuntimeError, match=rf"^{re.escape(repr(loss))} .*call forward before back"):
        loss.backward()
    loss_laws(repr(loss), lambda: copy.deepcopy(loss), prediction, target)
    value, grad = loss.forward(prediction, target), loss.backward()
    assert isinstance(value, float)
    assert value >= 0
    assert (grad.shape, grad.dtype) == (prediction.shape, prediction.dtype)
    assert not np.shares_memory(grad, prediction)
    assert not np.shares_memory(grad, target)
    before = grad.copy()
    grad.fill(7)  # what happens to it is no concern of the loss
    np.testing.assert_array_equal(loss.backward(), before)


#: The library to read, bottom up.
TO_READ = ["module", "linear", "activations", "losses", "sequential", "autoencoder", "optim"]
TO_READ += ["train", "metrics", "gradient_check"]
