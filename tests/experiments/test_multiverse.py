from dataclasses import replace

import pytest

from nnlib.experiments import claims, multiverse, verdicts
from nnlib.experiments.multiverse import Choices, restate
from nnlib.experiments.results import ErrorTable, Measurement


@pytest.fixture(scope="module")
def errors():
    return ErrorTable()


def claim(name):
    return next(one for one in claims.CLAIMS if one.id == name)


def test_the_choices_of_the_book_give_its_verdicts(errors):
    found = {one.claim.id: one.text for one in multiverse.judge(Choices(), errors)}
    assert found == {name: one.text for name, one in verdicts.of_the_book().items()}


@pytest.mark.parametrize("one", multiverse.REPORTED, ids=lambda one: one.id)
def test_the_choices_of_the_book_leave_every_bound_as_it_is(one):
    for before, after in zip(one.statements, restate(one, Choices()).statements, strict=True):
        assert after.bounds == before.bounds


def test_each_bound_moves_with_its_word():
    chosen = Choices(matters=1.1, slight=1.5, well=3)
    bounds = [one.bounds for one in restate(claim("R10"), chosen).statements]
    assert bounds == [(3, float("inf")), (3, float("inf")), (1.1, 1.5)]
    (equal,) = restate(claim("R3"), chosen).statements
    assert equal.bounds == (1 / 1.1, 1.1)


def test_what_was_not_measured_by_a_metric_is_judged_by_mse():
    chosen = Choices(column="ssim", clipped=False)
    columns = {
        name: [one.ratio.numerator[0].column for one in restate(claim(name), chosen).statements]
        for name in ("R1", "R10", "R13", "R15")
    }
    assert columns == {
        "R1": ["ssim"],
        "R10": ["mse", "mse", "ssim"],
        "R13": ["mse"] * 3,
        "R15": ["mse", "mse", "ssim"],
    }


def test_claims_about_unclipped_noise_are_judged_where_the_report_looked(errors):
    found = multiverse.judge(Choices(clipped=False), errors)
    here = {one.claim.id for one in found if not one.elsewhere}
    assert here == {"R10", "R11", "R12", "R15"}


def test_few_seeds_are_the_first_ones_and_noise_itself_needs_no_table(errors):
    known = multiverse.restrict(errors, 3)
    assert known(Measurement(None, "unclipped", 0.6), "mse") == dict.fromkeys(range(3), 0.36 / 3)
    clean = Measurement(claims.mse())
    assert known(clean, "mse") == {seed: errors(clean, "mse")[seed] for seed in range(3)}
    digit = multiverse.Reading(claims.mse(), column="digit_4")
    assert known(digit, "mse")[1] == errors.rows[claims.mse(), "noise", 0][1]["digit_4"]


def test_a_claim_of_the_book_itself_is_not_judged_among_those_of_the_report():
    assert {one.id[0] for one in multiverse.REPORTED} == {"R"}
    assert replace(claim("R1"), id="B1") not in multiverse.REPORTED
