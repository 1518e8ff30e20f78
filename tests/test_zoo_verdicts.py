from dataclasses import replace
from zlib import crc32

import numpy as np
import pytest

from nnlib.zoo import grid, verdicts
from nnlib.zoo.claims import BETTER, CLAIMS, Claim, Error, bce, compare, mse
from nnlib.zoo.verdicts import (
    details,
    home,
    in_words,
    judge,
    overall,
    overview,
    ratios,
    statements,
    together,
)


def errors_of(error_of, seeds=5, spread=0.01):
    """Return errors as `judge` takes them: `error_of` each network, with a little chance added."""

    def errors(error, score):
        if error.member is None:
            return dict.fromkeys(range(seeds), 1.0)
        rng = np.random.default_rng(crc32(repr((error, score)).encode()))
        value = error_of(error)
        return {seed: value * np.exp(rng.normal(0, spread)) for seed in range(seeds)}

    return errors


def claim(text="a", range=BETTER, others=("steps",)):
    return Claim("R0", text, "here", (compare("bce over mse", bce(20), mse(20), range),), others)


def verdict(error_of, **options):
    return judge(errors_of(error_of), [claim(**options)])[0]


@pytest.mark.parametrize(("ratio", "expected"), [(1.5, "holds"), (1.0, "fails"), (0.5, "fails")])
def test_a_clear_difference_decides_a_claim(ratio, expected):
    found = verdict(lambda error: ratio if error.member.setting.loss == "bce" else 1.0)
    assert found.text == expected
    assert found.findings[0].by_mse.ratio == pytest.approx(ratio, rel=0.05)
    assert found.findings[0].by_mse.seeds == 5


def test_ratios_are_those_of_the_seeds_that_both_have():
    def errors(error, score):
        return {0: 3.0, 1: 4.0} if error.member.setting.loss == "bce" else {1: 2.0, 2: 2.0}

    assert ratios(claim().statements[0], errors) == {1: 2.0}


def test_a_verdict_reads_as_text():
    text = str(verdict(lambda error: 1.5 if error.member.setting.loss == "bce" else 1.0))
    assert text.startswith("R0. a\nHere: here.\n- bce over mse: holds.\n  Ratio 1.5")
    assert text.endswith("In the 2 other settings it holds in 2.\nVerdict: holds.")


def test_tables_for_readers():
    def error_of(error):
        loss, _, _, steps = error.member.setting
        return 1.5 if loss == "bce" and steps != 8 else 1.0

    one = replace(claim(), statements=claim().statements * 2)
    found = judge(errors_of(error_of), [claim(), replace(one, id="R1")])
    assert overview(found)[0] == {
        "claim": "R0",
        "what it says": "a",
        "here": "holds",
        "elsewhere": "1 fails, 1 holds",
        "verdict": "**depends on depth**",
    }
    assert list(statements(found)) == ["R0", "R1a", "R1b"]
    row = details(statements(found))[2]
    assert (row["claim"], row["claimed"], row["verdict"]) == ("R1b", "1.05 or more", "holds")
    assert row["ratio"].startswith("1.5")


def test_ranges_are_told_without_what_goes_without_saying():
    assert in_words(*BETTER) == "1.05 or more"
    assert in_words(0, 2) == "up to 2.00"
    assert in_words(0.95, 1.05) == "0.95 to 1.05"


def test_noise_leaves_it_undecided():
    one = judge(errors_of(lambda error: 1.0, spread=1.0), [claim()])[0]
    assert one.text == "undecided"


def test_another_setting_that_contradicts_makes_it_depend():
    def error_of(error):
        loss, _, _, steps = error.member.setting
        return 1.5 if loss == "bce" and steps != 8 else 1.0

    one = verdict(error_of)
    assert one.text == "depends on depth"
    assert one.elsewhere == {(2,): "holds", (8,): "fails"}


def test_all_statements_must_hold():
    assert together(["holds", "holds"]) == "holds"
    assert together(["holds", "undecided"]) == "undecided"
    assert together(["undecided", "fails"]) == "fails"


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ({(32, 8): "fails", (64, 4): "undecided", (64, 8): "undecided"}, "depends on depth"),
        ({(32, 8): "holds", (64, 4): "fails", (64, 8): "fails"}, "depends on batch size"),
        (
            {(32, 8): "fails", (64, 4): "fails", (64, 8): "holds"},
            "depends on batch size and depth",
        ),
        ({(32, 8): "undecided", (64, 4): "holds", (64, 8): "undecided"}, "holds"),
    ],
)
def test_the_fewest_fields_that_tell_the_verdict_are_named(there, expected):
    assert overall("holds", (32, 4), there, ("batch_size", "steps")) == expected


def test_what_is_undecided_here_stays_so_whatever_is_elsewhere():
    assert overall("undecided", (4,), {(8,): "holds"}, ("steps",)) == "undecided"


def test_many_claims_need_more_evidence_than_one():
    errors = errors_of(
        lambda error: 1.1 if error.member.setting.loss == "bce" else 1.0, spread=0.02
    )
    alone = judge(errors, [claim()])[0]
    rest = [replace(claim(f"c{i}"), id=f"R{i}") for i in range(200)]
    among_many = judge(errors, [claim(), *rest])[0]
    assert alone.findings[0].by_mse == among_many.findings[0].by_mse
    assert alone.text == "holds"
    assert among_many.text == "undecided"


def test_a_statement_is_estimated_in_every_setting_the_report_first(monkeypatch):
    def error_of(error):
        return 1.5 if error.member.setting.loss == "bce" and error.member.setting.steps == 8 else 1

    monkeypatch.setattr(verdicts.tables, "Errors", lambda: errors_of(error_of))
    found = verdicts.everywhere("R3")
    assert len(found) == 12
    assert next(iter(found)) == "batch 32, code 16, 8 layers"
    assert found["batch 64, code 32, 16 layers"].ratio == pytest.approx(1.5, rel=0.05)
    assert found["batch 64, code 32, 4 layers"].ratio == pytest.approx(1, rel=0.05)


# The claims themselves


def test_the_report_has_fifteen_and_each_statement_has_a_range():
    names = [one.id for one in CLAIMS]
    assert names[:15] == [f"R{number}" for number in range(1, 16)]
    assert names[15:] == [f"B{number}" for number in range(1, len(names) - 14)]  # the book's own
    for one in CLAIMS:
        assert one.statements
        for statement in one.statements:
            assert 0 <= statement.range[0] < statement.range[1]


@pytest.mark.parametrize("one", CLAIMS, ids=lambda one: one.id)
def test_a_claim_is_about_networks_that_are_in_the_zoo_here_and_elsewhere(one):
    asked = []

    def errors(error: Error, score):
        asked.append(error)
        assert error.member is None or error.member in grid.MEMBERS
        return {0: 1.0, 1: 1.1, 2: 1.2}

    judge(errors, [one])
    assert asked
    assert len(home(one)) == len(one.others)
    kept = [
        {getattr(error.member.setting, field) for error in asked if error.member}
        for field in one.others
    ]
    assert all(len(values) > 1 for values in kept)
