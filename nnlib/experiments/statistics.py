"""Is a claim true, given a few training runs?

A claim is put as a range: "at least 5 % better" says that a ratio of two errors lies between 1.05
and infinity. Each seed gives one ratio. The unit of replication is the trained network, not the
image: a thousand images through one network are still one network. So the interval is Student's,
over the logarithms of the seeds' ratios, and the claim holds if the data exclude that the ratio
lies outside its range, fails if they exclude that it lies inside, and is undecided otherwise.

"Undecided" has three causes (`CAUSES`), and these are the rules that tell them apart:

- *No network has learned.* A network has learned if its error is below `LEARNED` times that of the
  mean image, which needs no network. The ratio of two networks that have not says nothing.
- *The ratio lies at the edge.* The interval reaches over an edge of the range, and no part of it is
  farther from that edge than a factor of `MATTERS`. So the data show that the ratio is at the edge,
  up to what does not matter: more seeds would hardly help.
- *The interval is wide.* All else: more seeds would make it narrower.
"""

from dataclasses import dataclass

import numpy as np

from nnlib.experiments.claims import MATTERS

ALPHA = 0.05
LEARNED = 0.9
CAUSES = UNLEARNED, AT_EDGE, WIDE = (
    "no network has learned",
    "the ratio lies at the edge",
    "the interval is wide",
)


@dataclass(frozen=True)
class Estimate:
    """What some seeds say of a ratio, and of the claim that it lies within a range.

    Attributes:
        ratio: the geometric mean over the seeds.
        low, high: its 95 % interval.
        seeds: how many there are.
        p_holds, p_fails: p-values for the two decisions, each twice that of a one-sided test: how
            easily chance makes such data if the claim were false, and if it were true. Only one of
            the two decisions can be wrong, so at a level of 5 % a wrong one comes in 2.5 % of cases
            at most.
        cause: of `CAUSES`, why it is undecided if it is.
    """

    ratio: float
    low: float
    high: float
    seeds: int
    p_holds: float
    p_fails: float
    cause: str = WIDE

    def verdict(self, alpha: float = ALPHA) -> str:
        """Return "holds", "fails" or "undecided", at a level of significance."""
        if self.p_holds < alpha:
            return "holds"
        return "fails" if self.p_fails < alpha else "undecided"

    def __str__(self):
        return f"{self.ratio:.2f} ({self.low:.2f} to {self.high:.2f})"


def has_learned(errors, mean_image: float) -> np.ndarray:
    """Return for each of `errors` whether a network that has it has learned.

    Args:
        errors: mean squared errors on images that are not corrupted.
        mean_image: the error, on the same images, of the mean of the training images.
    """
    return np.asarray(errors) < LEARNED * mean_image


def compare_errors(
    numerator, denominator, least: float, most: float, mean_image: float
) -> Estimate:
    """Return what the errors of two networks, one a seed, say of the ratio of the two.

    Before all else it looks whether one of them has learned, with at least one seed. A study of
    one's own begins here; `estimate` takes the ratios, and cannot look.

    Args:
        numerator, denominator: errors on the same images, in the order of the seeds.
        least, most: as for `estimate`.
        mean_image: as for `has_learned`.
    """
    numerator, denominator = np.asarray(numerator, float), np.asarray(denominator, float)
    learned = has_learned([numerator, denominator], mean_image).any()
    return estimate(numerator / denominator, least, most, learned=bool(learned))


def estimate(ratios, least: float, most: float, *, learned: bool = True) -> Estimate:
    """Return what `ratios`, one a seed, say of the claim "between `least` and `most`".

    Args:
        ratios: positive numbers, at least two.
        least, most: the range, from 0 to infinity.
        learned: whether any of the networks has learned; if not, nothing is decided.

    Raises:
        ValueError: fewer than two ratios, one that is not positive and finite, or an empty range.
    """
    from scipy.special import stdtr, stdtrit  # all of scipy.stats takes seconds to import

    logs = np.log(np.asarray(ratios, float))
    if len(logs) < 2 or not np.isfinite(logs).all():
        raise ValueError(f"An interval needs two positive ratios or more, but got {ratios}.")
    if not 0 <= least < most:
        raise ValueError(f"A claim needs a range, but got {least} to {most}.")
    mean, freedom = logs.mean(), len(logs) - 1
    # Ratios that agree to the last digit would leave no width at all; rounding is never less.
    error = max(logs.std(ddof=1) / np.sqrt(len(logs)), 1e-12)
    reach = stdtrit(freedom, 1 - ALPHA / 2) * error

    with np.errstate(divide="ignore"):
        to_least, to_most = (mean - np.log(least)) / error, (np.log(most) - mean) / error
    # To hold, both ends of the range must be excluded, so the weaker of the two counts.
    nearer_end = min(to_least, to_most)
    p_holds, p_fails = (min(1, 2 * stdtr(freedom, -sign * nearer_end)) for sign in (1, -1))
    ratio, low, high = np.exp([mean, mean - reach, mean + reach]).tolist()
    if not learned:
        return Estimate(ratio, low, high, len(logs), 1.0, 1.0, UNLEARNED)
    at_edge = any(e / MATTERS <= low <= e <= high <= e * MATTERS for e in (least, most))
    cause = AT_EDGE if at_edge else WIDE
    return Estimate(ratio, low, high, len(logs), float(p_holds), float(p_fails), cause)


def holm(p_values) -> list[float]:
    """Return p-values that a whole family may be judged by, after Holm (1979).

    The smallest is multiplied by how many there are, the next by one less, and so on; none may
    come out below one that was smaller. With them, the chance that any true hypothesis of the
    family is rejected stays below the level at which each is judged, however the p-values depend on
    each other. A verdict also has a direction, "holds" or "fails". That none is given in the wrong
    direction is proved for independent tests (Shaffer 1980); ours share networks.
    """
    p = np.asarray(p_values, float)
    order = np.argsort(p)
    scaled = p[order] * np.arange(len(p), 0, -1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(1, np.maximum.accumulate(scaled))
    return adjusted.tolist()
