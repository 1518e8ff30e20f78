from dataclasses import asdict, replace

import pytest

from nnlib.experiments import claims, multiverse, results, verdicts
from nnlib.experiments.folders import OTHER_SPLIT
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


def test_other_images_are_judged_by_their_own_mean_image():
    def made_up(measurement, score):
        """Errors that have been learned on clothes only, where less is easy."""
        return {seed: 0.07 + 1e-6 * seed for seed in range(5)}

    (digits,) = multiverse.judge(Choices(), made_up, [claim("R3")])
    (clothes,) = multiverse.judge(Choices(data_set="fashion_mnist"), made_up, [claim("R3")])
    assert str(digits.findings[0]) == "undecided, for no network has learned"
    assert clothes.findings[0].verdict == "holds"
    assert clothes.elsewhere.keys() == digits.elsewhere.keys()
    assert len(clothes.elsewhere) > 0


def test_another_split_is_judged_where_the_report_looked():
    def made_up(measurement, score):
        if measurement.checkpoint not in here:
            raise KeyError(measurement)
        return {seed: 0.02 + 1e-6 * seed for seed in range(3)}

    asked = [statement for one in multiverse.REPORTED for statement in one.statements]
    here = {error.checkpoint for one in asked for error in one.ratio.errors}
    found = multiverse.judge(Choices(data_set=OTHER_SPLIT), made_up)
    assert not any(one.elsewhere for one in found)
    assert {one.claim.id: one.text for one in found}["R9"] == "fails"
    with pytest.raises(KeyError):
        multiverse.judge(Choices(), made_up)


def test_few_seeds_are_the_first_ones_and_noise_itself_needs_no_table(errors):
    known = multiverse.restrict(errors, Choices(seeds=3))
    assert known(Measurement(None, "unclipped", 0.6), "mse") == dict.fromkeys(range(3), 0.36 / 3)
    clean = Measurement(claims.mse())
    assert known(clean, "mse") == {seed: errors(clean, "mse")[seed] for seed in range(3)}
    digit = multiverse.Reading(claims.mse(), column="digit_4")
    assert known(digit, "mse")[1] == errors.rows[claims.mse(), "noise", 0][1]["digit_4"]


def test_a_claim_of_the_book_itself_is_not_judged_among_those_of_the_report():
    assert {one.id[0] for one in multiverse.REPORTED} == {"R"}
    assert replace(claim("R1"), id="B1") not in multiverse.REPORTED


def test_half_of_the_seeds_are_every_second_one(errors):
    clean = Measurement(claims.mse())
    for half, seeds in {"both": [0, 1, 2, 3, 4], "even": [0, 2, 4], "odd": [1, 3]}.items():
        assert [*multiverse.restrict(errors, Choices(seeds=5, half=half))(clean, "mse")] == seeds


def test_a_network_that_has_not_learned_can_be_left_out_of_all_that_it_is_compared_in():
    def made_up(measurement, score):
        return {0: 0.02, 1: 0.07, 2: 0.02} if measurement.level == 0 else dict.fromkeys(range(3), 9)

    chosen = Choices(drop_unlearned=True)
    for asked in (Measurement(claims.mse()), Measurement(claims.mse(), "noise", 0.4)):
        assert [*multiverse.restrict(made_up, Choices())(asked, "mse")] == [0, 1, 2]
        assert [*multiverse.restrict(made_up, chosen)(asked, "mse")] == [0, 2]
    fashion = replace(chosen, data_set="fashion_mnist")  # whose mean image errs more
    assert [*multiverse.restrict(made_up, fashion)(Measurement(claims.mse()), "mse")] == [0, 1, 2]


def test_of_fewer_than_two_seeds_nothing_is_decided(errors):
    found = multiverse.judge(Choices(seeds=3, half="odd"), errors)
    assert {one.text for one in found} == {"undecided"}
    estimate = found[0].findings[0].by_mse
    assert (estimate.seeds, estimate.low, estimate.high) == (1, 0, float("inf"))


def test_a_correction_asks_for_more_the_more_tests_there_are():
    p = [0.01, 0.04, 0.03]
    found = {name: correct(p) for name, correct in multiverse.CORRECTIONS.items()}
    assert found["none"] == p
    assert found["holm"] == pytest.approx([0.03, 0.06, 0.06])
    assert found["bonferroni"] == pytest.approx([0.03, 0.12, 0.09])
    assert multiverse.CORRECTIONS["bonferroni"]([0.6, 0.7]) == [1, 1]


def test_a_correction_is_used_here_and_elsewhere(errors):
    def undecided(correction):
        found = multiverse.judge(Choices(seeds=4, correction=correction), errors)
        here = [finding.verdict for one in found for finding in one.findings]
        there = [verdict for one in found for verdict in one.elsewhere.values()]
        return here.count("undecided"), there.count("undecided")

    none, holm, bonferroni = map(undecided, ("none", "holm", "bonferroni"))
    assert none < holm < bonferroni
    assert none[1] < holm[1] < bonferroni[1]


def test_each_alternative_is_another_choice_and_the_sample_mixes_them():
    book, found = asdict(Choices()), multiverse.chosen()
    single = [choices for kind, choices in found if kind == "single"]
    for choices in single:
        (changed,) = (name for name, value in asdict(choices).items() if value != book[name])
        (about,) = (a for a in multiverse.ALTERNATIVES
                    if multiverse.Universe("single", choices, {}).differs(a))  # fmt: skip
        assert {changed: getattr(choices, changed)} in multiverse.ALTERNATIVES[about]
    assert len(single) == len(set(single)) == sum(map(len, multiverse.ALTERNATIVES.values()))
    sample = [choices for kind, choices in found if kind == "sample"]
    assert len(sample) == multiverse.SAMPLE
    for name in book:
        assert {getattr(one, name) for one in sample} >= {getattr(one, name) for one in single}


@pytest.fixture
def made_up(monkeypatch, tmp_path):
    """Return what survives in a study of two claims and three statements."""
    claims = {"R1": "holds", "R2": "fails"}
    statements = {"R1": "holds", "R2a": "fails", "R2b": "undecided"}
    book = {"claims": claims, "statements": statements}
    monkeypatch.setattr(multiverse, "_found_by_the_book", lambda: book)
    monkeypatch.setattr(results, "path", lambda *_: tmp_path / "table.csv")
    changes = [
        ("single", {"column": "ssim"}, None, None),
        ("single", {"column": "bce"}, "R1 fails", "R1 fails; R2b holds"),
        ("single", {"seeds": 3}, "R1 undecided; R2 depends on depth", "R1 undecided"),
        ("sample", {}, None, None),
        ("sample", {"seeds": 3}, None, "R1 undecided"),
        ("sample", {"seeds": 3, "column": "bce"}, "R2 holds", "R2a holds; R2b fails"),
    ]
    results.write(results.path(), [
        {"kind": kind} | {name: str(value) for name, value in asdict(Choices(**chosen)).items()}
        | {"claims_changed": of_claims, "statements_changed": of_statements}
        for kind, chosen, of_claims, of_statements in changes
    ])  # fmt: skip
    few = {about: multiverse.ALTERNATIVES[about] for about in ("metric", "seeds")}
    monkeypatch.setattr(multiverse, "ALTERNATIVES", few)


@pytest.mark.usefixtures("made_up")
def test_survival_is_counted_by_choice():
    found = {row["choice"]: row for row in multiverse.survival()}
    assert [*found] == ["metric", "seeds", "any but seeds", "any", "all together"]
    metric, seeds = found["metric"], found["seeds"]
    assert (metric["alternatives"], metric["turned"]) == (2, "R1")
    assert metric["claims"] == pytest.approx((1 + 1 / 2) / 2)
    assert metric["statements"] == pytest.approx((1 + 1 / 3) / 2)
    assert metric["sample_same"] == pytest.approx((1 + 2 / 3) / 2)
    assert (seeds["claims"], seeds["turned"]) == (0, "")
    assert seeds["statements"] == pytest.approx(2 / 3)
    assert seeds["sample_same"] == 1
    assert seeds["sample_other"] == pytest.approx((2 / 3 + 1 / 3) / 2)
    assert found["any"]["claims"] == 0
    assert found["any but seeds"]["claims"] == 1 / 2
    assert found["any"]["statements"] == pytest.approx(1 / 3)
    assert found["all together"]["statements"] == pytest.approx((1 + 2 / 3 + 1 / 3) / 3)
    assert found["all together"]["turned"] == "R2a"


@pytest.mark.usefixtures("made_up")
def test_each_statement_has_a_share_of_each_verdict():
    found = multiverse.verdict_shares()
    assert found["R1"] == pytest.approx({"holds": 2 / 3, "fails": 0, "undecided": 1 / 3})
    assert found["R2b"] == pytest.approx({"holds": 0, "fails": 1 / 3, "undecided": 2 / 3})
    assert multiverse.universes()[2].found["claims"]["R2"] == "depends on depth"


def test_a_row_tells_what_changes_and_can_be_read_again(tmp_path):
    row = multiverse.row("single", Choices(column="ssim", clipped=True, well=1.5))
    assert row["claims_kept"] == 15 - len(row["claims_changed"].split("; "))
    assert "R2 fails" in row["claims_changed"]
    results.write(tmp_path / "table.csv", [row])
    (read,) = results.read(tmp_path / "table.csv")
    assert multiverse.choices_of(read) == Choices(column="ssim", clipped=True, well=1.5)


def test_what_the_book_found_is_read_from_its_table(errors):
    judged = multiverse.judge(Choices(), errors)
    assert multiverse._found_by_the_book() == {
        "claims": {one.claim.id: one.text for one in judged},
        "statements": {name: one.verdict for name, one in verdicts.statements(judged).items()},
    }
