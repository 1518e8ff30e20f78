"""What every module and every loss promises, whatever it computes.

Each law compares an object with a fresh one of its class, and so needs no formula. The checks of
students' classes and the library's own tests call the same laws.
"""

import contextlib

import numpy as np

from nnlib.checks.report import Case, Unchanged
from nnlib.module import Module

USED_UP = "the second time what goes in comes out: an iterator (reversed, zip, map) can be gone "
USED_UP += "through only once. Keep a list, and make the iterator anew in each call."
STALE = "it belongs to an earlier forward: keep what the last forward was given."
SHARED = "what forward keeps is shared by two objects: keep it in self, not in the class."
NEW_ARRAY = "grads[{!r}] is a new array: others hold the old one. {}"


# --- Modules -------------------------------------------------------------------------------------


def module_laws(name, make, x, earlier):
    """Check all laws of a module.

    Args:
        name: of the class, for messages.
        make: returns a new object, each time with the same parameters.
        x, earlier: two inputs of one shape.
    """
    twin_dicts(Case(name), make())
    g = np.cos(np.arange(make().forward(x.copy()).size)).reshape(len(x), -1).round(2)
    _results_are_new(name, make, x, earlier)
    _last_forward_counts(name, make, x, earlier, g)
    _backward_changes_nothing(name, make, x, g)
    _gradients_accumulate(name, make, x, g)
    _instances_are_independent(name, make, x, earlier, g)


def dict_of(case, module, kind):
    """Return params or grads; fail unless it is a dict."""
    arrays = getattr(module, kind, None)
    said = f"{kind} must be a dict: derive the class from Module, and call super().__init__()."
    case.require(isinstance(arrays, dict), said)
    return arrays


def twin_dicts(case, module):
    """Params and grads are two dicts with the same names and shapes, of floating-point numbers."""
    for kind in ("params", "grads"):
        for key, array in dict_of(case, module, kind).items():
            said = f"{kind}[{key!r}] must hold floating-point numbers, not integers."
            case.require(np.asarray(array).dtype.kind == "f", said)
    for key in sorted(module.params.keys() ^ module.grads.keys()):
        missing = "grads" if key in module.params else "params"
        case.fail(f"{missing} has no {key!r}: params and grads must have the same names.")
    for key, array in module.params.items():
        shape, other = np.shape(array), np.shape(module.grads[key])
        said = f"params[{key!r}] has shape {shape}, but its gradient {other}."
        case.require(shape == other, said)


def nothing_in_the_class(case, module):
    """Lists and dicts of layers or arrays belong to an object, not to its class."""
    for name, held in (pair for cls in type(module).__mro__ for pair in vars(cls).items()):
        values = held.values() if isinstance(held, dict) else held
        shared = isinstance(held, list | dict) and any(
            isinstance(value, np.ndarray | Module) for value in values
        )
        said = f"`{name}` is one {type(held).__name__} of the class, shared by all objects, so that"
        case.require(not shared, f"{said} two networks would share it: make it in __init__.")


def _results_are_new(name, make, x, earlier):
    """What forward returned stays as it is, and comes from what it is given alone."""
    module, case, given = make(), Case(f"{name}.forward", x=x), x.copy()
    with Unchanged(case, x=given):
        y = case.run(module.forward, given)
    kept = np.array(y)
    case.run(module.forward, earlier.copy())
    said = "an earlier result was overwritten when forward was called again: both are one array. "
    case.require(np.array_equal(y, kept), f"{said}Return a new array each time.")
    again = Case(f"{name}.forward, called again with the same array, now with other numbers,")
    case.run(module.forward, given)
    given[...] = earlier
    right = make().forward(earlier.copy())
    stale = "it still gives the result of an earlier call: what is kept too long?"
    again.equal(again.run(module.forward, given), right, [(stale, kept), (USED_UP, given)])


@contextlib.contextmanager
def params_unchanged(case, module):
    """Fail if the parameters change meanwhile: moving them is no work of a backward."""
    before = {key: np.array(value) for key, value in module.params.items()}
    yield
    for key, value in before.items():
        said = f"it changed params[{key!r}]: moving them is the optimizer's work."
        case.require(np.array_equal(module.params[key], value), said)


def _backward_changes_nothing(name, make, x, g):
    """Neither what it is given, nor parameters, nor what forward gave, keeps or computes with."""
    module, case = make(), Case(f"{name}.backward", x=x, grad_output=g)
    given, grad = x.copy(), g.copy()
    y = case.run(module.forward, given)
    before = np.array(y)
    with Unchanged(case, x=given, grad_output=grad), params_unchanged(case, module):
        got = case.run(module.backward, grad)
    new = not isinstance(got, np.ndarray) or not np.shares_memory(got, grad)
    case.require(new, "what it returns is grad_output itself, in place: return a new array.")
    said = "the result of forward was changed in place: it belongs to the caller."
    case.require(np.array_equal(y, before), said)
    first, again = np.array(got), Case(f"{name}.backward, called twice,", x=x, grad_output=g)
    otherwise = "the second result differs from the first: backward changes what forward kept in "
    otherwise += "place (work on a copy), or turns the order of its parts round (list.reverse)."
    again.equal(again.run(module.backward, g.copy()), first, [(USED_UP, g)], otherwise)
    again = Case(f"{name}.forward, called again after backward,", x=x)
    otherwise = "backward changed what forward computes with, or the order in which it does."
    again.equal(again.run(module.forward, x.copy()), before, otherwise=otherwise)


def _gradients_accumulate(name, make, x, g):
    """Gradients of parameters pile up, in the same arrays, until zero_grad clears them."""
    module, clear = make(), Case(f"{name}.zero_grad")
    arrays, once = dict(module.grads), None
    for method in ("backward", "forward"):
        clear.run(module.zero_grad)
        _same_arrays(clear, module, arrays, "Clear it in place, with fill(0).")
        case = Case(f"{name}.{method}, before a second backward,", x=x, grad_output=g)
        for time in range(2):
            if method == "forward" or time == 0:
                case.run(module.forward, x.copy())
            case.run(module.backward, g.copy())
            once = once or {key: np.array(value) for key, value in module.grads.items()}
        for key, value in once.items():
            replaced = f"grads[{key!r}] is not added up: {method} must add to it (+=) and never "
            wrong = [(f"{replaced}replace or clear it; zero_grad does that.", value)]
            case.equal(module.grads[key], 2 * value, wrong)
        _same_arrays(Case(f"{name}.backward"), module, arrays, "Add in place (+=).")
        clear.run(module.zero_grad)
        for key, array in arrays.items():
            said = f"zero_grad leaves grads[{key!r}] as it was: it must clear all of them."
            clear.require(not array.any(), said)


def _same_arrays(case, module, arrays, instead):
    for key, array in arrays.items():
        case.require(module.grads.get(key) is array, NEW_ARRAY.format(key, instead))


def _last_forward_counts(name, make, x, earlier, g):
    """Only the last forward matters to backward."""
    module, fresh, old = make(), make(), make()
    case = Case(f"{name}.backward, after a second forward,", x=x, grad_output=g)
    for each in (module, old):
        case.run(each.forward, earlier.copy())
    for each in (module, fresh):
        case.run(each.forward, x.copy())
    got, right, stale = (case.run(each.backward, g.copy()) for each in (module, fresh, old))
    case.equal(got, right, [(STALE, stale)])
    for key, value in module.grads.items():
        part = Case(f"{case.what} grads[{key!r}]", x=x, grad_output=g)
        part.equal(value, fresh.grads[key], [(STALE, old.grads[key])])
    rows = (len(x) + 1) // 2
    case = Case(f"{name}.backward, after a forward with fewer rows,", STALE, grad_output=g[:rows])
    for each in (module, fresh):
        case.run(each.forward, x[:rows].copy())
    right, got = (case.run(each.backward, g[:rows].copy()) for each in (fresh, module))
    case.equal(got, right, otherwise=STALE)


def _instances_are_independent(name, make, x, earlier, g):
    one, other = make(), make()
    case = Case(f"{name}: two objects at a time", x=x, grad_output=g)
    for key in one.params:
        same = one.params[key] is other.params.get(key) or one.grads[key] is other.grads.get(key)
        case.require(not same, f"two objects share one array {key!r}: make it anew in __init__.")
    case.run(one.forward, x.copy())
    right = np.array(case.run(one.backward, g.copy()))
    case.run(one.forward, x.copy())
    case.run(other.forward, earlier.copy())
    shared = case.run(other.backward, g.copy())
    case.equal(case.run(one.backward, g.copy()), right, [(SHARED, shared)])


# --- Losses --------------------------------------------------------------------------------------


def loss_laws(name, make, prediction, target):
    """Check all laws of a loss.

    Args:
        name: of the class, for messages.
        make: returns a new object.
        prediction, target: an example.
    """
    given = {"prediction": prediction, "target": target}
    case, back = Case(f"{name}.forward", **given), Case(f"{name}.backward", **given)
    loss, p, y = case.run(make), prediction.copy(), target.copy()
    with Unchanged(case, prediction=p, target=y):
        one_number(case, value := case.run(loss.forward, p, y))
    with Unchanged(back, prediction=p, target=y):
        first = np.array(back.run(loss.backward))
    back.what += ", called a second time,"
    otherwise = "the second result differs from the first: backward changes in place what forward "
    otherwise += "kept. A second name (grad = self.p) is no copy: -= changes both."
    back.equal(back.run(loss.backward), first, otherwise=otherwise)
    few = slice(len(prediction) > 1, None)
    _calls_are_independent(name, make, given, prediction[::-1].copy(), target.copy(), value, first)
    _calls_are_independent(name, make, given, prediction[few], target[few], value, first)


def one_number(case, got, right=None):
    """The loss is one number."""
    said = "nothing was returned: forward must end with `return …`."
    case.require(got is not None, said, None, right)
    several = isinstance(got, list | tuple) or np.ndim(got)
    what = (
        f"has the shape {got.shape}"
        if isinstance(got, np.ndarray)
        else f"is a {type(got).__name__}"
    )
    said = f"the loss must be one number, but {what}: take the sum or mean over all axes."
    case.require(not several, said, got, right)


def _calls_are_independent(name, make, earlier, p, y, first, gradient):
    """Each call counts by itself, and so does each object."""
    loss, other, fresh = make(), make(), make()
    right = fresh.forward(p, y), np.array(fresh.backward())
    given, size = {"prediction": p, "target": y}, earlier["prediction"].shape
    earlier = [array.copy() for array in earlier.values()]
    case = Case(f"{name}.forward, called again,", **given)
    case.run(loss.forward, *earlier)
    case.run(loss.backward)
    wrong = [
        ("the loss of an earlier call was added.", first + right[0]),
        ("it is the loss of an earlier call.", first),
    ]
    case.equal(case.run(loss.forward, p, y), right[0], wrong)
    case = Case(f"{name}.backward, after a second forward,", STALE, **given)
    divided = "it is divided by the size of an earlier batch, not of the last one."
    added = "the gradient of an earlier call was added; backward returns that of the last."
    wrong = [
        (STALE, gradient),
        (divided, right[1] * len(p) / size[0]),
        (divided, right[1] * p.size / np.prod(size)),
        (added, lambda: right[1] + gradient),
    ]
    case.equal(case.run(loss.backward), right[1], wrong)
    case = Case(f"{name}: two objects at a time", SHARED, **given)
    case.run(other.forward, *earlier)
    case.equal(case.run(loss.backward), right[1], [(SHARED, gradient)])
