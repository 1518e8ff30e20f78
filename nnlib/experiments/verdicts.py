"""From the tables of measurements to a verdict on every claim.

Where the report looked, a claim *holds* if all its statements hold, and *fails* if one of them
fails. A claim about all configurations (`Claim.universal`) is judged in the same way by all of
them. Any other *depends on* something if another configuration gives the opposite verdict. All else
is *undecided*: it is called that, with its cause (`statistics.CAUSES`), and neither true nor false
nor "no difference". What may be said of it besides is what its interval excludes.
"""

import functools
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import combinations, groupby, product
from math import inf, nan, prod
from typing import NamedTuple

from nnlib.experiments import grid, results
from nnlib.experiments.claims import CLAIMS, Claim, Statement
from nnlib.experiments.results import Measurement
from nnlib.experiments.statistics import ALPHA, Estimate, estimate, has_learned, holm

SCORES = ("mse", "ssim")  # the metric, and the second opinion
#: The test error of the mean of the training images, by data set; a test works it out.
MEAN_IMAGES = {"mnist": 0.067294, "fashion_mnist": 0.0868709, "mnist_split_1": 0.0673001}
MEAN_IMAGE = MEAN_IMAGES["mnist"]


class FieldLabel(NamedTuple):
    """What the book calls a field of `Config`, and each of its values."""

    name: str
    of_value: Callable[[int], str]


FIELD_LABELS = {
    "batch_size": FieldLabel("batch size", "batch {}".format),
    "latent_dim": FieldLabel("latent dimension", "latent {}".format),
    "steps": FieldLabel("depth", lambda steps: f"{2 * steps} layers"),
}


@dataclass(frozen=True)
class Finding:
    """What the seeds say of one statement, by both metrics.

    Attributes:
        statement: what was asked.
        by_mse, by_ssim: two estimates of the ratio; by SSIM, of 1 - SSIM over the whole images.
        verdict: by the first metric, with Holm's correction over the family.
    """

    statement: Statement
    by_mse: Estimate
    by_ssim: Estimate
    verdict: str

    @property
    def cause(self) -> str:
        """Why it is undecided, and nothing if it is not."""
        return self.by_mse.cause if self.verdict == "undecided" else ""

    @property
    def masked(self) -> bool:
        """Whether the statement is about masked pixels only, which SSIM does not look at."""
        return any(error.masked for error in self.statement.ratio.numerator)

    def __str__(self):
        return f"{self.verdict}, for {self.cause}" if self.cause else self.verdict


@dataclass(frozen=True)
class Verdict:
    """What becomes of a claim.

    Attributes:
        claim: the claim.
        text: "holds", "fails", "undecided" or "depends on …".
        findings: one for each statement, where the report looked.
        elsewhere: the verdict for each other configuration, by the values of `claim.varied_fields`.
        unlearned: the configurations, by the same values, in which a network that is compared has
            not learned with every seed.
    """

    claim: Claim
    text: str
    findings: tuple[Finding, ...]
    elsewhere: Mapping[tuple, str]
    unlearned: tuple[tuple, ...] = ()

    def __str__(self):
        lines = [f"{self.claim.id}. {self.claim.text}", f"Here: {self.claim.where}."]
        for finding in self.findings:
            one, whole = finding.by_mse, " of the whole images" if finding.masked else ""
            lines += [
                f"- {finding.statement.text}: {finding}.",
                f"  Ratio {one.ratio:.2f} ({one.low:.2f} to {one.high:.2f}, {one.seeds} seeds); "
                f"claimed: {in_words(*finding.statement.bounds)}. "
                f"By 1 - SSIM{whole}: {finding.by_ssim.ratio:.2f}.",
            ]
        counts = Counter(
            verdict.replace("undecided", "is undecided") for verdict in self.elsewhere.values()
        )
        told = ", ".join(f"{verdict} in {count}" for verdict, count in sorted(counts.items()))
        if self.elsewhere:
            lines += [f"In the {len(self.elsewhere)} other configurations it {told}."]
        if self.unlearned:
            lines += [
                f"In {len(self.unlearned)} of all {1 + len(self.elsewhere)} configurations, "
                "some networks have not learned."
            ]
        if self.claim.universal:
            lines += ["The claim is about all configurations, so all of them decide."]
        lines += [f"Verdict: {self.text}."]
        return "\n".join(lines)


def on(claim: str, data_set: str = "mnist") -> Verdict:
    """Return the verdict on the claim called "R1" to "R15", from the tables in the book's data."""
    found = of_the_book(data_set)
    if claim not in found:
        raise ValueError(f"There is no claim {claim!r}; choose from {', '.join(found)}.")
    return found[claim]


@functools.cache
def of_the_book(data_set: str = "mnist") -> dict[str, Verdict]:
    """Return all verdicts from the book's tables of a data set, read and judged once."""
    found = judge(errors_of(data_set), mean_image=MEAN_IMAGES[data_set])
    return {one.claim.id: one for one in found}


def moved(claim: Claim, **fields) -> Claim:
    """Return a claim that is about one configuration only.

    Args:
        claim: the claim.
        fields: of `Config`, with other values than where the report looked.
    """
    says = {one.text: replace(one, ratio=one.ratio.at(**fields)) for one in claim.statements}
    return replace(claim, says=says, varied_fields=(), universal=False)


@functools.cache
def errors_of(data_set: str) -> results.ErrorTable:
    """Return the book's tables of a data set, read once: in a browser that takes ten seconds."""
    return results.ErrorTable(data_set)


def judge(errors, claims=CLAIMS, mean_image=MEAN_IMAGE, correct=holm) -> list[Verdict]:
    """Return the verdicts on all claims.

    For Holm's correction, the claims of the report (R1, …) are one family, and any of the book's
    own (B1, …) another, so that a claim added later changes no verdict on the report.

    Args:
        errors: a function of (a Measurement, a score) that returns a dict of the error by seed; the
            score is "mse" or "ssim", and the error for SSIM is 1 - SSIM.
        claims: the claims.
        mean_image: as for `statistics.has_learned`.
        correct: a function from the p-values of a family to those that it is judged by.
    """
    families = groupby(claims, key=lambda claim: claim.id[0])
    return [
        verdict
        for _, family in families
        for verdict in _judge_family(errors, [*family], mean_image, correct)
    ]


def _judge_family(errors, claims, mean_image, correct) -> list[Verdict]:
    asked = [(claim, statement) for claim in claims for statement in claim.statements]
    estimates = [_estimate(statement, errors, "mse", mean_image) for _, statement in asked]
    corrected = decide(estimates, correct)
    verdicts = []
    for claim in claims:
        findings = tuple(
            Finding(statement, by_mse, _estimate(statement, errors, "ssim", mean_image), decided)
            for (asker, statement), by_mse, decided in zip(asked, estimates, corrected, strict=True)
            if asker is claim
        )
        here = combine_statements(finding.verdict for finding in findings)
        there = verdicts_elsewhere(claim, errors, mean_image, correct)
        if claim.universal:
            text = combine_statements([here, *there.values()])
        else:
            text = combine_configs(here, reported_values(claim), there, claim.varied_fields)
        unlearned = tuple(_unlearned(claim, errors, mean_image))
        verdicts.append(Verdict(claim, text, findings, there, unlearned))
    return verdicts


def estimates_by_config(claim: str, statement: int = 0) -> dict[str, Estimate]:
    """Return what the seeds say of one statement of a claim in each configuration, by its name.

    Where the report looked comes first. Each interval stands for itself, without a correction.
    """
    asked = next(one for one in CLAIMS if one.id == claim)
    estimates = {}
    for values in [reported_values(asked), *other_values(asked)]:
        there = statements_at(asked, values)[statement]
        estimates[config_name(asked, values)] = _estimate(there, errors_of("mnist"), "mse")
    return estimates


def config_name(claim: Claim, values: tuple) -> str:
    """Return the name of a configuration, such as "batch 32, latent 16", by its values."""
    named = zip(claim.varied_fields, values, strict=True)
    return ", ".join(FIELD_LABELS[field].of_value(value) for field, value in named)


def table(verdicts) -> list[dict]:
    """Return a row for each statement of each verdict, for a file."""
    return [
        {
            "claim": one.claim.id,
            "verdict": one.text,
            "decided_by": "all configurations" if one.claim.universal else "here",
            "statement": finding.statement.text,
            "statement_verdict": finding.verdict,
            "cause": finding.cause or None,
            "ratio": finding.by_mse.ratio,
            "low": finding.by_mse.low,
            "high": finding.by_mse.high,
            "ratio_by_ssim": finding.by_ssim.ratio,
            "seeds": finding.by_mse.seeds,
        }
        for one in verdicts
        for finding in one.findings
    ]


def overview(verdicts) -> list[dict]:
    """Return a row for each verdict, for a reader: where the report looked, and elsewhere."""
    rows = []
    for one in verdicts:
        others = sorted(Counter(one.elsewhere.values()).items())
        rows.append(
            {
                "claim": one.claim.id,
                "what it says": one.claim.text,
                "verdict": f"**{one.text}**",
                "here": combine_statements(finding.verdict for finding in one.findings),
                "elsewhere": ", ".join(f"{count} {verdict}" for verdict, count in others),
            }
        )
    return rows


def statements(verdicts) -> dict[str, Finding]:
    """Return all findings by name: R1, or R4a and R4b where a claim has several statements."""
    return {
        name: finding
        for one in verdicts
        for name, finding in zip(statement_names(one.claim), one.findings, strict=True)
    }


def statement_names(claim: Claim) -> list[str]:
    """Return the names of a claim's statements: R1, or R4a and R4b where there are several."""
    count = len(claim.says)
    return [claim.id + chr(ord("a") + place) for place in range(count)] if count > 1 else [claim.id]


def details(findings: Mapping[str, Finding]) -> list[dict]:
    """Return a row for each finding, for a reader."""
    return [
        {
            "claim": name,
            "statement": one.statement.text,
            "claimed": in_words(*one.statement.bounds),
            "ratio": str(one.by_mse),
            "seeds": one.by_mse.seeds,
            "verdict": str(one),
        }
        for name, one in findings.items()
    ]


def in_words(least: float, most: float) -> str:
    """Return a range in words."""
    if most == inf:
        return f"{least:.2f} or more"
    return f"{least:.2f} to {most:.2f}" if least else f"up to {most:.2f}"


def combine_statements(verdicts) -> str:
    """Return the verdict on statements that must all hold, or on one in all configurations."""
    verdicts = set(verdicts)
    if "fails" in verdicts:
        return "fails"
    return "holds" if verdicts == {"holds"} else "undecided"


def verdicts_elsewhere(claim: Claim, errors, mean_image, correct=holm) -> dict[tuple, str]:
    """Return the verdict on a claim for every other value of what the report kept fixed."""
    by_statement = statements_elsewhere(claim, errors, mean_image, correct)
    return {values: combine_statements(decided) for values, decided in by_statement.items()}


def statements_elsewhere(claim: Claim, errors, mean_image, correct=holm) -> dict[tuple, list[str]]:
    """Return the verdicts on a claim's statements likewise; of all values, they are one family."""
    others = other_values(claim)
    moved = [one for values in others for one in statements_at(claim, values)]
    estimates = [_estimate(one, errors, "mse", mean_image) for one in moved]
    decided = iter(decide(estimates, correct))
    return {values: [next(decided) for _ in claim.statements] for values in others}


def statements_at(claim: Claim, values: tuple) -> tuple[Statement, ...]:
    """Return the statements of a claim about networks with these values of `varied_fields`."""
    fields = dict(zip(claim.varied_fields, values, strict=True))
    return tuple(replace(one, ratio=one.ratio.at(**fields)) for one in claim.statements)


def reported_values(claim: Claim) -> tuple:
    """Return the values of `claim.varied_fields` where the report looked."""
    config = next(
        error.checkpoint.config
        for statement in claim.statements
        for error in statement.ratio.errors
        if error.checkpoint
    )
    return tuple(getattr(config, field) for field in claim.varied_fields)


def other_values(claim: Claim) -> list[tuple]:
    """Return all other values of `claim.varied_fields`."""
    here = reported_values(claim)
    every = product(*(grid.GRID_AXES[field] for field in claim.varied_fields))
    return [values for values in every if values != here]


def combine_configs(here: str, where: tuple, there: Mapping[tuple, str], fields) -> str:
    """Return `here`, or on which fields the claim depends, if other configurations contradict it.

    Of the fields, the fewest are named by whose values all decided verdicts can be told.
    """
    decided = {values: verdict for values, verdict in {**there, where: here}.items()
               if verdict != "undecided"}  # fmt: skip
    if here == "undecided" or len(set(decided.values())) == 1:
        return here
    for count in range(1, len(fields) + 1):
        for chosen in combinations(range(len(fields)), count):
            told = {}
            for values, verdict in decided.items():
                told.setdefault(tuple(values[i] for i in chosen), set()).add(verdict)
            if all(len(verdicts) == 1 for verdicts in told.values()):
                return "depends on " + " and ".join(FIELD_LABELS[fields[i]].name for i in chosen)
    raise AssertionError("all fields together tell every verdict")


def ratios(statement: Statement, errors, score: str = "mse") -> dict[int, float]:
    """Return the ratio of errors that a statement is about, by seed."""
    above, below = (
        [errors(error, score) for error in side]
        for side in (statement.ratio.numerator, statement.ratio.denominator)
    )
    seeds = sorted(set.intersection(*(set(by_seed) for by_seed in [*above, *below])))
    return {seed: prod(e[seed] for e in above) / prod(e[seed] for e in below) for seed in seeds}


def learned(
    statement: Statement, errors, mean_image=MEAN_IMAGE
) -> dict[grid.Checkpoint, list[bool]]:
    """Return of each network that a statement compares whether it has learned, seed by seed."""
    checkpoints = (one.checkpoint for one in statement.ratio.errors if one.checkpoint)
    return {
        one: has_learned([*errors(Measurement(one), "mse").values()], mean_image).tolist()
        for one in dict.fromkeys(checkpoints)
    }


def _unlearned(claim: Claim, errors, mean_image):
    """Yield the values of `claim.varied_fields` where a network has not learned with every seed."""
    for values in [reported_values(claim), *other_values(claim)]:
        if not all(
            all(seeds)
            for one in statements_at(claim, values)
            for seeds in learned(one, errors, mean_image).values()
        ):
            yield values


def _estimate(statement, errors, score: str, mean_image=MEAN_IMAGE) -> Estimate:
    found = list(ratios(statement, errors, score).values())
    if len(found) < 2:  # nothing is known of the spread
        return Estimate(found[0] if found else nan, 0.0, inf, len(found), 1.0, 1.0)
    some = any(any(seeds) for seeds in learned(statement, errors, mean_image).values())
    return estimate(found, *statement.bounds, learned=some)


def decide(estimates, correct=holm) -> list[str]:
    """Return "holds", "fails" or "undecided" for each, with a correction over all of them."""
    corrected = correct([min(one.p_holds, one.p_fails) for one in estimates])
    return [
        ("holds" if one.p_holds < one.p_fails else "fails") if p < ALPHA else "undecided"
        for one, p in zip(estimates, corrected, strict=True)
    ]
