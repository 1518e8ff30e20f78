"""Which mistake explains these values?

A mistake has a signature: a bias gradient that is averaged where it should be added up comes out as
one particular array. So each check works out what the usual mistakes would give, for inputs of
several sizes, and names the one that fits all of them. What is true of one input alone may be
chance: one number always is some multiple of another.
"""

import functools
from itertools import product

import numpy as np

#: Factors that mean something, and what.
CONSTANTS = {
    1.0: "",
    -1.0: "the sign is turned round.",
    2.0: "it is twice what it should be: a factor of 2 too many.",
    -2.0: "the sign is turned round, and there is a factor of 2 too many.",
    0.5: "it is half of what it should be: a factor of 2 is missing.",
    -0.5: "the sign is turned round, and a factor of 2 is missing.",
    4.0: "it is four times what it should be: a factor of 2 too many, twice.",
    0.25: "it is a quarter of what it should be: a factor of 2 is missing, twice.",
    1 / np.log(2): "the logarithm has base 2; it must be the natural one.",
    1 / np.log(10): "the logarithm has base 10; it must be the natural one.",
}


def logistic(v):
    """Return 1 / (1 + exp(-v)), without an overflow."""
    return 0.5 * (1 + np.tanh(np.asarray(v, dtype=np.float64) / 2))


def shares(v):
    """Return each number divided by the sum of its row."""
    return v / v.sum(axis=1, keepdims=True)


#: What may be done to an input, to a result or to something between, that does not belong there.
TRANSFORMS = {
    "taken as zero everywhere": lambda v: 0 * v, "taken as 1 everywhere": np.ones_like,
    "rounded to integers": np.round, "cut to integers": np.trunc,
    "turned round in sign": np.negative, "taken absolute (without its sign)": abs,
    "reduced to its sign": np.sign, "squared": np.square, "cubed": lambda v: v**3,
    "doubled": lambda v: 2 * v, "halved": lambda v: v / 2, "put under a root": np.sqrt,
    "put into a logarithm": np.log, "put into an exponential": np.exp,
    "turned into one divided by it": lambda v: 1 / v, "subtracted from 1": lambda v: 1 - v,
    "increased by 1": lambda v: 1 + v, "sent through a tanh": np.tanh,
    "sent through a sigmoid": logistic,
    "sent through a softmax": lambda v: shares(np.exp(v - v.max())),
    "cut off below zero (a ReLU)": lambda v: np.maximum(v, 0), "transposed": lambda v: v.T,
    "taken in reverse order of rows": lambda v: v[::-1],
    "replaced by the mean along each row": lambda v: v.mean(axis=1, keepdims=True) + 0 * v,
    "divided by its sum along each row": shares,
    "divided by the number of rows": lambda v: v / len(v),
}  # fmt: skip


def transformed(function, **arrays):
    """Yield what a function of arrays gives where something is done to one that does not belong."""
    for name, (said, change) in product(arrays, TRANSFORMS.items()):
        yield (
            f"{name} is {said} first; it must be used as it is.",
            lambda name=name, change=change: function(**{**arrays, name: change(arrays[name])}),
        )


class Trial:
    """One run of a student's code: what came out, what should have, and what mistakes would give.

    Args:
        case: what was run; its inputs give the `sizes` where there are none.
        got, right: what came out, and what should have.
        mistakes: pairs of a cause, a text or a tuple of several, and what it leads to: an array, or
            a function that returns one (and may stop with an error: then it does not apply). The
            same causes in the same order for all trials.
        general: such pairs that are tried where none of those fits.
        sizes: numbers by name that a mean could be taken over.
        exact: the tolerance, where it is not the usual one.
    """

    def __init__(self, case, got, right, mistakes=(), general=(), sizes=None, exact=None):
        self.case, self.got = case, got
        self.mistakes, self.general = mistakes, general  # run only if something is wrong
        self.expected = right
        self.right = np.asarray(right, dtype=np.float64)
        try:
            self.result = np.asarray(got, dtype=np.float64)
        except (TypeError, ValueError):
            self.result = None
        tables = [value for value in case.given.values() if np.ndim(value) == 2]
        shape = np.shape(tables[0]) if tables else ()
        self.sizes = dict(zip(("rows", "columns"), shape, strict=False)) if sizes is None else sizes
        self.exact = exact

    @functools.cached_property
    def is_right(self):
        """Whether what came out is right."""
        if self.result is None or self.result.shape != self.right.shape:
            return False
        return near(self.result, self.right, self.exact or tolerance(self.got, self.result))

    @functools.cached_property
    def largest(self):
        """The largest number that came out."""
        return abs(self.result).max(initial=1e-12)

    def fits(self, value):
        """Whether the result is this value, and clearly not the right one."""
        if value is None or self.result.shape != value.shape:
            return False
        if self.result.size and not abs(self.result.flat[0] - value.flat[0]) <= 1e-4 * self.largest:
            return False  # as most do, and soon
        if not near(self.result, value, 2e-6):
            return False
        if self.is_right:  # whatever the mistake: it makes no difference here
            return True
        if value.shape != self.right.shape:
            return True
        if not value.any() and self.result.any():
            return False
        return abs(self.result - value).max() <= 1e-2 * abs(value - self.right).max()


def tolerance(got, result):
    """Return how exact a result can be: numbers that float32 could hold are taken for such."""
    with np.errstate(over="ignore"):
        single = np.array_equal(result, result.astype(np.float32))
    return 2e-5 if single or getattr(got, "dtype", None) == np.float32 else 1e-7


def near(one, other, tolerance):
    """Return whether two arrays of one shape agree, relative to the largest number in them."""
    if not np.isfinite(one).all() or not np.isfinite(other).all():
        return False
    scale = max(abs(other).max(initial=0), abs(one).max(initial=0), 1e-12)
    return bool((abs(one - other) <= tolerance * scale).all())


def explain(trials, only_named=False) -> str | None:
    """Return the cause that explains the results of all trials, if there is just one (or two)."""
    trials = sorted(trials, key=lambda trial: trial.is_right)  # the wrong ones tell most
    bad = [trial for trial in trials if not trial.is_right]
    with np.errstate(all="ignore"):
        named = list(_together([trial.mistakes for trial in trials]))
        if (cause := _only(_fitting(trials, named))) or only_named:
            return cause
        if any(trial.result.shape != trial.right.shape for trial in bad):
            return _of_shape(next(t for t in bad if t.result.shape != t.right.shape))
        if not all(np.isfinite(trial.result).all() for trial in trials):
            return (
                "it is not finite: look for an overflow (exp of a large number), for log(0) and "
                "for a division by zero."
            )
        if cause := _factor(trials, [trial.right for trial in trials]):
            return cause
        ends = "it is {} at the end; that does not belong there."
        general = list(_together([
            [*((ends.format(said), lambda f=f, t=t: f(t.right)) for said, f in TRANSFORMS.items()),
             *t.general] for t in trials
        ]))  # fmt: skip
        if cause := _only(_fitting(trials, general)):
            return cause
        scaled = []
        for causes, makers in [*named, *general]:
            values = [*map(_value, makers)] if len(causes) == 1 else [None]
            if all(value is not None and value.any() for value in values) and (
                factor := _factor(trials, values, free=False)
            ):
                scaled.append(((*causes, factor), [trial.result for trial in trials]))
        return _only(scaled) or _partly(trials)


def _together(by_trial):
    """Return causes, each with what it leads to in every trial, from the pairs of each trial."""
    for pairs in zip(*by_trial, strict=True):
        cause = pairs[0][0]
        yield (cause,) if isinstance(cause, str) else cause, [value for _, value in pairs]


def _fitting(trials, named):
    """Return those of the causes that fit all trials, with their values: the fewest at a time."""
    found = []
    for causes, makers in sorted(named, key=lambda one: len(one[0])):
        if found and len(causes) > len(found[0][0]):
            break
        values = []
        for trial, maker in zip(trials, makers, strict=True):
            values.append(_value(maker))
            if not trial.fits(values[-1]):
                break
        else:
            found.append((causes, values))
    return found


def _value(value):
    try:
        return np.asarray(value() if callable(value) else value, dtype=np.float64)
    except (ValueError, IndexError, TypeError):  # of shapes that do not fit: it cannot be this one
        return None


def _only(found):
    """Return the one explanation with the fewest mistakes, or two that cannot be told apart.

    Where more fit, the first is named if all mean the same function, and else none.
    """
    fewest = min((len(causes) for causes, _ in found), default=0)
    found = {_join(c): values for c, values in reversed(found) if len(c) == fewest}
    texts = list(reversed(found))
    if len(texts) == 2:
        return f"either {texts[0].rstrip('.?')}; or {texts[1]}"
    alike = len(texts) == 1 or all(
        near(one, other, 1e-12)
        for values in found.values()
        for one, other in zip(values, found[texts[0]], strict=True)
    )
    return texts[0] if texts and alike else None


def joined(parts, rest):
    """Return several mistakes as one text, counted as so many; None if there is none."""
    causes = [part for part in parts if part]
    return (f"{'; '.join(causes)}{rest}", *[""] * (len(causes) - 1)) if causes else None


def _join(causes):
    return " Besides, ".join(filter(None, causes))


# --- Factors -------------------------------------------------------------------------------------


def _factor(trials, values, free=True):
    """Say by which factor all results differ from these values, if it is one that has a meaning."""
    ratios = [_ratio(trial.result, value) for trial, value in zip(trials, values, strict=True)]
    if None in ratios or 0 in ratios:
        return None
    several = len(trials) > 1
    if not several and trials[0].right.size < 2:
        return None  # one number is always some multiple of another
    names = [name for name in trials[0].sizes if len({trial.sizes[name] for trial in trials}) > 1]
    powers = np.array(list(product((0, -1, 1), repeat=len(names))))
    sizes = np.array([[trial.sizes[name] for trial in trials] for name in names])
    rest = ratios / np.exp(powers @ np.log(sizes)) if names else np.array([ratios])
    same = np.ptp(rest, axis=1) <= 1e-6 * abs(rest[:, 0])
    words = [_words(names, powers[at], rest[at, 0], free) for at in np.flatnonzero(same)]
    if any(words):
        return min(filter(None, words), key=len)
    for name, change in product([[name] for name in names] + [names], (1, -1)):
        size = np.array([np.prod([trial.sizes[each] for each in name]) for trial in trials])
        if name and np.allclose(ratios, size / (size - change), 1e-6, 0):
            said = "1 less than" if change == 1 else "1 more than"
            return f"the divisor is {said} the number of {' times '.join(name)}."
    if free and several and min(trial.right.size for trial in trials) > 3:
        return (
            f"it is {ratios[0]:.4g} times what it should be here, and {ratios[1]:.4g} times for "
            "other inputs: a factor is in it that depends on the input, or on its size."
        )
    return None


def _ratio(result, value):
    """Return the one factor between two arrays, or None."""
    if value is None or result.shape != value.shape or not np.isfinite(value).all():
        return None
    large = abs(value) > 1e-6 * max(abs(value).max(initial=0), 1e-12)
    if not large.any() or not near(result[~large], value[~large], 1e-5):
        return None
    ratios = result[large] / value[large]
    return float(ratios.flat[0]) if np.ptp(ratios) <= 1e-5 * abs(ratios.flat[0]) else None


def _words(names, powers, constant, free):
    """Put a factor into words: powers of sizes, times a constant; None if it means nothing."""
    by = {}
    for name, power in zip(names, powers, strict=True):
        by.setdefault(power, []).append(f"the number of {name}")
    said = [
        f"a division by {' and by '.join(by[power])} is missing (a sum for a mean)."
        if power > 0
        else f"it is divided by {' and by '.join(by[power])} once too often (a mean for a sum)."
        for power in sorted(by)
        if power
    ]
    known = [text for value, text in CONSTANTS.items() if abs(constant / value - 1) < 1e-5]
    if known:
        return " Besides, ".join(filter(None, [*said, known[0]])) or None
    whole = round(1 / constant) if abs(constant) < 1 else 0
    if sum(powers) > 0 and whole > 1 and abs(whole * constant - 1) < 1e-5:
        return f"it is divided by {whole}, whatever {' and '.join(by[1])}."
    if free and not any(powers):
        return f"all of it is {constant:.4g} times what it should be: a factor is wrong."
    return None


# --- What can be said where nothing fits ---------------------------------------------------------


def _partly(trials):
    """Say in what respect the results are right, or nearly so."""
    bad = [trial for trial in trials if not trial.is_right]
    if all(near(trial.result, trial.right, 2e-3) for trial in bad):
        if getattr(bad[0].got, "dtype", None) == np.float16:
            return "its precision is too low: float16 keeps three digits."
        return (
            "it is nearly right, but not precise: is a small number added, or a value clipped, "
            "where it need not be?"
        )
    offsets = np.concatenate([np.ravel(trial.result - trial.right) for trial in trials])
    if offsets.size > 1 and np.ptp(offsets) < 1e-9:
        return f"{offsets[0]:.4g} is added to all of it."
    tables = [trial for trial in bad if trial.right.ndim == 2 and len(trial.right) > 1]
    if tables == bad and all(near(trial.result[:1], trial.right[:1], 1e-6) for trial in tables):
        return "the first row is right, others are not: does each row get its own numbers?"
    return None


def _of_shape(trial) -> str:
    result, right = trial.result, trial.right
    wrong = f"the shape is {result.shape}, but must be {right.shape}"
    if result.ndim == 2 and result.shape == right.shape[::-1]:
        return f"{wrong}: it is transposed."
    if right.ndim and right.shape[0] == 1 and result.shape == right.shape[1:]:
        return f"{wrong}: one row is still a table, so no axis may be squeezed away."
    if result.ndim > right.ndim and result.shape[:1] == (1,) and result.size == right.size:
        return f"{wrong}: keepdims=True keeps an axis too many."
    if result.size == right.size:
        return f"{wrong}: do not flatten or reshape it."
    if not right.ndim:
        return f"{wrong}: it must be one number, so the sum or mean must go over all axes."
    if not result.ndim:
        return f"{wrong}: the sum or mean goes over everything, but must go along one axis."
    return f"{wrong}: over which axis does a sum or a product go?"
