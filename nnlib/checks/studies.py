"""Are the functions right that decide whether a difference is luck?

As in `exercises`, a mistake is named only if it explains the results for all inputs.
"""

from itertools import product

import numpy as np

from nnlib.checks.functions import call, compare
from nnlib.checks.report import Case

LEARNED = 0.9  # as `nnlib.experiments.statistics` has it
VERDICTS = HOLDS, FAILS, UNDECIDED = "holds", "fails", "undecided"


def has_learned(function) -> None:
    """Check a function (errors, mean_image) that tells for each error whether its run learned."""

    def right(errors, mean_image):
        return errors < LEARNED * mean_image

    def mistakes(errors, mean_image):
        learned = right(errors, mean_image)
        side = "0.9 stands on the wrong side: the error must lie below 0.9 times that of the mean "
        side += "image."
        yield "it is the other way round: a run has learned if its error is *smaller*.", ~learned
        yield "the factor 0.9 is missing.", errors < mean_image
        yield "the mean image's error is not used; the limit is 0.9 times it.", errors < LEARNED
        yield side, LEARNED * errors < mean_image
        yield "the limit must be 0.9 times the mean image's error.", errors < 0.1 * mean_image
        yield "0.9 is a factor; it must not be subtracted.", errors < mean_image - LEARNED
        baseline = "the errors are compared with their own mean; the baseline is the mean image."
        yield baseline, errors < LEARNED * errors.mean()
        for one in (learned.all(), learned.any(), right(errors.mean(), mean_image)):
            yield "this is one answer for all; each run needs its own.", one
        yield "this is how many have learned; each run needs its own answer.", learned.sum()
        yield "these are the places of those that learned.", np.flatnonzero(learned)
        yield "these are the errors themselves, of those that learned.", errors[learned]
        truth = "these are ratios; compare them with 0.9, which gives True or False."
        yield truth, errors / mean_image

    cases = [
        {"errors": np.array(errors), "mean_image": mean_image}
        for errors, mean_image in (
            ([0.05, 0.068, 0.063, 0.0625, 0.072, 0.02], 0.07), ([0.04, 0.03, 0.034, 0.005], 0.036),
            ([0.02, 0.021], 0.2), ([1.05, 1.3, 0.95, 0.85], 1.1),
        )
    ]  # fmt: skip
    otherwise = "True is asked for where an error is less than 0.9 times the mean image's."
    compare("has_learned", function, right, mistakes, cases, otherwise)


def log_ratios(function) -> None:
    """Check a function (above, below) that returns the logarithm of each seed's ratio of errors.

    Both arrays have the shape (seeds, images); the same row belongs to the same seed.
    """
    rng = np.random.default_rng(11)
    cases = [
        {name: rng.uniform(0.01, 0.2, (seeds, images)) for name in ("above", "below")}
        for seeds, images in ((5, 3), (3, 8))
    ]

    def right(above, below):
        return np.log(above.mean(axis=1) / below.mean(axis=1))

    otherwise = "average the errors of each seed, axis=1; divide `above` by `below`; take np.log."
    compare("log_ratios", function, right, _wrong_ratios, cases, otherwise)


def _wrong_ratios(above, below):
    a, b = above.mean(axis=1), below.mean(axis=1)
    unit = "the image is taken for the unit; each *seed* gives one number, the ratio of its mean "
    unit += "errors."
    each = "the ratio is taken for each image; take each seed's mean error first, then the ratio."
    one = "this is one number for all seeds; each seed gives its own, axis=1."
    unpaired = "it is unpaired: each seed's error must be divided by that of the *same* seed."
    with np.errstate(all="ignore"):
        yield "the ratio is upside down: `above` is divided by `below`.", np.log(b / a)
        for value in (np.log(above / below), np.log(above / below).ravel(),
                      np.log(above.mean(axis=0) / below.mean(axis=0))):  # fmt: skip
            yield unit, value
        for value in (np.log(above / below).mean(axis=1), np.log((above / below).mean(axis=1))):
            yield each, value
        for value in (np.log(above.mean() / below.mean()), np.log(a / b).mean()):
            yield one, value
        yield "only the first seed is used.", np.log(a[0] / b[0])
        yield "the logarithm is missing.", a / b
        for base, log in ((10, np.log10), (2, np.log2)):
            yield f"the logarithm has base {base}; np.log is the natural one.", log(a / b)
        yield "log1p adds 1 first; take np.log.", np.log1p(a / b)
        yield "this is the exponential of the ratio; its logarithm is asked for.", np.exp(a / b)
        difference = "this is a difference; the logarithm of the ratio is asked for."
        yield difference, a - b
        yield "this is the relative difference; take the logarithm of the ratio.", a / b - 1
        divided = "two logarithms are divided; take the logarithm of the ratio."
        yield divided, np.log(a) / np.log(b)
        pairs = np.log(a[:, None] / b)
        for value in (np.log(np.sort(a) / np.sort(b)), pairs, pairs.ravel(), np.log(a / b.mean()),
                      np.log(a.mean() / b), np.log(a / b[::-1]),
                      np.log(a / np.roll(b, 1))):  # fmt: skip
            yield unpaired, value
        yield "the sign is lost: a ratio below 1 has a negative logarithm.", abs(np.log(a / b))
        medians = [np.median(errors, axis=1) for errors in (above, below)]
        yield "these are medians over the images; take means.", np.log(np.divide(*medians))
        squares = [np.mean(errors**2, axis=1) for errors in (above, below)]
        yield "the errors are squared already; do not square them.", np.log(np.divide(*squares))
        yield "there is a root too many: the errors stay squared.", np.log(a / b) / 2
        column = "this is a column, (seeds, 1); leave out keepdims."
        yield column, np.log(a / b)[:, None]


def interval(function) -> None:
    """Check a function (logs) that returns a ratio and both ends of its 95 % interval."""
    rng = np.random.default_rng(12)
    cases = [{"logs": rng.normal(mean, s, n)} for mean, s, n in
             ((0.4, 0.3, 5), (-0.2, 0.2, 3), (0.1, 0.15, 10))]  # fmt: skip

    def right(logs):
        return _ends(*_mean_and_half(logs))

    def three(logs):
        got = function(logs)
        if got is not None and np.size(got) != 3:
            said = "three numbers are asked for: the ratio, and the lower and the upper end."
            Case("interval(logs)", logs=logs).fail(said, got)
        return got

    otherwise = "go 0.975-quantile of t times std(ddof=1) / sqrt(n) to both sides of the mean, and "
    otherwise += "take the exponential of all three numbers."
    compare("interval", three, right, _wrong_intervals, cases, otherwise)


def _mean_and_half(logs, level=0.975, freedom=-1, ddof=1, root=0, t=None):
    """Return the mean and half of an interval's width; `root` and `freedom` are added to n."""
    from scipy.special import stdtrit  # as slow to import as it is rarely needed

    n = len(logs)
    t = stdtrit(n + freedom, level) if t is None else t
    return logs.mean(), t * logs.std(ddof=ddof) / np.sqrt(n + root)


def _ends(mean, half):
    return np.exp([mean, mean - half, mean + half])


def _wrong_intervals(logs):
    n, (mean, half) = len(logs), _mean_and_half(logs)
    right = _ends(mean, half)
    root = "the standard error is the standard deviation divided by the root of n"
    by_n = "the standard deviation divides by n; here it divides by n - 1 (ddof=1)."
    normal = "the quantile is that of a normal distribution; with few seeds, take t with n - 1 "
    normal += "degrees of freedom, stats.t.ppf(0.975, n - 1)."
    freedom = "t has n - 1 degrees of freedom."
    level = "the quantile is not that of 0.975, which leaves 2.5 % at each end."
    ratios = np.exp(logs)
    of_ratios = _mean_and_half(ratios)
    five = "it is right for 5 seeds only: use n = len(logs)."
    spreads = {None: {}, by_n: {"ddof": 0}}
    quantiles = [
        (None, {}), (normal, {"t": 1.959964}), (normal, {"t": 1.96}), (normal, {"t": 2}),
        (freedom, {"freedom": 0}), (freedom, {"freedom": -2}), (five, {"freedom": 4 - n}),
        (level, {"level": 0.95}), (level, {"level": 0.995}), (level, {"level": 0.9}),
        ("the factor t is missing.", {"t": 1}),
    ]  # fmt: skip
    roots = [
        (None, {}), (f"{root}; the division is missing.", {"root": 1 - n}),
        (f"{root}; it is divided by n.", {"root": n * n - n}),
        (f"{root}, not of n - 1.", {"root": -1}), (five, {"root": 5 - n}),
    ]  # fmt: skip
    for parts in product(spreads.items(), quantiles, roots):
        how = {name: value for _, given in parts for name, value in given.items()}
        causes = tuple(cause for cause, _ in parts if cause)
        if 0 < len(causes) < 3 and set(how) != {"ddof", "root"}:  # which undo each other
            yield causes, _ends(*_mean_and_half(logs, **how))
    yield "the two ends are exchanged: the lower one comes second.", right[[0, 2, 1]]
    yield "the order is: the ratio, the lower end, the upper end.", right[[1, 0, 2]]
    yield "the exponential is missing: these are still logarithms.", np.log(right)
    yield "the sign is turned round: the ratio is upside down.", _ends(-mean, half)
    yield (
        "this is the interval of the ratios, not of their logarithms.",
        np.array([of_ratios[0], of_ratios[0] - of_ratios[1], of_ratios[0] + of_ratios[1]]),
    )
    part = "the exponential is missing for some of the three numbers."
    yield part, np.array([right[0], mean - half, mean + half])
    mean_ratio = "the ratio is the exponential of the mean logarithm, not the mean of the ratios."
    yield mean_ratio, np.array([ratios.mean(), *right[1:]])
    plain = "half the width belongs to the logarithms: add and subtract it before the exponential."
    yield plain, right[0] + np.array([0, -half, half])
    once = "the logarithm is taken twice: `logs` are logarithms already."
    with np.errstate(all="ignore"):
        yield once, _ends(*_mean_and_half(np.log(logs)))
        yield once, _ends(*_mean_and_half(np.log(abs(logs))))
    yield (
        "the variance is taken for the standard deviation, its root.",
        _ends(mean, half * logs.std(ddof=1)),
    )
    extremes = "the ends are the smallest and the largest ratio; the interval is one of the mean."
    yield extremes, np.exp([mean, logs.min(), logs.max()])
    percentiles = "these are percentiles of the few ratios; the interval is one of their mean."
    yield percentiles, np.exp([mean, *np.percentile(logs, [2.5, 97.5])])
    yield "the median is taken; take the mean.", _ends(np.median(logs), half)
    yield "half of the width is halved once more.", _ends(mean, half / 2)
    yield "the power has base 10; np.exp undoes np.log.", 10 ** np.log(right)


def verdict(function) -> None:
    """Check a function (low, high, least, most) that returns one of three verdicts, a text."""
    ranges = (1.05, np.inf), (0.95, 1.05), (1.05, 1.25), (0, 0.5)
    intervals = [(1.06, 1.2), (1.01, 1.03), (1.02, 1.1), (0.97, 1.02), (0.9, 1.02), (0.8, 0.9),
                 (0.9, 1.1), (1.1, 1.4), (1.3, 1.5), (0.8, 1.3), (0.2, 0.4),
                 (0.4, 0.7)]  # fmt: skip
    cases = [
        Case("verdict(low, high, least, most)", low=low, high=high, least=least, most=most)
        for (least, most), (low, high) in product(ranges, intervals)
    ]
    results = [(case, call(case, function), _verdict(*case.given.values())) for case in cases]
    for case, got, right in results:
        said = "nothing was returned: it must end with `return …` (to print it is not enough)."
        case.require(got is not None, said, None, right)
        said = 'the result must be one of "holds", "fails" and "undecided", spelt exactly so.'
        case.require(isinstance(got, str) and got in VERDICTS, said, got, right)
    for case, got, right in results:
        case.require(got == right, _wrong_rule(results), got, right)


def _inside(low, high, least, most):
    return least < low and high < most


def _outside(low, high, least, most):
    return high < least or low > most


def _judged(holds, fails):
    """Return what gives a verdict by two conditions on (low, high, least, most)."""
    return lambda *given: HOLDS if holds(*given) else FAILS if fails(*given) else UNDECIDED


_verdict = _judged(_inside, _outside)


def _always(*_):
    return True


def _never(*_):
    return False


#: Wrong rules, by the cause to name.
_WRONG_RULES = {
    "it is always the same, whatever the interval is.": _judged(_never, _never),
    '"holds" and "fails" are exchanged.': _judged(_outside, _inside),
    "the interval must lie inside the range, not the range inside the interval; or is the order of "
    "the arguments (low, high, least, most) another?":
        lambda low, high, *edges: _verdict(*edges, low, high),
    'it is never "undecided": an interval that reaches over an edge is neither inside nor outside.':
        _judged(_inside, _always),
    'it never gives "fails": that is for intervals wholly below or wholly above the range. (No '
    "interval lies below and above at once: `or`, not `and`.)": _judged(_inside, _never),
    'an interval that only overlaps the range is "undecided"; to hold, all of it must lie inside.':
        _judged(lambda *given: not _outside(*given), _always),
    'it asks whether the interval contains 1; the claim fails if all of it lies outside the range.':
        _judged(_inside, lambda low, high, *_: low > 1 or high < 1),
    'it asks whether the interval contains 1: it fails if all of it lies outside the range.':
        lambda low, high, *edges: UNDECIDED if low < 1 < high else _judged(_inside, _always)(
            low, high, *edges),
    "it asks whether 1 is excluded; the edges of the claim are `least` and `most`.":
        _judged(lambda low, *_: low > 1, lambda low, high, *_: high < 1),
    "the upper edge, `most`, is not looked at.":
        _judged(lambda low, high, least, most: low > least, _outside),
    "the lower edge, `least`, is not looked at.":
        _judged(lambda low, high, least, most: high < most, _outside),
    'an interval wholly above `most` lies outside, too: "fails".':
        _judged(_inside, lambda low, high, least, most: high < least),
    'an interval wholly below `least` lies outside, too: "fails".':
        _judged(_inside, lambda low, high, least, most: low > most),
    "to hold, both ends must lie inside: `and`, not `or`.":
        _judged(lambda low, high, least, most: low > least or high < most, _outside),
    "it asks where the middle of the interval lies; all of the interval counts.":
        _judged(lambda low, high, least, most: least < (low + high) / 2 < most, _always),
    "one end of the interval is not looked at.":
        _judged(lambda low, high, least, most: least < low < most, _always),
    "the ends are ratios, as the edges are: take no logarithm.":
        lambda low, high, *edges: _verdict(np.log(low), np.log(high), *edges),
}  # fmt: skip


def _wrong_rule(results):
    """Return what explains all verdicts: triples of a case, a result and the right one."""
    for cause, rule in _WRONG_RULES.items():
        if all(got == rule(*case.given.values()) for case, got, _ in results):
            return cause
    return (
        '"holds" is right if the whole interval lies inside the range, "fails" if the whole '
        'interval lies outside, above or below it, and else "undecided".'
    )


def share_within(function) -> None:
    """Check a function (above, below, least, most): of all pairs, the share with such a ratio.

    A pair is any run of the one network with any of the other; its ratio lies in the range, or not.
    """
    rng = np.random.default_rng(13)
    cases = [
        {"above": rng.uniform(1, 2.4, n) * scale, "below": rng.uniform(1, 2, m) * scale,
         "least": least, "most": most}
        for n, m, scale, least, most in (
            (5, 5, 0.04, 1.05, 1.3), (4, 6, 2, 1.1, 1.7), (5, 3, 1, 0.9, 1.2),
        )
    ]  # fmt: skip

    def right(above, below, least, most):
        return _within(above[:, None] / below, least, most).mean()

    otherwise = (
        "divide each of `above` by each of `below`, none at random, and return the share of "
    )
    otherwise += "these ratios that lie between `least` and `most`."
    compare("share_within", function, right, _wrong_shares, cases, otherwise)


def _within(ratios, least, most):
    return (least < ratios) & (ratios < most)


def _wrong_shares(above, below, least, most):
    ratios = above[:, None] / below
    inside = _within(ratios, least, most)
    same = np.eye(*ratios.shape, dtype=bool)
    yield (
        "the ratio is upside down: `above` is divided by `below`.",
        _within(1 / ratios, least, most).mean(),
    )
    yield "this is the share outside the range.", 1 - inside.mean()
    yield "this is how many there are; divide by the number of all pairs.", inside.sum()
    yield "this is in percent; a share lies between 0 and 1.", 100 * inside.mean()
    yield "the upper edge, `most`, is not looked at.", (ratios > least).mean()
    yield "the lower edge, `least`, is not looked at.", (ratios < most).mean()
    yield (
        "a ratio must fulfill both conditions: `and` (&), not `or` (|).",
        np.mean((ratios > least) | (ratios < most)),
    )
    difference = above[:, None] - below
    yield "this is of differences; divide.", _within(difference, least, most).mean()
    yield "the edges are ratios: take no logarithm.", _within(np.log(ratios), least, most).mean()
    mean = "a mean is taken first; compare single runs, each with each."
    yield mean, _within(above.mean() / below.mean(), least, most)
    for means in (above / below.mean(), above.mean() / below):
        yield mean, _within(means, least, most).mean()
    for one in (ratios[0], ratios[:, 0]):
        first = "only the first run of one network is used; compare each with each."
        yield first, _within(one, least, most).mean()
    pairs = "runs are compared row by row, of the same seed only; compare each with each."
    yield pairs, inside[same].mean()
    yield "pairs of the same seed are left out; they count, too.", inside[~same].mean()
    for number in (len(above), len(below)):
        yield (
            "it is divided by too few: there are len(above) * len(below) pairs.",
            (inside.sum() / number),
        )
    for part in (inside, inside.ravel(), inside.mean(axis=0), inside.mean(axis=1)):
        yield "one number is asked for, the share of all pairs.", part
