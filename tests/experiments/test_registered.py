"""What was registered came before its results; and what was expected is scored rightly."""

import hashlib
import subprocess
from collections import Counter

import pytest
from helpers import ROOT

from nnlib.experiments import claims, grid, registered, results, verdicts
from nnlib.experiments.registered import Outcome, Prediction
from nnlib.experiments.statistics import estimate

FILES = ("data/registered/fashion_mnist.csv", "data/registered/fashion_mnist.md")
#: The content on the day of the registration.
CHECKSUMS = {
    FILES[0]: "044bcb8b6c5366871fc1d8a4dc54aa016d403980872e8b682c69331a549304cf",
    FILES[1]: "09b0fa5be9743c63248651cc5bf68bc2d9890a1fe26ce5d23350e651ca9020b2",
}
RESULTS = ("data/results/fashion_mnist", "data/results/tuning.csv", "data/results/variance.csv")


def git(*command) -> str:
    done = subprocess.run(["git", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


@pytest.mark.parametrize("file", FILES)
def test_what_was_registered_is_as_it_was(file):
    assert hashlib.sha256((ROOT / file).read_bytes()).hexdigest() == CHECKSUMS[file]


@pytest.mark.parametrize("result", RESULTS)
def test_it_was_registered_before_there_were_results(result):
    """Where the history is: a download without it, or a shallow clone, can prove nothing."""
    if git("rev-parse", "--is-shallow-repository") != "false":
        return
    added = ["log", "--diff-filter=A", "--format=%H", "--reverse", "--"]
    came = git(*added, result).splitlines()[:1]
    for file in FILES:
        (first,) = git(*added, file).splitlines()
        assert git("log", "--format=%H", "--", file).splitlines() == [first], "it was changed"
        assert git("show", "-s", "--format=%cs", first) == "2026-11-30"
        for result_commit in came:
            assert git("merge-base", first, result_commit) == first
            assert first != result_commit


def test_the_predictions_are_of_the_29_statements_those_about_noise_twice_and_the_tuned():
    expected = registered.predictions()
    asked = verdicts.statements(verdicts.of_the_book().values())
    assert len(asked) == 29
    for name, finding in asked.items():
        assert expected[name].statement == finding.statement.text
        if name.startswith(("R10", "R11", "R12")):
            assert expected[f"{name} unclipped"].statement == finding.statement.text
    assert len(expected) == 29 + 6 + 5
    assert {one.verdict for one in expected.values()} <= {"holds", "fails", "undecided"}


def test_a_moved_claim_is_about_one_configuration_only():
    for claim in claims.CLAIMS:
        moved = verdicts.moved(claim)
        assert moved.statements == claim.statements
        assert verdicts.other_values(moved) == []


def test_a_claim_may_be_asked_of_other_networks():
    (claim,) = (claim for claim in claims.CLAIMS if claim.id == "R12")
    asked = [
        one.checkpoint.config
        for statement in verdicts.moved(claim, steps=4).statements
        for one in statement.ratio.errors
    ]
    assert {config.steps for config in asked} == {4}
    assert {config.loss for config in asked} == {"mse", "bce"}


@pytest.mark.parametrize(
    ("here", "there", "said"),
    [
        ("holds", "holds", "confirmed"),
        ("fails", "fails", "confirmed"),
        ("holds", "fails", "contradicted"),
        ("fails", "holds", "contradicted"),
        ("undecided", "holds", "open"),
        ("fails", "undecided", "open"),
        ("undecided", "undecided", "open"),
    ],
)
def test_what_a_second_verdict_says(here, there, said):
    assert registered.compare(here, there) == said


def test_a_prediction_is_scored_by_its_verdict_and_by_its_ratio():
    found = {
        name: Outcome(estimate([ratio] * 3, 1.05, 2), verdict)
        for name, ratio, verdict in (("a", 1.5, "holds"), ("b", 1.0, "fails"))
    }
    right = {"a": Prediction("", 1.5, "holds"), "b": Prediction("", 1.0, "fails")}
    assert registered.score(found, right) == {"verdicts": 1, "ratio": pytest.approx(1)}
    wrong = {"a": Prediction("", 3.0, "holds"), "b": Prediction("", 0.5, "undecided")}
    assert registered.score(found, wrong) == {"verdicts": 0.5, "ratio": pytest.approx(2)}


def test_predictions_that_need_no_thought_are_scored_beside_the_registered_ones():
    found, scores = registered.outcomes(), registered.scores()
    assert scores["registered"] == registered.score(
        {name: one for name, one in found.items() if not name.endswith("unclipped")},
        registered.predictions(),
    )
    most = max(scores["always the same"]["verdicts"], 1 / 3)
    assert scores["always the same"]["verdicts"] == most  # of three verdicts, one comes that often
    assert list(scores) == ["registered", "as on MNIST", "always the same"]


def test_the_comparison_tells_both_ratios_and_what_was_expected():
    rows = {row["claim"]: row for row in registered.comparison()}
    assert len(rows) == 29
    digits, found = registered.outcomes("mnist")["R1"], registered.outcomes()["R1"]
    assert rows["R1"]["digits"] == f"{digits.estimate.ratio:.2f}, {digits.verdict}"
    assert rows["R1"]["clothes"] == f"{found.estimate}, {found.verdict}"
    assert rows["R1"]["expected"].startswith(f"{registered.predictions()['R1'].ratio:.2f}, ")


def test_the_configurations_are_told_on_both_data_sets():
    rows = {row["claim"]: row for row in registered.configurations()}
    assert rows.keys() == verdicts.of_the_book().keys()
    digits, clothes = (verdicts.of_the_book(name)["R1"] for name in ("mnist", "fashion_mnist"))
    assert rows["R1"]["digits, verdict"] == f"**{digits.text}**"
    assert rows["R1"]["clothes, verdict"] == f"**{clothes.text}**"
    holds = Counter(clothes.elsewhere.values())["holds"]
    assert f"{holds} holds" in rows["R1"]["clothes, other configurations"]


def test_every_statement_is_compared_once_in_every_other_configuration():
    found = registered.compare_elsewhere()
    names = [name for which in found.values() for name in which]
    judged = verdicts.of_the_book().values()
    others = sum(len(one.elsewhere) * len(one.claim.statements) for one in judged)
    assert len(names) == len(set(names)) == others
    digits, clothes = (verdicts.of_the_book(name)["R1"] for name in ("mnist", "fashion_mnist"))
    for values, verdict in digits.elsewhere.items():  # R1 has one statement
        said = registered.compare(verdict, clothes.elsewhere[values])
        assert f"R1 with {verdicts.config_name(digits.claim, values)}" in found[said]


def test_a_run_has_learned_if_its_last_network_has():
    found = registered.learned_runs()
    assert sum(map(len, found.values())) == 5 * len(grid.CONFIGS)
    errors = verdicts.errors_of("fashion_mnist")
    deep = [
        grid.Checkpoint(one, 20) for one in grid.CONFIGS
        if (one.loss, one.steps, one.batch_size) == ("mse", 8, 32)
    ]  # fmt: skip
    least = 0.9 * verdicts.MEAN_IMAGES["fashion_mnist"]
    learned = [
        error < least for one in deep for error in errors(results.Measurement(one), "mse").values()
    ]
    assert found["MSE, 16 layers, batch 32"] == learned
    assert 0 < sum(learned) < len(learned)
