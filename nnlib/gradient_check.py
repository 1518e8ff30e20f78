"""Is a gradient right? Compare it with what the function itself says.

A slope can be had without calculus: move one number a little to either side and see how the result
changes. `gradient_check` does so for every number, and explains the first disagreement in words.
"""

import contextlib
import copy

import numpy as np

from nnlib._validation import check_array, check_rng, check_scalar, short_repr
from nnlib.module import Loss, Module

STEP = 1e-6  # to either side: a smaller one loses digits to rounding, a larger one to curvature


class CheckFailed(AssertionError):
    """A check found a mistake; the message says where and what the cause may be."""

    def _render_traceback_(self):  # a notebook shows this line and not the library's code
        return [f"CheckFailed: {self}"]


def gradient_check(what, x, target=None, *, tolerance: float = 1e-6, rng=784) -> float:
    """Compare the gradients of a Module or a Loss with slopes measured by central differences.

    Args:
        what: a Module with float64 parameters, or a Loss. It is left as it was.
        x: the input, (n, d), or a loss's prediction; two rows or more show more mistakes.
        target: for a Loss, its target.
        tolerance: the largest difference allowed, relative to the largest slope of each array.
        rng: a generator or a seed. It draws a weight for each number of a Module's output; the
            weighted sum stands for a loss. Weights that equal `x` would hide mistakes.

    Returns:
        The largest relative difference, about 1e-9 when all is well.

    Raises:
        CheckFailed: a gradient is wrong: which, where, what was measured there, the likely cause.
        TypeError: `what` is neither; or parameters are not float64, too coarse for slopes.
        ValueError: `x` is empty or not finite, or `tolerance` is no positive number.
    """
    tolerance = check_scalar(tolerance, "tolerance", "a positive number", lambda t: 0 < t < np.inf)
    x = check_array(x, "gradient_check").astype(np.float64)
    if x.size == 0 or not np.isfinite(x).all():
        raise ValueError(
            f"gradient_check needs finite numbers, at least one, but got {short_repr(x)}."
        )
    if isinstance(what, Loss):
        loss, inputs = copy.deepcopy(what), {"the prediction": x}

        def value():
            return loss.forward(x, target)

        value()
        gradients = {"the prediction": loss.backward()}
    elif isinstance(what, Module):
        module = copy.deepcopy(what)
        for name, param in module.params.items():
            if param.dtype != np.float64:
                raise TypeError(
                    f"Slopes need float64, but {name} is {param.dtype}: "
                    "build the module with dtype=np.float64."
                )
        inputs = {"the input": x} | module.params
        # Any loss would do behind the module. A weighted sum of its output has a simple gradient
        # with respect to that output: the weights themselves.
        weights = check_rng(rng).standard_normal(module.forward(x).shape)

        def value():
            return float((module.forward(x) * weights).sum())

        module.zero_grad()
        gradients = {"the input": module.backward(weights)} | module.grads
    else:
        raise TypeError(f"gradient_check takes a Module or a Loss, but got {short_repr(what)}.")
    return max(
        _compare(what, name, gradients[name], *_slopes(value, array), x, tolerance)
        for name, array in inputs.items()
    )


def _slopes(value, array: np.ndarray):
    """Return the slopes of `value()` to the left and to the right of each number of `array`.

    `array` is one that `value` reads: each of its numbers is moved, and put back.
    """
    here, left, right = value(), np.empty_like(array), np.empty_like(array)
    for place in np.ndindex(array.shape):
        kept = array[place]
        array[place] = kept + STEP
        right[place] = (value() - here) / STEP
        array[place] = kept - STEP
        left[place] = (here - value()) / STEP
        array[place] = kept
    return left, right


def _compare(what, name, gradient, left, right, x, tolerance) -> float:
    """Return the largest difference of a gradient from its slopes, or explain it in an error."""
    slopes = (left + right) / 2  # the central difference: the value in the middle cancels
    gradient = np.asarray(gradient)
    if gradient.shape != slopes.shape:
        raise CheckFailed(
            f"{what}: the gradient of {name} has shape {gradient.shape}, but {name} itself has "
            f"shape {slopes.shape}; they must be the same."
        )
    scale = max(abs(slopes).max(initial=0), 1e-3)  # below that, rounding is all there is
    differences = abs(gradient - slopes) / scale
    worst = float(differences.max(initial=0))
    if worst <= tolerance:  # which NaN never is
        return worst
    place = np.unravel_index(np.argmax(differences), slopes.shape)
    where = ", ".join(map(str, map(int, place)))
    if abs(right - left)[place] > 1e-3 * scale:  # in a smooth function they are 1e-6 apart
        cause = (
            f"The function has a corner there, with the slope {left[place]:.6g} to the left and "
            f"{right[place]:.6g} to the right: try other numbers."
        )
    else:
        cause = _cause(what, x, gradient, slopes, tolerance * scale)
    raise CheckFailed(
        f"{what}: the gradient of {name} at [{where}] is {gradient[place]:.6g}, but the slope "
        f"measured there is {slopes[place]:.6g}. {cause}"
    )


def _cause(what, x, gradient, slopes, tolerance) -> str:
    """Say which simple mistake would turn the slopes into this gradient."""
    rows = len(x)

    def near(array):
        return array.shape == gradient.shape and np.allclose(gradient, array, 0, 10 * tolerance)

    if not np.isfinite(gradient).all():
        return "It is not a finite number: look for a division by zero or an overflow."
    if near(-slopes):
        return "The sign is turned round."
    if near(0 * slopes):
        return "It is zero everywhere: is it computed, and added to grads?"
    if rows == 2 and (near(slopes / 2) or near(slopes * 2)):
        return "It is off by a factor of 2: that of a square, or of a sum or mean over the 2 rows."
    if near(slopes / rows):
        return f"It is {rows} times too small: a sum over the {rows} rows was averaged."
    if near(slopes * rows):
        return f"It is {rows} times too large: the loss's division by {rows} rows is missing."
    if near(slopes / 2) or near(slopes * 2):
        return "It is off by a factor of 2, as when a square is differentiated."
    if near(slopes.T):
        return "It is transposed."
    with contextlib.suppress(Exception), np.errstate(all="ignore"):  # what no activation lets pass
        if near(slopes * what.derivative(what.function(x)) / what.derivative(x)):
            return "derivative is handed the output y = function(x), and is written with x."
    large = abs(slopes) > 100 * tolerance
    if large.sum() > 1:  # one number always is some multiple of another
        ratios = gradient[large] / slopes[large]
        if np.allclose(ratios, ratios[0], 1e-3):
            return f"All of it is {ratios[0]:.4g} times the slope: a factor is wrong."
    return "No single factor explains it: go through the derivation term by term."
