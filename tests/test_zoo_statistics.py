from math import inf

import numpy as np
import pytest
from scipy import stats

from nnlib.zoo.statistics import estimate, holm


def test_the_interval_is_students_on_the_logarithms():
    ratios = [1.1, 1.2, 1.4, 1.3, 1.25]
    one = estimate(ratios, 1.05, inf)
    low, high = stats.t.interval(0.95, 4, np.mean(np.log(ratios)), stats.sem(np.log(ratios)))
    assert (one.low, one.high) == pytest.approx((np.exp(low), np.exp(high)))
    assert one.ratio == pytest.approx(np.prod(ratios) ** 0.2)
    assert one.seeds == 5


@pytest.mark.parametrize("bound", [1.05, 1.2])
def test_the_p_value_of_one_bound_is_that_of_the_t_test(bound):
    ratios = [1.1, 1.2, 1.4, 1.3, 1.25]
    test = stats.ttest_1samp(np.log(ratios), np.log(bound), alternative="greater")
    assert estimate(ratios, bound, inf).holds == pytest.approx(min(1, 2 * test.pvalue))
    assert estimate(ratios, 0, bound).fails == pytest.approx(min(1, 2 * test.pvalue))


@pytest.mark.parametrize(
    ("ratios", "least", "most", "verdict"),
    [
        ([1.5, 1.52, 1.48, 1.51, 1.49], 1.05, inf, "holds"),
        ([1.5, 1.52, 1.48, 1.51, 1.49], 1.05, 1.25, "fails"),  # more than slightly
        ([1.01, 1.02, 0.99, 1.0, 1.01], 1 / 1.05, 1.05, "holds"),
        ([1.01, 1.02, 0.99, 1.0, 1.01], 1.05, inf, "fails"),  # an effect, but none that matters
        ([0.7, 1.3, 1.1, 2.0, 0.9], 1.05, inf, "undecided"),
        ([1.04, 1.06, 1.05, 1.05, 1.05], 1.05, inf, "undecided"),  # on the edge
    ],
)
def test_verdicts(ratios, least, most, verdict):
    assert estimate(ratios, least, most).verdict() == verdict


def test_a_decision_for_one_bound_is_the_same_as_the_interval_on_one_side_of_it(rng):
    for _ in range(200):
        one = estimate(np.exp(rng.normal(0.1, 0.1, 5)), 1.05, inf)
        assert (one.verdict() == "holds") == (one.low > 1.05)
        assert (one.verdict() == "fails") == (one.high < 1.05)


def test_about_one_interval_in_twenty_misses_and_fewer_wrong_verdicts_are_given(rng):
    estimates = [estimate(np.exp(rng.normal(np.log(1.05), 0.1, 5)), 1.05, inf) for _ in range(2000)]
    missed = np.mean([not one.low < 1.05 < one.high for one in estimates])
    assert missed == pytest.approx(0.05, abs=0.015)
    wrong = np.mean([one.verdict() != "undecided" for one in estimates])
    assert wrong == missed


def test_ratios_that_agree_entirely_are_decided():
    assert estimate([2.0, 2.0], 1.05, inf).verdict() == "holds"


@pytest.mark.parametrize("ratios", [[1.0], [1.0, 0.0], [1.0, -2.0], [1.0, inf], [1.0, np.nan]])
def test_ratios_that_tell_nothing_are_refused(ratios):
    with (
        np.errstate(divide="ignore", invalid="ignore"),
        pytest.raises(ValueError, match="two positive ratios or more"),
    ):
        estimate(ratios, 1, 2)


def test_an_empty_range_is_refused():
    with pytest.raises(ValueError, match="A claim needs a range, but got 2 to 1"):
        estimate([1.0, 1.1], 2, 1)


def test_holm_on_a_worked_example():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.6]) == [1, 1]


def test_holm_lies_between_no_correction_and_bonferroni(rng):
    p = rng.uniform(size=20)
    adjusted = np.array(holm(p))
    assert (adjusted >= p).all()
    assert (adjusted <= np.minimum(1, 20 * p)).all()
    assert (np.argsort(p) == np.argsort(adjusted, kind="stable")).sum() >= 1
    assert (np.diff(adjusted[np.argsort(p)]) >= 0).all()
