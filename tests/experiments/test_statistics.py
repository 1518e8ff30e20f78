from math import inf

import numpy as np
import pytest
from scipy import stats

from nnlib.experiments.statistics import (
    AT_EDGE,
    UNLEARNED,
    WIDE,
    compare_errors,
    estimate,
    has_learned,
    holm,
)


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
    assert estimate(ratios, bound, inf).p_holds == pytest.approx(min(1, 2 * test.pvalue))
    assert estimate(ratios, 0, bound).p_fails == pytest.approx(min(1, 2 * test.pvalue))


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


def on_the_edge(rng, experiments=4000):
    """Estimates from five seeds each, where the ratio is the least that is claimed."""
    logs = rng.normal(np.log(1.05), 0.1, (experiments, 5))
    return [estimate(ratios, 1.05, inf) for ratios in np.exp(logs)]


def test_one_interval_in_twenty_misses_and_half_of_those_give_a_wrong_verdict(rng):
    estimates = on_the_edge(rng)
    missed = np.mean([not one.low < 1.05 < one.high for one in estimates])
    assert missed == pytest.approx(0.05, abs=0.01)
    # The ratio lies in the range, so "holds" is right: only "fails" is wrong.
    wrong = np.mean([one.verdict() == "fails" for one in estimates])
    assert wrong == pytest.approx(0.025, abs=0.007)


def test_with_holm_a_wrong_verdict_among_many_stays_as_rare(rng):
    families = np.array([(one.p_holds, one.p_fails) for one in on_the_edge(rng)]).reshape(-1, 20, 2)
    alone = (families[..., 1] < 0.05).any(axis=1).mean()
    assert alone == pytest.approx(1 - 0.975**20, abs=0.1)
    corrected = [np.array(holm(family.min(axis=1))) < 0.05 for family in families]
    wrong = [
        (seen & (p[:, 1] < p[:, 0])).any() for seen, p in zip(corrected, families, strict=True)
    ]
    assert np.mean(wrong) <= 0.05


@pytest.mark.parametrize(
    ("ratios", "least", "most", "cause"),
    [
        ([1.04, 1.06, 1.05, 1.05, 1.05], 1.05, inf, AT_EDGE),
        ([1.02, 1.07, 1.06, 1.03, 1.05], 1.05, 1.25, AT_EDGE),
        ([1.24, 1.26, 1.25, 1.25, 1.25], 1.05, 1.25, AT_EDGE),  # the other edge
        ([0.7, 1.3, 1.1, 2.0, 0.9], 1.05, inf, WIDE),
        ([0.95, 1.04, 1.01, 1.08, 1.02], 1 / 1.05, 1.03, WIDE),  # it reaches beyond 5 % of the edge
    ],
)
def test_the_causes_of_undecided(ratios, least, most, cause):
    one = estimate(ratios, least, most)
    assert (one.verdict(), one.cause) == ("undecided", cause)


def test_at_the_edge_more_seeds_do_not_decide_and_elsewhere_they_do(rng):
    for ratio, cause, verdict in [(1.05, AT_EDGE, "undecided"), (1.1, WIDE, "holds")]:
        logs = rng.normal(np.log(ratio), 0.05, (50, 200))
        few, many = ([estimate(np.exp(row[:n]), 1.05, inf) for row in logs] for n in (5, 200))
        assert np.mean([one.verdict() == "undecided" for one in few]) > 0.4
        assert np.mean([one.verdict() == verdict for one in many]) > 0.85
        if verdict == "undecided":
            assert all(one.cause == cause for one in many if one.verdict() == verdict)
        assert sum(one.cause == AT_EDGE for one in few) < 25


def test_what_has_not_learned_is_not_clearly_better_than_the_mean_image():
    assert (
        has_learned([0.02, 0.0605, 0.0607, 0.067, 0.5], 0.0673).tolist()
        == [True, True] + [False] * 3
    )


def test_errors_at_the_mean_image_decide_nothing():
    above, below = [0.0685, 0.0686, 0.0686], [0.0672, 0.0673, 0.0673]
    ratios = np.divide(above, below)
    assert estimate(ratios, 1.05, inf).verdict() == "fails"  # it does not see the errors
    one = compare_errors(above, below, 1.05, inf, 0.0673)
    assert (str(one), one.verdict(), one.cause) == ("1.02 (1.02 to 1.02)", "undecided", UNLEARNED)


def test_errors_of_networks_one_of_which_has_learned_are_compared():
    above, below = [0.067, 0.068, 0.067], [0.02, 0.021, 0.02]
    one = compare_errors(above, below, 1.05, inf, 0.0673)
    assert one == estimate(np.divide(above, below), 1.05, inf)


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
    assert adjusted.min() == 20 * p.min()
    assert (np.diff(adjusted[np.argsort(p)]) >= 0).all()
