"""What several test files need: tables of numbers, and the contract that every Module keeps."""

import os
from fnmatch import filter, fnmatch
from pathlib import Path

import numpy as np
from hypothesis.extra.numpy import array_shapes, arrays
from hypothesis.strategies import floats

ROOT = Path(__file__).parent.parent


def project_files(pattern="*"):
    """The files of the project, without those that commands make (which .gitignore lists)."""
    made = [".git/", *(ROOT / ".gitignore").read_text(encoding="utf-8").split()]
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [one for one in folders if not any(fnmatch(one, m.rstrip("/")) for m in made)]
        found += [Path(folder, name) for name in filter(names, pattern)]
    return sorted(found)


def tables(low=-10, high=10, dtype=np.float64):
    """Arrays of one to five rows and columns, values from `low` to `high`."""
    width = np.dtype(dtype).itemsize * 8
    shapes = array_shapes(min_dims=2, max_dims=2, max_side=5)
    return arrays(dtype, shapes, elements=floats(low, high, width=width))


def assert_module_contract(module, x):
    """Assert what gradient checks do not see: nothing is changed, shared or forgotten."""
    x_before = x.copy()
    y = module.forward(x)
    assert y.shape[0] == x.shape[0]
    assert not np.shares_memory(y, x)
    y_before = y.copy()

    grad_output = np.cos(np.arange(y.size, dtype=y.dtype)).reshape(y.shape)
    grad_before = grad_output.copy()
    arrays_before = {name: id(array) for name, array in (module.params | module.grads).items()}
    params_before = {name: value.copy() for name, value in module.params.items()}

    module.zero_grad()
    grad_input = module.backward(grad_output)
    assert grad_input.shape == x.shape
    assert grad_input.dtype == y.dtype
    assert not np.shares_memory(grad_input, grad_output)
    once = {name: grad.copy() for name, grad in module.grads.items()}
    kept = grad_input.copy()

    # A second backward gives the same gradient of the input, and adds to those of the parameters.
    np.testing.assert_array_equal(module.backward(grad_output), kept)
    for name, grad in module.grads.items():
        np.testing.assert_array_equal(grad, 2 * once[name])

    np.testing.assert_array_equal(module.forward(x), y_before)
    np.testing.assert_array_equal(x, x_before)
    np.testing.assert_array_equal(y, y_before)
    np.testing.assert_array_equal(grad_output, grad_before)
    for name, value in module.params.items():
        np.testing.assert_array_equal(value, params_before[name])

    module.zero_grad()
    assert all((grad == 0).all() for grad in module.grads.values())
    assert arrays_before == {
        name: id(array) for name, array in (module.params | module.grads).items()
    }


def assert_loss_contract(loss, prediction, target):
    """Assert that a loss is never negative, changes nothing, and answers the same twice."""
    prediction_before, target_before = prediction.copy(), target.copy()
    value, grad = loss.forward(prediction, target), loss.backward()
    assert isinstance(value, float)
    assert value >= 0
    assert grad.shape == prediction.shape
    assert grad.dtype == prediction.dtype
    assert not np.shares_memory(grad, prediction)
    assert not np.shares_memory(grad, target)

    grad_before = grad.copy()
    grad.fill(7)  # the gradient is the caller's: what happens to it is no concern of the loss
    np.testing.assert_array_equal(loss.backward(), grad_before)
    assert loss.forward(prediction, target) == value
    np.testing.assert_array_equal(prediction, prediction_before)
    np.testing.assert_array_equal(target, target_before)
