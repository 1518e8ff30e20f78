"""What may be handed in: each kind of value is checked in one place, and refused in one sentence.

Numbers that are not finite are let through, as in all of NumPy: NaN in gives NaN out, and an
overflow gives infinity and NumPy's warning. `Optim.SGD` stops at a loss that is not finite.
"""

from math import inf, prod
from numbers import Real
from operator import index

import numpy as np

MAX_SIZE = 10**9  # no size is larger: a row of so many numbers would take four gigabytes


def short_repr(value) -> str:
    """Return `value` in one short line, for an error."""
    if isinstance(value, type):
        return f"the class {value.__name__} (did you mean {value.__name__}(…)?)"
    return one_line_repr(value)


def one_line_repr(value) -> str:
    """Return `repr(value)` in one line of at most 80 letters."""
    text = " ".join(repr(value).split())
    return text if len(text) <= 80 else text[:79] + "…"


def are_whole(array) -> bool:
    """Return whether all numbers of an array are whole ones, of any type."""
    return bool((array == np.floor(array)).all())


def way_to_shape(shape, width) -> str:
    """Return how to make rows of `width` numbers of an array of that shape, or nothing."""
    if len(shape) == 1 and width in (None, *shape):
        return " For a single sample use x[None, :]."
    if len(shape) == 1 and width == 1:
        return " For one column use x[:, None]."
    if len(shape) > 2 and width in (None, prod(shape[1:])):
        return " Make each sample one row with x.reshape(len(x), -1)."
    if len(shape) == 2 and shape[0] == width:
        return " If the samples are its columns, use x.T."
    return ""


def way_to_target(target, shape) -> str:
    """Return how to give a target the shape of a prediction, or nothing."""
    if target.shape == shape[:1] and shape[1] == 1:
        return ": make it a column with Y[:, None]."
    if target.shape == shape[:1] and target.dtype.kind in "iu":
        return ": for labels of classes, use CrossEntropyWithLogSoftmax."
    if target.shape == shape[:1]:
        return ": for one number a row, end the network with one column and write Y[:, None]."
    if target.shape == shape[::-1]:
        return ": turn it with Y.T."
    if target.ndim > 2 and target.size == prod(shape):
        return ": make each sample one row with Y.reshape(len(Y), -1)."
    if target.ndim == 2 and len(target) == shape[0]:
        return f": the last layer must give {target.shape[1]} columns for this target."
    return "."


def way_to_probabilities(values, role) -> str:
    """Return what may be wrong with predictions or targets that are not between 0 and 1."""
    low, high, whole = np.nanmin(values), np.nanmax(values), are_whole(values)
    if 0 <= low and 20 < high <= 255:
        return "If they are pixels, divide them by 255."
    if role == "predictions":
        return "Is a Sigmoid missing, or from_logits=True?"
    if whole and 0 <= low and high <= 20:
        return "For labels of more than two classes, use CrossEntropyWithLogSoftmax."
    if whole and low == -1 and high == 1:
        return "Write 0 for no and 1 for yes, for example (Y + 1) / 2."
    return "Scale the targets, or use MSELoss, which takes any number."


def way_to_labels(target, classes) -> str:
    """Return how labels that were refused may become right, or nothing."""
    if classes == 1:
        return ": for yes or no, use BinaryCrossEntropy."
    if target.dtype.kind == "f" and are_whole(target):
        return ": write Y.astype(int)."
    if target.min() == 1 and target.max() == classes:
        return ": write Y - 1."
    return "."


def way_to_classes(prediction, target) -> str:
    """Return what may be wrong with a prediction and a target that accuracy refuses, or nothing."""
    swapped = " Are the two swapped?"
    if prediction.ndim == 1:
        if target.ndim == 2:
            return swapped
        if prediction.dtype.kind in "iub":
            return " For classes that are chosen already, write (prediction == target).mean()."
        return " For one column use prediction[:, None]."
    if target.ndim == 1 and target.dtype.kind == "f" and are_whole(target):
        return " For labels, write target.astype(int)."
    if target.shape == (len(prediction), 1) and target.dtype.kind in "iu":
        return " For labels, write target[:, 0]."
    if target.shape == prediction.shape and np.isin(prediction, (0, 1)).all():
        return swapped
    return ""


def check_int(value, name: str, least: int = 1, most: int = MAX_SIZE) -> int:
    """Return a size, or a number of things, as an int."""
    try:
        number = None if isinstance(value, bool) else index(value)
    except TypeError:
        number = None
    if number is None or not least <= number <= most:
        raise (TypeError if number is None else ValueError)(
            f"{name} must be a whole number from {least} to {most:,}, but got {short_repr(value)}."
        )
    return number


def check_scalar(value, name: str, wanted: str, fits) -> float:
    """Return a real number for which `fits` is true; `wanted` says in words when it is."""
    real = isinstance(value, Real) and not isinstance(value, bool)
    if not real or not fits(value):
        raise (ValueError if real else TypeError)(
            f"{name} must be {wanted}, but got {short_repr(value)}."
        )
    return float(value)


def check_learning_rate(rate) -> float:
    """Return a positive number; what is no number at all may have been meant as an update rule."""
    wanted = "a positive number"
    if not isinstance(rate, str | Real):
        wanted += ", or a rule: an object of a subclass of nnlib.optim.Rule"
    return check_scalar(rate, "learning_rate", wanted, lambda rate: 0 < rate < inf)


def check_instance(value, kind: type, wanted: str):
    """Return an object of that kind; `wanted` says in words what it is needed for."""
    if not isinstance(value, kind):
        raise TypeError(f"{wanted}, but got {short_repr(value)}.")
    return value


def check_option(value, name: str, choices) -> str:
    """Return a word that is one of `choices`."""
    if not isinstance(value, str) or value not in choices:
        raise ValueError(
            f"{name}={one_line_repr(value)} is not known; choose from {', '.join(choices)}."
        )
    return value


def check_iterable(values, wanted: str) -> list:
    """Return what can be gone through one by one as a list."""
    try:
        return list(values)
    except TypeError:
        raise TypeError(f"{wanted}, but got {short_repr(values)}.") from None


def check_chain(layers: list, kind: type) -> tuple:
    """Return the columns that a chain of layers of that kind takes and gives; None if any number.

    Each must take as many columns as the last one before it that fixes their number gives.
    """
    if not layers:
        raise ValueError("Sequential needs at least one layer, but got none.")

    def named(position):  # only for errors: a file may nest very many layers
        return f"layer {position}, {layers[position]}"

    in_features = out_features = previous = None
    seen = set()
    for position, layer in enumerate(layers):
        if not isinstance(layer, kind):
            raise TypeError(
                f"Sequential takes Modules, but layer {position} is {short_repr(layer)}."
            )
        if id(layer) in seen:
            raise ValueError(
                f"Sequential got the same object twice: {named(position)}; make a new one."
            )
        seen.add(id(layer))
        if layer.in_features is None:
            continue
        if previous is None:
            in_features = layer.in_features
        elif layer.in_features != out_features:
            raise ValueError(
                f"Widths do not fit: {named(previous)}, gives {out_features} features, "
                f"but {named(position)}, takes {layer.in_features}."
            )
        previous, out_features = position, layer.out_features
    return in_features, out_features


def check_dtype(dtype, owner) -> np.dtype:
    """Return a type of floating-point numbers. Errors name `owner`."""
    try:
        known = np.dtype(dtype) if dtype is not None else None  # which NumPy takes for float64
    except TypeError:
        known = None
    if known is None or known.kind != "f":
        got = short_repr(dtype) if known is None else known
        raise TypeError(f"{owner} needs a floating-point dtype, but got {got}.")
    return known


def check_rng(rng):
    """Return the `numpy.random.Generator`, or a new one for the seed."""
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError) as error:
        raise type(error)(
            f"rng must be a numpy.random.Generator or a seed, a whole number from 0 up, "
            f"but got {short_repr(rng)}."
        ) from None


def check_array(x, owner) -> np.ndarray:
    """Return `x` as an array of real numbers of any shape. Errors name `owner`."""
    if isinstance(x, np.ma.MaskedArray):
        raise TypeError(f"{owner} got a masked array: put numbers in the gaps with filled().")
    try:
        array = np.asarray(x)
    except ValueError:
        raise ValueError(
            f"{owner} expects a table of numbers, but got lists of different lengths."
        ) from None
    if array.dtype.kind not in "biuf":
        got = f"an array of dtype {array.dtype}" if array.ndim else short_repr(x)
        raise TypeError(f"{owner} expects real numbers, but got {got}.")
    return array


def check_2d(x, owner, width: int | None = None, dtype=None) -> np.ndarray:
    """Return `x` as a table of real numbers with one sample per row, (n, width or any).

    Without a `dtype`, floating types are kept and integers become float32. Errors name `owner`.
    """
    x = check_array(x, owner)
    if x.ndim != 2 or x.shape[1] == 0 or (width is not None and x.shape[1] != width):
        raise ValueError(
            f"{owner} expects an array of shape (rows, {width or 'columns'}), "
            f"but got shape {x.shape}.{way_to_shape(x.shape, width)}"
        )
    if dtype is None:
        dtype = x.dtype if x.dtype.kind == "f" else np.float32
    return x.astype(dtype, copy=False)


def check_grad_output(grad_output, owner, kept, width: int | None = None) -> np.ndarray:
    """Return `grad_output` as an array that fits the last output of `owner`.

    `kept` is what `forward` kept, with the output's rows and dtype, and its `width` unless given.
    """
    if kept is None:
        raise RuntimeError(f"{owner} has no output yet: call forward before backward.")
    shape = (len(kept), width or kept.shape[1])
    grad_output = check_array(grad_output, owner)
    if grad_output.shape != shape:
        raise ValueError(
            f"{owner} gave an output of shape {shape}, so backward expects a gradient of that "
            f"shape, but got {grad_output.shape}."
        )
    return grad_output.astype(kept.dtype, copy=False)


def check_pair(X, Y, x_name, y_name):
    """Return the two halves of a data set as arrays."""
    for given, name, other in ((X, x_name, y_name), (Y, y_name, x_name)):
        if given is None:
            raise TypeError(
                f"{x_name} and {y_name} go together, but got no {name}: give it along with {other}."
            )
    X, Y = check_array(X, x_name), check_array(Y, y_name)
    if 0 in (X.ndim, Y.ndim) or len(X) != len(Y) or len(X) == 0:
        raise ValueError(
            f"{x_name} and {y_name} need as many rows, at least one, but have shapes {X.shape} "
            f"and {Y.shape}."
        )
    return X, Y


def check_prediction(prediction, target, owner) -> np.ndarray:
    """Return what a loss compares with a target as a table, (n, d), of at least one number."""
    if getattr(prediction, "ndim", 2) == 1 and np.shape(target)[1:] > (1,):
        raise ValueError(
            f"{owner} compares forward(prediction, target), but got shapes {prediction.shape} "
            f"and {np.shape(target)}. Are the two swapped?"
        )
    prediction = check_2d(prediction, owner)
    if prediction.size == 0:
        raise ValueError(
            f"{owner} needs at least one row, but got an empty prediction of shape "
            f"{prediction.shape}."
        )
    return prediction


def check_target(target, shape, owner) -> np.ndarray:
    """Return a target of the prediction's shape; NumPy would stretch another one to fit."""
    target = check_array(target, owner)
    if target.shape != shape:
        raise ValueError(
            f"{owner} expects a target of the prediction's shape {shape}, "
            f"but got {target.shape}{way_to_target(target, shape)}"
        )
    return target


def check_class_rows(target, scores, owner) -> np.ndarray:
    """Return labels of classes, (n,), as one-hot rows, (n, classes); such rows as they are."""
    (n, classes), target = scores.shape, check_array(target, owner)
    if target.shape == (n, 1) != (n, classes) and target.dtype.kind in "iu":
        raise ValueError(
            f"{owner} expects labels of shape {(n,)}, but got {(n, 1)}: write Y[:, 0]."
        )
    if target.shape != (n,):
        target = check_target(target, (n, classes), owner).astype(scores.dtype, copy=False)
        if (target < 0).any() or (abs(target.sum(axis=1) - 1) > 1e-5).any():
            raise ValueError(
                f"{owner} expects labels, or rows of targets that are one-hot: each sums to 1."
            )
        return target
    if target.dtype.kind not in "iu" or target.min() < 0 or target.max() >= classes:
        raise ValueError(
            f"{owner} got scores for {classes} classes, so labels must be integers from 0 to "
            f"{classes - 1}, but they are {target.dtype} from {target.min()} to {target.max()}"
            + way_to_labels(target, classes)
        )
    return np.eye(classes, dtype=scores.dtype)[target]


def check_probabilities(values, role, owner) -> np.ndarray:
    """Return predictions or targets, as `role` says, which must be between 0 and 1."""
    low, high = np.fmin.reduce(values, axis=None), np.fmax.reduce(values, axis=None)
    if low < 0 or high > 1:  # fmin and fmax look past NaN, which makes the loss NaN
        raise ValueError(
            f"{owner} expects {role} between 0 and 1, but got some from {low!s} to {high!s}. "
            + way_to_probabilities(values, role)
        )
    return values


def check_classes(prediction, target):
    """Return scores, (n, classes or 1), and the labels, (n,), that are compared with them.

    Labels may come as such, as one-hot rows, or as a column of 0 and 1 for a column of scores.
    """
    prediction, target = check_array(prediction, "accuracy"), check_array(target, "accuracy")
    if prediction.ndim == 1:
        raise ValueError(
            f"accuracy(prediction, target) expects scores of shape (rows, classes), but got a "
            f"prediction of shape {prediction.shape}.{way_to_classes(prediction, target)}"
        )
    prediction = check_2d(prediction, "accuracy")
    single = prediction.shape[1] == 1
    last = 1 if single else prediction.shape[1] - 1
    if (
        target.shape == prediction.shape
        and np.isin(target, (0, 1)).all()
        and (single or (target.sum(axis=1) == 1).all())
    ):
        labels = target[:, 0] if single else target.argmax(axis=1)
    elif target.shape == prediction.shape[:1] and target.dtype.kind in "iu":
        labels = target
    else:
        way = way_to_classes(prediction, target) or " To follow another measure, use a callback."
        raise ValueError(
            f"Accuracy needs classes: integer labels, one-hot rows, or a column of 0 and 1; but "
            f"the target has shape {target.shape}, dtype {target.dtype}, and the prediction has "
            f"shape {prediction.shape}.{way}"
        )
    if len(labels) == 0 or labels.min() < 0 or labels.max() > last:
        got = f"from {labels.min()} to {labels.max()}" if len(labels) else "none"
        raise ValueError(f"Accuracy needs labels, here from 0 to {last}, but got {got}.")
    return prediction, labels
