"""Is a gradient right? Compare it with what the function itself says. Floor 6.

The slope of a function can be had without any calculus: move one number a little to either side
and see how the result changes. `gradient_check` does so for every number that a gradient claims to
know about, and explains the first disagreement in words.
"""

import copy

import numpy as np

from nnlib.checks.report import CheckFailed
from nnlib.module import Loss, Module
from nnlib.values import as_array, as_generator, as_number, brief

STEP = 1e-6  # to either side; in float64 the slope is then good to about 1e-9


def gradient_check(what, x, target=None, *, tolerance: float = 1e-6, rng=784) -> float:
    """Compare the gradients of a Module or a Loss with slopes measured by central differences.

    Args:
        what: a Module with float64 parameters, or a Loss. It is left as it was.
        x: the input, (n, d), or a loss's prediction; two rows or more show more mistakes.
        target: for a Loss, its target.
        tolerance: the largest difference allowed, relative to the largest slope of each array.
        rng: a generator or seed; it draws the weights of the sum that stands for the loss which
            a Module's output would go into (not the numbers that `x` was drawn from: inputs equal
            to the weights hide mistakes).

    Returns:
        The largest relative difference, about 1e-9 when all is well.

    Raises:
        CheckFailed: a gradient is wrong: its name, place, value, the slope measured there, and
            the likely cause.
        TypeError: `what` is neither; or parameters are not float64, too coarse for slopes.
        ValueError: `x` is empty or not finite, or `tolerance` is no positive number.
    """
    tolerance = as_number(tolerance, "tolerance", "a positive number", lambda t: 0 < t < np.inf)
    x = as_array(x, "gradient_check").astype(np.float64)
    if x.size == 0 or not np.isfinite(x).all():
        raise ValueError(f"gradient_check needs finite numbers, at least one, but got {brief(x)}.")
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
        weights = as_generator(rng).standard_normal(module.forward(x).shape)

        def value():
            return float((module.forward(x) * weights).sum())

        module.zero_grad()
        gradients = {"the input": module.backward(weights)} | module.grads
    else:
        raise TypeError(f"gradient_check takes a Module or a Loss, but got {brief(what)}.")
    return max(
        _compare(what, name, gradients[name], _slopes(value, array), len(x), tolerance)
        for name, array in inputs.items()
    )


def _slopes(value, array: np.ndarray) -> np.ndarray:
    """Return the slope of `value()` along each number of `array`, which is put back as it was."""
    slopes = np.empty_like(array)
    for place in np.ndindex(array.shape):
        kept = array[place]
        array[place] = kept + STEP
        above = value()
        array[place] = kept - STEP
        slopes[place] = (above - value()) / (2 * STEP)
        array[place] = kept
    return slopes


def _compare(what, name, gradient, slopes, rows, tolerance) -> float:
    gradient = np.asarray(gradient)
    if gradient.shape != slopes.shape:
        raise CheckFailed(
            f"{what}: the gradient of {name} has shape {gradient.shape}, but {name} itself has "
            f"shape {slopes.shape}; they must be the same."
        )
    scale = max(abs(slopes).max(initial=0), 1e-3)
    differences = abs(gradient - slopes) / scale
    worst = float(differences.max(initial=0))
    if worst <= tolerance:  # a NaN fails here too
        return worst
    place = np.unravel_index(np.argmax(differences), slopes.shape)
    where = ", ".join(map(str, map(int, place)))
    cause = _cause(gradient, slopes, rows, tolerance * scale)
    raise CheckFailed(
        f"{what}: the gradient of {name} at [{where}] is {gradient[place]:.6g}, but the slope "
        f"measured there is {slopes[place]:.6g}. {cause}"
    )


def _cause(gradient, slopes, rows, tolerance) -> str:
    """Say which simple mistake would turn the slopes into this gradient."""

    def near(array):
        return array.shape == gradient.shape and np.allclose(gradient, array, 0, 10 * tolerance)

    if not np.isfinite(gradient).all():
        return "It is not a finite number: look for a division by zero or an overflow."
    if near(-slopes):
        return "The sign is turned round."
    if near(0 * slopes):
        return "It is zero everywhere: is it computed, and added to grads?"
    if near(slopes / rows):
        return f"It is {rows} times too small: a sum over the {rows} rows was averaged."
    if near(slopes * rows):
        return f"It is {rows} times too large: the loss's division by {rows} rows is missing."
    if near(slopes / 2) or near(slopes * 2):
        return "It is off by a factor of 2, as when a square is differentiated."
    if near(slopes.T):
        return "It is transposed."
    large = abs(slopes) > 100 * tolerance
    if large.any():
        ratios = gradient[large] / slopes[large]
        if np.allclose(ratios, ratios[0], 1e-3):
            return f"All of it is {ratios[0]:.4g} times the slope: a factor is wrong."
    return "No single factor explains it: go through the derivation term by term."
