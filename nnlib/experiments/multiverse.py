"""Which verdicts would other choices have given?

A verdict follows from the data and from choices: from which difference on an effect matters, what
"slightly" and "well" mean, which metric, which seeds, which kind of noise, which correction, what
becomes of networks that have not learned, which images, and how they are split. Here all claims are
judged anew under other choices, by the same rules (`verdicts.judge`). The choices of the book are
those that `Choices` has by itself.
"""

import functools
from dataclasses import asdict, dataclass, replace
from math import inf

import numpy as np

from nnlib.experiments import results, verdicts
from nnlib.experiments.claims import CLAIMS, CORRUPTED, HALVED, MATTERS, SLIGHT, Claim, Statement
from nnlib.experiments.folders import OTHER_SPLIT
from nnlib.experiments.results import DIGITS, Measurement
from nnlib.experiments.statistics import has_learned, holm

#: The columns of the tables by which a statement can be judged.
COLUMNS = ("mse", "ssim", "bce", *DIGITS)
#: Each edge of the claimed ranges has a name, and so moves with the choices.
EDGES = {MATTERS: "matters", 1 / MATTERS: "1/matters", SLIGHT: "slight", HALVED[0]: "well",
         0: "none", inf: "any"}  # fmt: skip

#: From the p-values of a family to those that it is judged by.
CORRECTIONS = {
    "holm": holm,
    "bonferroni": lambda p_values: [min(1, p * len(p_values)) for p in p_values],
    "none": list,
}
HALVES = {"both": (0, 1), "even": (0,), "odd": (1,)}

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
        seeds: how many of the seeds count, the first ones, two or more.
        clipped: whether the noise is clipped to [0, 1].
        half: one of `HALVES`: whether of these seeds all count, or the even or the odd ones.
        correction: one of `CORRECTIONS`.
        drop_unlearned: whether a network that has not learned is left out, with its seed.
        data_set: the images, "mnist" or "fashion_mnist", or MNIST with the split `OTHER_SPLIT`, for
            which there are three seeds.
    """

    matters: float = MATTERS
    slight: float = SLIGHT
    well: float = HALVED[0]
    column: str = "mse"
    seeds: int = 10
    clipped: bool = True
    half: str = "both"
    correction: str = "holm"
    drop_unlearned: bool = False
    data_set: str = "mnist"

    @property
    def edges(self) -> dict[str, float]:
        """The edges of the claimed ranges, by their names in `EDGES`."""
        return {"matters": self.matters, "1/matters": 1 / self.matters, "slight": self.slight,
                "well": self.well, "none": 0, "any": inf}  # fmt: skip


@dataclass(frozen=True)
class Reading(Measurement):
    """A measurement, and the column of the tables that is read."""

    column: str = "mse"


def judge(choices: Choices, errors=None, asked=REPORTED) -> list[verdicts.Verdict]:
    """Return the verdicts on all claims of the report under these choices.

    Whether a network has learned is always decided by its MSE on the clean test images.

    Args:
        choices: the choices.
        errors: the tables, as `results.ErrorTable` has them; if None, the book's.
        asked: which claims, a family.
    """
    known = restrict(errors or verdicts.errors_of(choices.data_set), choices)
    claims = [restate(claim, choices) for claim in asked]
    mean_image = verdicts.MEAN_IMAGES[choices.data_set]
    return verdicts.judge(known, claims, mean_image, CORRECTIONS[choices.correction])


def restate(claim: Claim, choices: Choices) -> Claim:
    """Return a claim as these choices read it.

    Unclipped noise was measured only where the report looked, and so was all on another split:
    there, a claim is judged by that configuration alone.
    """
    here = choices.data_set == OTHER_SPLIT or (not choices.clipped and is_about_noise(claim))
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


def restrict(errors, choices: Choices):
    """Return errors as `verdicts.judge` takes them: by the column of a `Reading`, fewer seeds."""
    mean_image, parities = verdicts.MEAN_IMAGES[choices.data_set], HALVES[choices.half]

    def of_seeds(measurement: Measurement, score: str) -> dict[int, float]:
        column, network = getattr(measurement, "column", "mse"), measurement.checkpoint
        if network is CORRUPTED and measurement.corruption == "unclipped":
            # Not measured, but known: the mean square of uniform noise.
            found = dict.fromkeys(range(choices.seeds), measurement.level**2 / 3)
        else:
            found = errors(measurement, column)
        clean = errors(Measurement(network), "mse") if choices.drop_unlearned and network else {}
        return {
            seed: error
            for seed, error in found.items()
            if seed < choices.seeds
            and seed % 2 in parities
            and (seed not in clean or has_learned(clean[seed], mean_image))
        }

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


# Many choices: which verdicts survive?

#: What else a study could have chosen, with good reasons, by what the choice is about.
ALTERNATIVES = {
    "what matters": [{"matters": 1.02}, {"matters": 1.1}],
    "what is slight": [{"slight": 1.5}, {"slight": 2.0}],
    "what is well": [{"well": 1.5}, {"well": 3.0}],
    "metric": [{"column": "ssim"}, {"column": "bce"}],
    "seeds": [{"seeds": 3}, {"seeds": 5}, {"half": "even"}, {"half": "odd"}],
    "clipping": [{"clipped": False}],
    "exclusion": [{"drop_unlearned": True}],
    "correction": [{"correction": "none"}, {"correction": "bonferroni"}],
    "images": [{"data_set": "fashion_mnist"}, {"data_set": OTHER_SPLIT}],
}
SAMPLE = 200  # of all their combinations


@dataclass(frozen=True)
class Universe:
    """A study that chose otherwise, and what it found.

    Attributes:
        kind: "single" if it differs from the book in one choice, "sample" if in any number.
        choices: its choices.
        found: its verdicts, "claims" and "statements", by their names.
    """

    kind: str
    choices: Choices
    found: dict[str, dict[str, str]]

    def differs(self, about: str) -> bool:
        """Return whether it chose otherwise than the book; `about` is one of `ALTERNATIVES`."""
        names = {name for one in ALTERNATIVES[about] for name in one}
        return any(getattr(self.choices, name) != getattr(Choices, name) for name in names)

    def changed(self, what: str) -> dict[str, str]:
        """Return its verdicts that are not the book's; `what` is "claims" or "statements"."""
        book = _found_by_the_book()[what]
        return {name: text for name, text in self.found[what].items() if text != book[name]}

    def kept(self, what: str) -> float:
        """Return which share of the book's verdicts it has as well."""
        return 1 - len(self.changed(what)) / len(self.found[what])


def chosen() -> list[tuple[str, Choices]]:
    """Return the kind and the choices of each `Universe` of the table.

    First come those that differ from the book in one choice, then a sample of all combinations, in
    which each choice is the book's or one of `ALTERNATIVES`, all of them equally often.
    """
    rng = np.random.default_rng(0)
    found = [("single", Choices(**one)) for ones in ALTERNATIVES.values() for one in ones]
    for _ in range(SAMPLE):
        drawn = [rng.choice([{}, *ones]) for ones in ALTERNATIVES.values()]
        found.append(("sample", Choices(**{k: v for one in drawn for k, v in one.items()})))
    return found


def table() -> list[dict]:
    """Return a row for each study that chose otherwise, for a file."""
    return [row(kind, choices) for kind, choices in chosen()]


def row(kind: str, choices: Choices) -> dict:
    """Return a row of the table: the choices, how many verdicts stay, and those that do not."""
    judged = judge(choices)
    universe = Universe(kind, choices, {
        "claims": {one.claim.id: one.text for one in judged},
        "statements": {name: one.verdict for name, one in verdicts.statements(judged).items()},
    })  # fmt: skip
    changed = {what: universe.changed(what) for what in universe.found}
    return (
        {"kind": kind}
        | {name: str(value) for name, value in asdict(choices).items()}
        | {f"{what}_kept": len(universe.found[what]) - len(changed[what]) for what in changed}
        | {f"{what}_changed": "; ".join(map(" ".join, changed[what].items())) or None
           for what in changed}
    )  # fmt: skip


def universes() -> list[Universe]:
    """Return all studies of the book's table."""
    return [
        Universe(row["kind"], choices_of(row), {
            what: book | dict(text.split(" ", 1) for text in
                              filter(None, (row[f"{what}_changed"] or "").split("; ")))
            for what, book in _found_by_the_book().items()
        })
        for row in results.read(results.path("multiverse"))
    ]  # fmt: skip


def choices_of(row: dict) -> Choices:
    """Return the choices of a row of the table."""
    return Choices(**{
        name: row[name] == "True" if isinstance(value, bool) else row[name]
        for name, value in asdict(Choices()).items()
    })  # fmt: skip


def survival() -> list[dict]:
    """Return which share of the book's verdicts survives other choices, from its table.

    A row is about one choice. `claims` and `statements` are the shares that stay, in the mean over
    its alternatives, each alone; `turned` names the statements that one of them turns from "holds"
    to "fails" or back. In the sample, all choices vary: `sample_same` and `sample_other` are the
    shares of statements that stay where this choice is the book's, and where it is not.

    The row "any" is about what stays under every alternative alone, "any but seeds" under all those
    that leave no seeds out, and "all together" about the sample, in the mean.
    """
    found = universes()
    single = [one for one in found if one.kind == "single"]
    sample = [one for one in found if one.kind == "sample"]

    def mean(some, what="statements") -> float:
        return float(np.mean([one.kept(what) for one in some]))

    def under_all(some, what) -> float:
        lost = {name for one in some for name in one.changed(what)}
        return 1 - len(lost) / len(some[0].found[what])

    def summary(name, some, kept, same=None, other=None) -> dict:
        return {
            "choice": name, "alternatives": len(some),
            "claims": kept(some, "claims"), "statements": kept(some, "statements"),
            "turned": ", ".join(turned(some)), "sample_same": same, "sample_other": other,
        }  # fmt: skip

    return [
        *(
            summary(
                about,
                [one for one in single if one.differs(about)],
                mean,
                mean([one for one in sample if not one.differs(about)]),
                mean([one for one in sample if one.differs(about)]),
            )
            for about in ALTERNATIVES
        ),
        summary("any but seeds", [one for one in single if not one.differs("seeds")], under_all),
        summary("any", single, under_all),
        summary("all together", sample, mean),
    ]


def turned(some) -> list[str]:
    """Return the statements that hold in the book and fail in one of these studies, or reverse."""
    book = _found_by_the_book()["statements"]
    opposite = {"holds": "fails", "fails": "holds"}
    return [
        name for name, text in book.items()
        if opposite.get(text) in {one.found["statements"][name] for one in some}
    ]  # fmt: skip


def verdict_shares(kind: str = "sample") -> dict[str, dict[str, float]]:
    """Return of each statement how often each verdict is found in the studies of one kind."""
    found = [one.found["statements"] for one in universes() if one.kind == kind]
    return {
        name: {text: float(np.mean([one[name] == text for one in found]))
               for text in ("holds", "fails", "undecided")}
        for name in found[0]
    }  # fmt: skip


@functools.cache
def _found_by_the_book() -> dict[str, dict[str, str]]:
    """Return the verdicts of the book, as a `Universe` has them, without judging anew."""
    rows = [row for row in results.read(results.path("verdicts")) if row["claim"].startswith("R")]
    names = [
        name
        for claim in REPORTED
        for name in verdicts.statement_names(claim)
    ]  # fmt: skip
    return {
        "claims": {row["claim"]: row["verdict"] for row in rows},
        "statements": {name: row["statement_verdict"]
                       for name, row in zip(names, rows, strict=True)},
    }  # fmt: skip
