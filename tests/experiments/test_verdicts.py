import re
from collections import Counter
from dataclasses import replace
from zlib import crc32

import nbformat
import numpy as np
import pytest
from helpers import NUMBERS, ROOT

from nnlib.experiments import grid, results, verdicts
from nnlib.experiments.claims import BETTER, CLAIMS, Claim, bce, mse, ratio
from nnlib.experiments.folders import DATA_SETS, Images
from nnlib.experiments.results import Measurement
from nnlib.experiments.verdicts import (
    combine_configs,
    combine_statements,
    details,
    in_words,
    judge,
    overview,
    ratios,
    reported_values,
    statements,
    table,
)


def errors_of(error_of, seeds=5, spread=0.01):
    """Return errors as `judge` takes them: `error_of` each network, with a little chance added.

    In units of a hundredth, so that a network with an error of 1 has learned.
    """

    def errors(error, score):
        network = error.checkpoint and error.checkpoint.name
        asked = (network, error.corruption, error.level, error.masked, score)
        rng = np.random.default_rng(crc32(repr(asked).encode()))
        value = 0.01 * error_of(error)
        return {seed: value * np.exp(rng.normal(0, spread)) for seed in range(seeds)}

    return errors


def claim(text="a", bounds=BETTER, varied_fields=("steps",)):
    says = {"bce over mse": ratio(bce(20), mse(20)).within(bounds)}
    return Claim("R0", text, "here", says, varied_fields)


def verdict(error_of, **options):
    return judge(errors_of(error_of), [claim(**options)])[0]


@pytest.mark.parametrize(("ratio", "expected"), [(1.5, "holds"), (1.0, "fails"), (0.5, "fails")])
def test_a_clear_difference_decides_a_claim(ratio, expected):
    found = verdict(lambda error: ratio if error.checkpoint.config.loss == "bce" else 1.0)
    assert found.text == expected
    assert found.findings[0].by_mse.ratio == pytest.approx(ratio, rel=0.05)
    assert found.findings[0].by_mse.seeds == 5


def test_ratios_are_those_of_the_seeds_that_both_have():
    def errors(error, score):
        return {0: 3.0, 1: 4.0} if error.checkpoint.config.loss == "bce" else {1: 2.0, 2: 2.0}

    assert ratios(claim().statements[0], errors) == {1: 2.0}


def test_a_verdict_reads_as_text():
    text = str(verdict(lambda error: 1.5 if error.checkpoint.config.loss == "bce" else 1.0))
    assert text.startswith("R0. a\nHere: here.\n- bce over mse: holds.\n  Ratio 1.5")
    assert text.endswith("In the 2 other configurations it holds in 2.\nVerdict: holds.")


def test_tables_for_readers():
    def error_of(error):
        loss, _, _, steps = error.checkpoint.config
        return 1.5 if loss == "bce" and steps != 8 else 1.0

    (statement,) = claim().statements
    one = replace(claim(), says={"a": statement, "b": statement})
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
        loss, _, _, steps = error.checkpoint.config
        return 1.5 if loss == "bce" and steps != 8 else 1.0

    one = verdict(error_of)
    assert one.text == "depends on depth"
    assert one.elsewhere == {(2,): "holds", (8,): "fails"}


def test_all_statements_must_hold():
    assert combine_statements(["holds", "holds"]) == "holds"
    assert combine_statements(["holds", "undecided"]) == "undecided"
    assert combine_statements(["undecided", "fails"]) == "fails"


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
    assert combine_configs("holds", (32, 4), there, ("batch_size", "steps")) == expected


def test_what_is_undecided_here_stays_so_whatever_is_elsewhere():
    assert combine_configs("undecided", (4,), {(8,): "holds"}, ("steps",)) == "undecided"


# Claims about all settings


def universal(error_of):
    one = replace(claim(bounds=BETTER), universal=True)
    return judge(errors_of(error_of), [one])[0]


@pytest.mark.parametrize(
    ("of_8_layers", "of_16_layers", "expected"),
    [(1.5, 1.5, "holds"), (1.5, 1.05, "undecided"), (1.5, 1.0, "fails"), (1.0, 1.5, "fails")],
)
def test_what_is_said_of_all_settings_is_decided_by_all(of_8_layers, of_16_layers, expected):
    by_steps = {2: 1.5, 4: of_8_layers, 8: of_16_layers}

    def error_of(error):
        loss, _, _, steps = error.checkpoint.config
        return by_steps[steps] if loss == "bce" else 1.0

    assert universal(error_of).text == expected


def test_a_claim_about_all_settings_says_so():
    text = str(universal(lambda error: 1.5 if error.checkpoint.config.loss == "bce" else 1.0))
    assert "about all configurations, so all of them decide.\nVerdict: holds." in text


def test_only_the_claim_that_says_always_is_about_all_settings():
    assert [one.id for one in CLAIMS if one.universal] == ["R9"]


# Networks that have not learned


def at_the_mean_image(error):
    return (
        100 * verdicts.MEAN_IMAGES["mnist"] * (1.02 if error.checkpoint.config.loss == "bce" else 1)
    )


@pytest.mark.parametrize("data_set", DATA_SETS)
def test_the_error_of_the_mean_image_is_that_of_the_images(data_set):
    data = Images(data_set).load()
    error = ((data.X_test - data.X_train.mean(axis=0)) ** 2).mean()
    assert error == pytest.approx(verdicts.MEAN_IMAGES[data_set], rel=1e-5)


def test_networks_at_the_mean_image_decide_nothing_and_the_verdict_says_why():
    errors = errors_of(at_the_mean_image, spread=1e-4)
    one = judge(errors, [claim()])[0]
    assert str(one.findings[0].by_mse) == "1.02 (1.02 to 1.02)"
    assert one.text == "undecided"
    assert "bce over mse: undecided, for no network has learned." in str(one)
    assert "In 3 of all 3 configurations, some networks have not learned." in str(one)
    assert details(statements([one]))[0]["verdict"] == "undecided, for no network has learned"
    assert table([one])[0]["cause"] == "no network has learned"


def test_a_network_that_has_not_learned_is_behind_one_that_has_and_this_is_told():
    def error_of(error):
        return at_the_mean_image(error) if error.checkpoint.config.loss == "bce" else 1.0

    one = judge(errors_of(error_of), [claim()])[0]
    assert one.text == "holds"
    assert one.unlearned == ((4,), (2,), (8,))
    learned = verdicts.learned(one.findings[0].statement, errors_of(error_of))
    assert learned == {bce(20): [False] * 5, mse(20): [True] * 5}


def test_nothing_is_said_of_learning_where_all_have_learned():
    assert "learned" not in str(verdict(lambda error: 1.0))


# What the pages say


def rows():
    return results.read(results.path("verdicts"))


#: How a page says what is undecided, and why: "**R2 is undecided**, for the interval is wide".
UNDECIDED = re.compile(r"\*\*(R\d+) is undecided\b\W*([^.]*)")


@pytest.mark.parametrize("page", ["loss", "epochs"])
def test_a_page_tells_the_cause_of_what_is_undecided(page):
    cells = nbformat.read(ROOT / f"book/{page}.ipynb", as_version=4).cells
    told = [found for cell in cells for found in UNDECIDED.findall(cell.source)]
    assert told
    for name, sentence in told:
        causes = {row["cause"] for row in rows() if row["claim"] == name and row["cause"]}
        (universal,) = {row["decided_by"] for row in rows() if row["claim"] == name}
        for cause in causes or {universal}:
            assert cause in sentence, (name, sentence)


#: How a page tells of other settings: "in four other settings", "six of the eleven others".
ELSEWHERE = re.compile(
    rf"\b({'|'.join(NUMBERS)})(?: of the ({'|'.join(NUMBERS)}))? other", re.IGNORECASE
)


def of_other_settings(text):
    """Return what a text about a claim says of other settings, and whether that was found."""
    said = {}
    for paragraph in text.split("\n\n"):
        if claim := re.match(r"\*\*(R\d+) ", paragraph):
            there = verdicts.on(claim[1]).elsewhere
            right = {NUMBERS[count] for count in (*Counter(there.values()).values(), len(there))}
            for count, total in ELSEWHERE.findall(paragraph):
                fits = count.lower() in right and total.lower() in ("", NUMBERS[len(there)])
                said[f"{claim[1]}: {count} of {total or 'the'} others"] = fits
    return said


def test_what_the_pages_say_of_other_settings_is_what_was_found():
    said = {}
    for path in ROOT.glob("book/*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            said |= of_other_settings(cell.source)
    assert said
    assert [text for text, fits in said.items() if not fits] == []


@pytest.mark.parametrize(
    "text",
    [
        "**R1 holds**, in all ten other settings.",
        "**R9 is undecided**: so are six of the ten others.",
    ],
)
def test_a_wrong_number_of_other_settings_is_noticed(text):
    assert list(of_other_settings(text).values()) == [False]


#: How a page counts the verdicts: "four of them hold, seven fail", "**Four are undecided**".
COUNTED = re.compile(
    rf"\b({'|'.join(NUMBERS)})(?: of them)?(?: are)? (hold|fail|undecided)\b", re.IGNORECASE
)


def test_the_verdicts_that_the_conclusion_counts_are_those_of_the_tables():
    of_the_report = [verdicts.on(one.id).text for one in CLAIMS if one.id.startswith("R")]
    counts = {
        kind: NUMBERS[of_the_report.count(verdict)]
        for kind, verdict in (("hold", "holds"), ("fail", "fails"), ("undecided",) * 2)
    }
    text = (ROOT / "book" / "conclusion.md").read_text(encoding="utf-8")
    said = {}
    for count, kind in COUNTED.findall(text):
        said.setdefault(kind, count.lower())  # what follows tells of some of them
    assert said == counts


def test_many_claims_need_more_evidence_than_one():
    errors = errors_of(
        lambda error: 1.1 if error.checkpoint.config.loss == "bce" else 1.0, spread=0.02
    )
    alone = judge(errors, [claim()])[0]
    rest = [replace(claim(f"c{i}"), id=f"R{i}") for i in range(200)]
    among_many = judge(errors, [claim(), *rest])[0]
    assert alone.findings[0].by_mse == among_many.findings[0].by_mse
    assert alone.text == "holds"
    assert among_many.text == "undecided"


def test_a_statement_is_estimated_in_every_setting_the_report_first(monkeypatch):
    def error_of(error):
        return (
            1.5
            if error.checkpoint.config.loss == "bce" and error.checkpoint.config.steps == 8
            else 1
        )

    monkeypatch.setattr(verdicts, "errors_of", lambda data_set: errors_of(error_of))
    found = verdicts.estimates_by_config("R3")
    assert len(found) == 12
    assert next(iter(found)) == "batch 32, latent 16, 8 layers"
    assert found["batch 64, latent 32, 16 layers"].ratio == pytest.approx(1.5, rel=0.05)
    assert found["batch 64, latent 32, 4 layers"].ratio == pytest.approx(1, rel=0.05)


# The claims themselves


def test_the_report_has_fifteen_and_each_statement_has_a_range():
    names = [one.id for one in CLAIMS]
    assert names[:15] == [f"R{number}" for number in range(1, 16)]
    assert names[15:] == [f"B{number}" for number in range(1, len(names) - 14)]  # the book's own
    for one in CLAIMS:
        assert one.statements
        for statement in one.statements:
            assert 0 <= statement.bounds[0] < statement.bounds[1]


@pytest.mark.parametrize("one", CLAIMS, ids=lambda one: one.id)
def test_a_claim_is_about_networks_that_are_in_the_zoo_here_and_elsewhere(one):
    asked = []

    def errors(error: Measurement, score):
        asked.append(error)
        assert error.checkpoint is None or error.checkpoint in grid.CHECKPOINTS
        return {0: 1.0, 1: 1.1, 2: 1.2}

    judge(errors, [one])
    assert asked
    assert len(reported_values(one)) == len(one.varied_fields)
    kept = [
        {getattr(error.checkpoint.config, field) for error in asked if error.checkpoint}
        for field in one.varied_fields
    ]
    assert all(len(values) > 1 for values in kept)


def test_claims_of_the_book_change_no_verdict_on_the_report():
    """Its own claims are a family by themselves, or each would ask for stronger evidence."""
    errors = errors_of(lambda error: 1.08 if error.checkpoint.config.loss == "bce" else 1.0)
    more = {kind: [replace(claim(), id=f"{kind}{number}") for number in range(9)] for kind in "BR"}
    found = {
        kind: judge(errors, [claim(), *own])[0].findings[0].verdict for kind, own in more.items()
    }
    assert found == {"B": "holds", "R": "undecided"}
