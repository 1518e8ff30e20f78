"""Is a claim true, given a few trainings? Floor 5.

A claim is put as a range: "at least 5 % better" says that a ratio of two errors lies between 1.05
and infinity. Each seed gives one ratio. The unit of replication is the trained network, not the
image: a thousand images through one network are still one network. So the interval is Student's,
over the logarithms of the seeds' ratios, and the claim holds if the data exclude that the ratio
lies outside its range, fails if they exclude that it lies inside, and is undecided otherwise.
"""

from dataclasses import dataclass

import numpy as np

ALPHA = 0.05


@dataclass(frozen=True)
class Estimate:
    """What some seeds say of a ratio, and of the claim that it lies within a range.

    Attributes:
        ratio: the geometric mean over the seeds.
        low, high: its 95 % interval.
        seeds: how many there are.
        holds, fails: two-sided p-values: how easily chance makes such data if the claim were false,
            and if it were true.
    """

    ratio: float
    low: float
    high: float
    seeds: int
    holds: float
    fails: float

    def verdict(self, alpha: float = ALPHA) -> str:
        """Return "holds", "fails" or "undecided", at a level of significance."""
        if self.holds < alpha:
            return "holds"
        return "fails" if self.fails < alpha else "undecided"

    def __str__(self):
        return f"{self.ratio:.2f} ({self.low:.2f} to {self.high:.2f})"


def estimate(ratios, least: float, most: float) -> Estimate:
    """Return what `ratios`, one a seed, say of the claim "between `least` and `most`".

    Args:
        ratios: positive numbers, at least two.
        least, most: the range, from 0 to infinity.

    Raises:
        ValueError: fewer than two ratios, one that is not positive and finite, or an empty range.
    """
    from scipy import stats

    logs = np.log(np.asarray(ratios, float))
    if len(logs) < 2 or not np.isfinite(logs).all():
        raise ValueError(f"An interval needs two positive ratios or more, but got {ratios}.")
    if not 0 <= least < most:
        raise ValueError(f"A claim needs a range, but got {least} to {most}.")
    mean, freedom = logs.mean(), len(logs) - 1
    # Ratios that agree to the last digit would leave no width at all; rounding is never less.
    error = max(logs.std(ddof=1) / np.sqrt(len(logs)), 1e-12)
    reach = stats.t.ppf(1 - ALPHA / 2, freedom) * error

    with np.errstate(divide="ignore"):
        to_least, to_most = (mean - np.log(least)) / error, (np.log(most) - mean) / error
    # To hold, both ends of the range must be excluded, so the weaker of the two counts.
    nearer_end = min(to_least, to_most)
    holds, fails = (min(1, 2 * stats.t.sf(sign * nearer_end, freedom)) for sign in (1, -1))
    ends = np.exp([mean, mean - reach, mean + reach]).tolist()
    return Estimate(*ends, len(logs), float(holds), float(fails))


def holm(p_values) -> list[float]:
    """Return p-values that a whole family may be judged by, after Holm (1979).

    The smallest is multiplied by how many there are, the next by one less, and so on; none may
    come out below one that was smaller. With them, the chance of any wrong decision in the family
    stays below the level at which each is judged.
    """
    p = np.asarray(p_values, float)
    order = np.argsort(p)
    scaled = p[order] * np.arange(len(p), 0, -1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(1, np.maximum.accumulate(scaled))
    return adjusted.tolist()
