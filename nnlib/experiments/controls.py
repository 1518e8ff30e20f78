"""Controls: does the way from errors to verdicts find what is there, and only that?

Before a scale is trusted, known weights are put on it. Here the effects are known, because they are
planted: every study below has as many statements as the report, each with a claimed range and a
true ratio drawn at random, and `verdicts.judge` judges it like the book's own. Three controls
differ in where the ratios of the seeds come from:

- *drawn*: the planted ratio, times noise. The logarithm of the noise is normal, with the standard
  deviation that one of the report's statements has over its seeds (`spreads`). The seeds' own
  deviations are not drawn again: there are ten at most, and three equal ones would leave an
  interval without width.
- *same networks*: nothing is assumed. The ten seeds of one network are split at random, and the
  errors of some, times the planted ratio, are divided by those of others. Nothing but the planted
  ratio tells the two groups apart. Ten seeds make five pairs at most.
- *more epochs*: nothing is planted. Networks of 8 and 16 layers, trained with BCE, are compared
  after 10 epochs and after 50, each with itself. It was known before any test that 40 epochs more
  help much; the ratio given is the mean over all of them.

A verdict is wrong if it is "holds" and the ratio lies outside the range, or "fails" and it does
not. An edge belongs to the range. The statements of a study are independent of each other here;
those of the report share networks.
"""

from collections import Counter

import numpy as np

from nnlib.experiments import grid, results, verdicts
from nnlib.experiments.claims import (
    BETTER,
    CORRUPTED,
    EQUAL,
    MATTERS,
    SLIGHT,
    SLIGHTLY,
    Claim,
    Ratio,
    Statement,
)
from nnlib.experiments.grid import Checkpoint, Config
from nnlib.experiments.multiverse import REPORTED
from nnlib.experiments.results import Measurement
from nnlib.experiments.statistics import ALPHA

#: The claimed ranges; the planted ratios lie within them, outside, and on the edges.
CLAIMED = {"better": BETTER, "equal": EQUAL, "slightly": SLIGHTLY}
RATIOS = (0.9, 1.0, 1.02, MATTERS, 1.1, SLIGHT, 1.3)
SEEDS = (3, 5, 10)
STUDIES = 1500  # of each control and number of seeds
VERDICTS = ("holds", "fails", "undecided")
POWER = 0.8  # how often an effect is to be seen that counts as seen
_ERROR = 0.02  # of the network below the line: one that has learned


def table(studies: int = STUDIES) -> list[dict]:
    """Return how often each verdict is given, for a file: with the same numbers every time.

    A row is about one range and one planted ratio with so many seeds, and tells of the shares of
    verdicts. In the rows of "any", a trial is a whole study, and `wrong` the share of studies with
    one wrong verdict or more. `wrong_alone` is the same without a correction.
    """
    rows = []
    for order, (control, (make, seeds)) in enumerate(_controls(results.ErrorTable()).items()):
        for count in seeds:
            rng = np.random.default_rng((order, count))
            made = (make(rng, count) for _ in range(studies))
            rows += _rows({"control": control, "seeds": count}, made, rng)
    return rows


def rates(claimed: str, control: str = "drawn") -> dict[int, dict[str, list[float]]]:
    """Return, from the book's table, the planted ratios and the share of each verdict, by seeds.

    Args:
        claimed: one of `CLAIMED`.
        control: "drawn", "same networks" or "more epochs".
    """
    found = {}
    for row in results.read(results.path("controls")):
        if (row["claimed"], row["control"]) == (claimed, control):
            columns = found.setdefault(row["seeds"], {})
            for name in ("ratio", *VERDICTS, "wrong"):
                columns.setdefault(name, []).append(row[name])
    if not found:
        raise ValueError(f"The table controls.csv tells nothing of {claimed!r} and {control!r}.")
    return found


def spreads(errors) -> dict[str, float]:
    """Return of each of the report's statements the standard deviation of its log ratio."""
    return {
        name: np.log([*verdicts.ratios(finding.statement, errors).values()]).std(ddof=1).item()
        for name, finding in verdicts.statements(verdicts.judge(errors, REPORTED)).items()
    }


def smallest_effect(
    spread: float, seeds: int, *, tests: int = 1, bound: float = MATTERS, power: float = POWER
) -> float:
    """Return the smallest true ratio with which "`bound` or more" is found to hold so often.

    It follows from the noncentral t distribution, and is exact for normal logarithms.

    Args:
        spread: the standard deviation of the logarithms of the ratios.
        seeds: how many, two or more.
        tests: by how many the p-value is multiplied. Holm's correction multiplies it by all
            statements of the family at most, and by 1 at least.
        bound: the least ratio claimed.
        power: the share of studies that find it, between 0 and 1.
    """
    from scipy.special import nctdtrinc, stdtrit

    reach = stdtrit(seeds - 1, 1 - ALPHA / tests / 2)
    return bound * float(np.exp(nctdtrinc(seeds - 1, 1 - power, reach) * spread / np.sqrt(seeds)))


def findings(study) -> list[verdicts.Finding]:
    """Return what is found of the statements of a study, each a range and the ratios by seed."""

    def error(side: str, place: int) -> tuple[Measurement]:
        return (Measurement(Checkpoint(Config(side, place, 0, 0), 0)),)

    def errors(measurement, score) -> dict[int, float]:
        side, place, *_ = measurement.checkpoint.config
        ratios = np.asarray(study[place][1])
        return dict(enumerate(_ERROR * (ratios if side == "above" else np.ones_like(ratios))))

    planted = [
        Claim(f"P{place}", "", "", {"": Statement(
            Ratio(error("above", place), error("below", place)), bounds)}, varied_fields=())
        for place, (bounds, _) in enumerate(study)
    ]  # fmt: skip
    return [one.findings[0] for one in verdicts.judge(errors, planted)]


def is_wrong(verdict: str, ratio: float, bounds: tuple[float, float]) -> bool:
    """Return whether a verdict is wrong of a statement whose true ratio is known."""
    return verdict == ("fails" if bounds[0] <= ratio <= bounds[1] else "holds")


def _controls(errors) -> dict:
    """Return by the name of a control how a study is made, and with how many seeds it can be.

    A study is made of a random generator and the number of seeds. It is a list of statements, each
    the true ratio and the ratios of the seeds.
    """
    spread = np.array([*spreads(errors).values()])
    size = len(spread)
    asked = {one for claim in REPORTED for statement in claim.statements
             for one in statement.ratio.errors if one.checkpoint is not CORRUPTED}  # fmt: skip
    measured = [[*errors(one, "mse").values()] for one in sorted(asked, key=repr)]
    of_ten = np.array([seeds for seeds in measured if len(seeds) == 10])
    # With 4 layers, some networks have not learned after 10 epochs.
    longer = [one for one in grid.CONFIGS if one.loss == "bce" and one.steps > min(grid.STEPS)]
    pairs = [results.by_seed([Checkpoint(one, 10), Checkpoint(one, 50)]) for one in longer]
    gains = [pair[:, 0] / pair[:, 1] for pair in pairs]
    gain = float(np.exp(np.mean([np.log(one).mean() for one in gains])))

    def drawn(rng, count):
        noise = np.exp(rng.normal(0, spread[:, None], (size, count)))
        return [(ratio, ratio * seeds) for ratio, seeds in zip(planted(rng), noise, strict=True)]

    def same_networks(rng, count):
        split = rng.permuted(rng.choice(of_ten, size), axis=1)
        noise = split[:, :count] / split[:, count : 2 * count]
        return [(ratio, ratio * seeds) for ratio, seeds in zip(planted(rng), noise, strict=True)]

    def more_epochs(rng, count):
        enough = [one for one in gains if len(one) >= count]
        chosen = rng.integers(len(enough), size=size)
        return [(gain, rng.permutation(enough[which])[:count]) for which in chosen]

    def planted(rng):
        return rng.choice(RATIOS, size).tolist()

    return {
        "drawn": (drawn, SEEDS),
        "same networks": (same_networks, SEEDS[:2]),
        "more epochs": (more_epochs, SEEDS),
    }


def _rows(names: dict, studies, rng) -> list[dict]:
    """Return the rows of one control with so many seeds; they begin with these `names`."""
    counts = {}
    for study in studies:
        claimed = rng.choice([*CLAIMED], len(study)).tolist()
        asked = [(CLAIMED[name], ratios) for name, (_, ratios) in zip(claimed, study, strict=True)]
        of_study = Counter(trials=1)
        for name, (ratio, _), finding in zip(claimed, study, findings(asked), strict=True):
            alone = finding.by_mse.verdict()
            wrong = {
                "wrong": is_wrong(finding.verdict, ratio, CLAIMED[name]),
                "wrong_alone": is_wrong(alone, ratio, CLAIMED[name]),
            }
            counts.setdefault((name, ratio), Counter()).update(
                wrong, trials=1, **{finding.verdict: 1}
            )
            of_study |= wrong  # the larger: once wrong, always wrong
        counts.setdefault(("any", 0), Counter()).update(of_study)
    return [
        names
        | {"claimed": name, "ratio": ratio or None, "trials": count["trials"]}
        | {one: count[one] / count["trials"] if ratio or one.startswith("wrong") else None
           for one in (*VERDICTS, "wrong", "wrong_alone")}
        for (name, ratio), count in sorted(counts.items())
    ]  # fmt: skip
