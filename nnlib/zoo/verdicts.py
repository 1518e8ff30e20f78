"""From the tables of measurements to a verdict on every claim. Floor 5."""

import functools
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations, product
from math import inf, prod

from nnlib.zoo import grid, tables
from nnlib.zoo.claims import CLAIMS, Claim, Error, Statement
from nnlib.zoo.statistics import ALPHA, Estimate, estimate, holm

SCORES = ("mse", "ssim")  # the score, and the second opinion


@dataclass(frozen=True)
class Finding:
    """What the seeds say of one statement, by both scores.

    Attributes:
        statement: what was asked.
        by_mse, by_ssim: two estimates of the ratio; by SSIM, of 1 - SSIM over the whole images.
        verdict: by the first score, with Holm's correction over the family.
    """

    statement: Statement
    by_mse: Estimate
    by_ssim: Estimate
    verdict: str


@dataclass(frozen=True)
class Verdict:
    """What becomes of a claim.

    Attributes:
        claim: the claim.
        text: "holds", "fails", "undecided" or "depends on …".
        findings: one for each statement, where the report looked.
        elsewhere: the verdict for each other setting, by the values of `claim.others`.
    """

    claim: Claim
    text: str
    findings: tuple[Finding, ...]
    elsewhere: Mapping[tuple, str]

    def __str__(self):
        lines = [f"{self.claim.id}. {self.claim.text}", f"Here: {self.claim.setting}."]
        for finding in self.findings:
            one, two = finding.by_mse, finding.by_ssim
            lines += [
                f"- {finding.statement.text}: {finding.verdict}.",
                f"  Ratio {one.ratio:.2f} ({one.low:.2f} to {one.high:.2f}, {one.seeds} seeds); "
                f"claimed: {in_words(*finding.statement.range)}. By 1 - SSIM: {two.ratio:.2f}.",
            ]
        others = Counter(self.elsewhere.values())
        others = {verdict.replace("undecided", "is undecided"): n for verdict, n in others.items()}
        told = ", ".join(f"{verdict} in {count}" for verdict, count in sorted(others.items()))
        lines += [
            f"In the {len(self.elsewhere)} other settings it {told}.",
            f"Verdict: {self.text}.",
        ]
        return "\n".join(lines)


@functools.cache
def on(claim: str) -> Verdict:
    """Return the verdict on the claim called "R1" to "R15", from the tables in the book's data."""
    found = {one.claim.id: one for one in judge(tables.Errors())}
    if claim not in found:
        raise ValueError(f"There is no claim {claim!r}; choose from {', '.join(found)}.")
    return found[claim]


def judge(errors, claims=CLAIMS) -> list[Verdict]:
    """Return the verdicts on all claims; they are one family, for Holm's correction.

    Args:
        errors: a function of (an Error, a score) that returns a dict of the error by seed; the
            score is "mse" or "ssim", and the error for SSIM is 1 - SSIM.
    """
    asked = [(claim, statement) for claim in claims for statement in claim.statements]
    estimates = [_estimate(statement, errors, "mse") for _, statement in asked]
    corrected = _decide(estimates)
    verdicts = []
    for claim in claims:
        findings = tuple(
            Finding(statement, by_mse, _estimate(statement, errors, "ssim"), decided)
            for (asker, statement), by_mse, decided in zip(asked, estimates, corrected, strict=True)
            if asker is claim
        )
        here = together(finding.verdict for finding in findings)
        there = elsewhere(claim, errors)
        text = overall(here, home(claim), there, claim.others)
        verdicts.append(Verdict(claim, text, findings, there))
    return verdicts


def everywhere(claim: str, statement: int = 0) -> dict[str, Estimate]:
    """Return what the seeds say of one statement of a claim in each setting, by its name.

    Where the report looked comes first. Each interval stands for itself, without a correction.
    """
    asked = next(one for one in CLAIMS if one.id == claim)
    errors, estimates = tables.Errors(), {}
    for values in [home(asked), *away(asked)]:
        setting = dict(zip(asked.others, values, strict=True))
        name = ", ".join(NAMES[field](value) for field, value in setting.items())
        estimates[name] = _estimate(_moved(asked.statements[statement], setting), errors, "mse")
    return estimates


NAMES = {
    "batch_size": "batch {}".format,
    "latent_dim": "code {}".format,
    "steps": lambda steps: f"{2 * steps} layers",
}


def table(verdicts) -> list[dict]:
    """Return a row for each statement of each verdict, for a file."""
    return [
        {
            "claim": one.claim.id,
            "verdict": one.text,
            "statement": finding.statement.text,
            "statement_verdict": finding.verdict,
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
                "here": together(finding.verdict for finding in one.findings),
                "elsewhere": ", ".join(f"{count} {verdict}" for verdict, count in others),
            }
        )
    return rows


def statements(verdicts) -> dict[str, Finding]:
    """Return all findings by name: R1, or R4a and R4b where a claim has several statements."""
    return {
        one.claim.id + (chr(ord("a") + place) if len(one.findings) > 1 else ""): finding
        for one in verdicts
        for place, finding in enumerate(one.findings)
    }


def details(findings: Mapping[str, Finding]) -> list[dict]:
    """Return a row for each finding, for a reader."""
    return [
        {
            "claim": name,
            "statement": one.statement.text,
            "claimed": in_words(*one.statement.range),
            "ratio": str(one.by_mse),
            "seeds": one.by_mse.seeds,
            "verdict": one.verdict,
        }
        for name, one in findings.items()
    ]


def in_words(least: float, most: float) -> str:
    """Return a range in words."""
    if most == inf:
        return f"{least:.2f} or more"
    return f"{least:.2f} to {most:.2f}" if least else f"up to {most:.2f}"


def together(verdicts) -> str:
    """Return the verdict on several statements that must all hold."""
    verdicts = set(verdicts)
    if "fails" in verdicts:
        return "fails"
    return "holds" if verdicts == {"holds"} else "undecided"


def elsewhere(claim: Claim, errors) -> dict[tuple, str]:
    """Return the verdict on a claim for every other value of what the report kept fixed."""
    settings = away(claim)
    moved = [
        _moved(statement, dict(zip(claim.others, values, strict=True)))
        for values in settings
        for statement in claim.statements
    ]
    decided = iter(_decide([_estimate(statement, errors, "mse") for statement in moved]))
    return {values: together(next(decided) for _ in claim.statements) for values in settings}


def home(claim: Claim) -> tuple:
    """Return the values of `claim.others` where the report looked."""
    setting = next(
        error.member.setting
        for statement in claim.statements
        for error in (*statement.above, *statement.below)
        if error.member
    )
    return tuple(getattr(setting, field) for field in claim.others)


def away(claim: Claim) -> list[tuple]:
    """Return all other values of `claim.others`."""
    here = home(claim)
    every = product(*(grid.VALUES[field] for field in claim.others))
    return [values for values in every if values != here]


def overall(here: str, where: tuple, there: Mapping[tuple, str], fields) -> str:
    """Return `here`, unless other settings contradict it: then on which fields the claim depends.

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
                return "depends on " + " and ".join(FIELDS[fields[i]] for i in chosen)
    raise AssertionError("all fields together tell every verdict")


FIELDS = {"batch_size": "batch size", "latent_dim": "code width", "steps": "depth"}


def ratios(statement: Statement, errors, score: str = "mse") -> dict[int, float]:
    """Return the ratio of errors that a statement is about, by seed."""
    above, below = (
        [errors(error, score) for error in side] for side in (statement.above, statement.below)
    )
    seeds = sorted(set.intersection(*(set(by_seed) for by_seed in [*above, *below])))
    return {seed: prod(e[seed] for e in above) / prod(e[seed] for e in below) for seed in seeds}


def _estimate(statement: Statement, errors, score: str) -> Estimate:
    return estimate(list(ratios(statement, errors, score).values()), *statement.range)


def _decide(estimates) -> list[str]:
    """Return "holds", "fails" or "undecided" for each, with Holm's correction over all of them."""
    corrected = holm([min(one.holds, one.fails) for one in estimates])
    return [
        ("holds" if one.holds < one.fails else "fails") if p < ALPHA else "undecided"
        for one, p in zip(estimates, corrected, strict=True)
    ]


def _moved(statement: Statement, values: dict) -> Statement:
    """Return the statement about networks whose settings have other values."""

    def move(error: Error) -> Error:
        if error.member is None:
            return error
        setting, epochs = error.member
        member = grid.Member(setting._replace(**values), epochs)
        return Error(member, error.corruption, error.level, error.masked)

    above, below = (tuple(map(move, side)) for side in (statement.above, statement.below))
    return Statement(statement.text, above, below, statement.range)
