"""Which verdicts would other choices have given?

A verdict follows from the data and from choices: from which difference on an effect matters, what
"slightly" and "well" mean, which metric, how many seeds, which kind of noise. Here all claims are
judged anew under other choices, by the same rules (`verdicts.judge`). The choices of the book are
those that `Choices` has by itself.
"""

from dataclasses import dataclass, replace
from math import inf

from nnlib.experiments import verdicts
from nnlib.experiments.claims import CLAIMS, CORRUPTED, HALVED, MATTERS, SLIGHT, Claim, Statement
from nnlib.experiments.results import DIGITS, Measurement

#: The columns of the tables by which a statement can be judged.
COLUMNS = ("mse", "ssim", "bce", *DIGITS)
#: Each edge of the claimed ranges has a name, and so moves with the choices.
EDGES = {MATTERS: "matters", 1 / MATTERS: "1/matters", SLIGHT: "slight", HALVED[0]: "well",
         0: "none", inf: "any"}  # fmt: skip

#: The claims of the report, which are one family.
REPORTED = tuple(claim for claim in CLAIMS if claim.id.startswith("R"))


@dataclass(frozen=True)
class Choices:
    """What a study chooses before it looks.

    Attributes:
        matters: from which ratio on a difference matters, more than 1 and less than `slight`.
        slight: up to which ratio a difference is slight, and from which on it is great.
        well: by which factor the error is smaller where something is done "well", more than 1.
        column: one of `COLUMNS`: the metric on all test images, or the MSE on those of one digit.
        seeds: how many of the seeds count, two or more.
        clipped: whether the noise is clipped to [0, 1].
    """

    matters: float = MATTERS
    slight: float = SLIGHT
    well: float = HALVED[0]
    column: str = "mse"
    seeds: int = 10
    clipped: bool = True

    @property
    def edges(self) -> dict[str, float]:
        """The edges of the claimed ranges, by their names in `EDGES`."""
        return {"matters": self.matters, "1/matters": 1 / self.matters, "slight": self.slight,
                "well": self.well, "none": 0, "any": inf}  # fmt: skip


@dataclass(frozen=True)
class Reading(Measurement):
    """A measurement, and the column of the tables that is read."""

    column: str = "mse"


def judge(
    choices: Choices, errors, mean_image=verdicts.MEAN_IMAGE["mnist"], asked=REPORTED
) -> list[verdicts.Verdict]:
    """Return the verdicts on all claims of the report under these choices.

    Whether a network has learned is always decided by its MSE on the clean test images.

    Args:
        choices: the choices.
        errors: the tables, as `results.ErrorTable` has them.
        mean_image: as for `statistics.has_learned`.
        asked: which claims, a family.
    """
    claims = [restate(claim, choices) for claim in asked]
    return verdicts.judge(restrict(errors, choices.seeds), claims, mean_image)


def restate(claim: Claim, choices: Choices) -> Claim:
    """Return a claim as these choices read it.

    Unclipped noise was measured only where the report looked, so a claim about it is judged there.
    """
    here = not choices.clipped and is_about_noise(claim)
    return replace(
        claim,
        says={one.text: restate_one(one, choices) for one in claim.statements},
        varied_fields=() if here else claim.varied_fields,
    )


def restate_one(statement: Statement, choices: Choices) -> Statement:
    """Return a statement with the chosen bounds, noise and column.

    Where the column was not measured, it is the MSE: for masked pixels, and for unclipped noisy
    images as they are.
    """

    def move(error: Measurement) -> Measurement:
        unclipped = not choices.clipped and is_noisy(error)
        return replace(error, corruption="unclipped") if unclipped else error

    sides = [[move(one) for one in side]
             for side in (statement.ratio.numerator, statement.ratio.denominator)]  # fmt: skip
    column = choices.column if all(map(has_columns, [*sides[0], *sides[1]])) else "mse"
    above, below = (
        tuple(Reading(one.checkpoint, one.corruption, one.level, one.masked, column)
              for one in side) for side in sides
    )  # fmt: skip
    ratio = replace(statement.ratio, numerator=above, denominator=below)
    least, most = (choices.edges[EDGES[bound]] for bound in statement.bounds)
    return replace(statement, ratio=ratio, bounds=(least, most))


def restrict(errors, seeds: int):
    """Return errors as `verdicts.judge` takes them: by the column of a `Reading`, few seeds."""

    def of_seeds(measurement: Measurement, score: str) -> dict[int, float]:
        column = getattr(measurement, "column", "mse")
        if measurement.checkpoint is CORRUPTED and measurement.corruption == "unclipped":
            # Not measured, but known: the mean square of uniform noise.
            found = dict.fromkeys(range(seeds), measurement.level**2 / 3)
        else:
            found = errors(measurement, column)
        return {seed: error for seed, error in found.items() if seed < seeds}

    return of_seeds


def is_about_noise(claim: Claim) -> bool:
    """Return whether a claim is about errors on noisy images."""
    return any(is_noisy(error) for one in claim.statements for error in one.ratio.errors)


def is_noisy(error: Measurement) -> bool:
    """Return whether an error is one on noisy images."""
    return error.corruption == "noise" and error.level > 0


def has_columns(error: Measurement) -> bool:
    """Return whether an error was measured in all of `COLUMNS`."""
    return not error.masked and not (
        error.checkpoint is CORRUPTED and error.corruption == "unclipped"
    )
