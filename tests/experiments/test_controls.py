from math import sqrt

import numpy as np
import pytest

from nnlib.experiments import claims, controls, results, verdicts
from nnlib.experiments.statistics import estimate

SOME = 20  # studies of each kind: enough to tell rates apart, and done in a second


@pytest.fixture(scope="module")
def few():
    return controls.table(SOME)


@pytest.fixture(scope="module")
def kept():
    return results.read(results.path("controls"))


def planted(ratio, seeds=5, spread=0.01):
    return ratio * np.exp(spread * np.linspace(-1, 1, seeds))


def test_a_study_is_judged_statement_by_statement():
    study = [
        (claims.BETTER, planted(1.5)),
        (claims.EQUAL, planted(1.5)),
        (claims.EQUAL, planted(1.0)),
        (claims.SLIGHTLY, planted(1.1)),
        (claims.SLIGHTLY, planted(1.05)),
    ]
    found = controls.findings(study)
    assert [one.verdict for one in found] == ["holds", "fails", "holds", "holds", "undecided"]
    assert [one.by_mse.ratio for one in found] == pytest.approx([1.5, 1.5, 1.0, 1.1, 1.05])


def test_all_statements_of_a_study_are_one_family():
    near = (claims.BETTER, planted(1.08, spread=0.02))
    (alone,) = controls.findings([near])
    among = controls.findings([near] + [(claims.BETTER, planted(1.05))] * 28)
    assert 0.05 / 29 < alone.by_mse.p_holds < 0.05
    assert (alone.verdict, among[0].verdict) == ("holds", "undecided")


@pytest.mark.parametrize(
    ("verdict", "ratio", "wrong"),
    [
        ("holds", 1.05, False),
        ("holds", 1.04, True),
        ("holds", 1.26, True),
        ("fails", 1.04, False),
        ("fails", 1.25, True),
        ("fails", 1.26, False),
        ("undecided", 1.0, False),
    ],
)
def test_a_decision_is_wrong_on_the_other_side_of_an_edge(verdict, ratio, wrong):
    assert controls.is_wrong(verdict, ratio, claims.SLIGHTLY) == wrong


def test_the_noise_is_that_of_the_statements():
    errors = results.ErrorTable()
    (asked,) = claims.CLAIMS[0].statements
    logs = np.log([*verdicts.ratios(asked, errors).values()])
    found = controls.spreads(errors)
    assert found["R1"] == pytest.approx(np.std(logs, ddof=1))
    assert len(found) == 29


@pytest.mark.parametrize("tests", [1, 29])
@pytest.mark.parametrize("seeds", [3, 5, 10])
def test_the_smallest_effect_is_seen_in_four_of_five_studies(seeds, tests, rng):
    ratio = controls.smallest_effect(0.1, seeds, tests=tests)
    logs = rng.normal(np.log(ratio), 0.1, (2000, seeds))
    seen = [tests * estimate(one, *claims.BETTER).p_holds < 0.05 for one in np.exp(logs)]
    assert np.mean(seen) == pytest.approx(0.8, abs=0.04)


def test_what_is_drawn_is_drawn_around_what_is_planted(rng):
    errors = results.ErrorTable()
    made = controls._controls(errors)
    for name, seeds in (("drawn", 10), ("same networks", 5)):
        study = [one for _ in range(40) for one in made[name][0](rng, seeds)]
        logs = np.array([np.log(ratios / ratio) for ratio, ratios in study])
        assert logs.shape == (40 * 29, seeds)
        assert abs(logs.mean()) < 4 * logs.std() / sqrt(logs.size)
        assert {ratio for ratio, _ in study} == set(controls.RATIOS)
    longer = made["more epochs"][0](rng, 10)
    assert all(ratios.min() > 1.5 for _, ratios in longer)


def test_rows_count_all_statements_and_come_out_the_same_again(few):
    assert controls.table(2) == controls.table(2)
    statements = [row for row in few if row["claimed"] != "any"]
    assert sum(row["trials"] for row in statements) == 8 * SOME * 29
    for row in statements:
        assert row["holds"] + row["fails"] + row["undecided"] == pytest.approx(1)
        assert 0 <= row["wrong"] <= max(row["holds"], row["fails"])
    assert [row["trials"] for row in few if row["claimed"] == "any"] == [SOME] * 8


def test_the_kept_table_is_what_its_command_makes(few, kept):
    """Fewer studies give the same rates, up to chance."""

    def key(row):
        return row["control"], row["seeds"], row["claimed"], row["ratio"] and round(row["ratio"], 4)

    there = {key(row): row for row in kept}
    assert len(there) == len(kept) == len(few)
    far = 0
    for row in few:
        other = there[key(row)]
        for name in ("holds", "fails", "undecided", "wrong", "wrong_alone"):
            if row[name] is not None:
                p = min(max(other[name], 0.01), 0.99)
                far += abs(row[name] - other[name]) > 4 * sqrt(p * (1 - p) / row["trials"])
    assert far <= 1


def test_wrong_verdicts_are_as_rare_as_promised(kept):
    statements = [row for row in kept if row["claimed"] != "any"]
    for row in statements:
        chance = 4 * sqrt(0.025 * 0.975 / row["trials"])
        assert row["wrong_alone"] < 0.025 + chance, row
        assert row["wrong"] <= 0.025, row
    at_edge = [row["wrong_alone"] for row in statements
               if row["control"] == "drawn" and row["ratio"] in claims.SLIGHTLY
               and row["ratio"] in controls.CLAIMED[row["claimed"]]]  # fmt: skip
    assert len(at_edge) == 12
    assert np.mean(at_edge) == pytest.approx(0.025, abs=0.003)  # all that the level allows
    for row in kept:
        if row["claimed"] == "any":
            assert row["wrong"] <= 0.05, row


def test_a_known_advantage_is_always_found(kept):
    longer = [row for row in kept if row["control"] == "more epochs" and row["claimed"] != "any"]
    verdict = {"better": "holds", "equal": "fails", "slightly": "fails"}
    assert len(longer) == 9
    for row in longer:
        found = row[verdict[row["claimed"]]]
        assert found == 1 if row["seeds"] > 3 else found > 0.99, row
        assert row["wrong"] == row["wrong_alone"] == 0


def test_a_figure_gets_the_rates_by_the_number_of_seeds():
    found = controls.rates("better")
    assert [*found] == [3, 5, 10]
    assert found[5]["ratio"] == [*controls.RATIOS]
    assert found[10]["holds"][-1] > found[5]["holds"][-1] > found[3]["holds"][-1]
    assert [*controls.rates("equal", "same networks")] == [3, 5]
    with pytest.raises(ValueError, match="nothing of 'worse' and 'drawn'"):
        controls.rates("worse")
