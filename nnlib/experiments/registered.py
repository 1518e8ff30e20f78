"""What was expected before a second data set was trained on, and how good that was.

`data/registered/fashion_mnist.md` has the rules, `fashion_mnist.csv` the predictions. They were
written first: a test asks the history of the repository. Here they are only read and scored.
"""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from nnlib.datasets.paths import data_dir
from nnlib.experiments import claims, grid, multiverse, results, tuning, verdicts
from nnlib.experiments.statistics import Estimate, has_learned

DATA_SET = "fashion_mnist"
TABLE = "registered/fashion_mnist.csv"
#: What is said of a verdict on MNIST, by whether the other data set gives the same one.
CONFIRMED, CONTRADICTED, OPEN = "confirmed", "contradicted", "open"


class Prediction(NamedTuple):
    """A line of the table: a statement, and what its ratio and its verdict were expected to be."""

    statement: str
    ratio: float
    verdict: str


class Outcome(NamedTuple):
    """What came of a statement: what the seeds say of its ratio, and the verdict."""

    estimate: Estimate
    verdict: str


def predictions() -> dict[str, Prediction]:
    """Return what was expected, by the name of the statement, such as "R4a" or "T1"."""
    rows = results.read(data_dir() / TABLE)
    return {row["name"]: Prediction(row["statement"], row["ratio"], row["verdict"]) for row in rows}


def outcomes(data_set: str = DATA_SET) -> dict[str, Outcome]:
    """Return what came of the 29 statements, by name, on a data set.

    Those about noise are there twice, the second time under noise that is not clipped.
    """
    noisy = [verdicts.moved(one) for one in multiverse.REPORTED
             if multiverse.is_about_noise(one) and one.id != "R15"]  # fmt: skip
    choices = multiverse.Choices(clipped=False, data_set=data_set)
    unclipped = multiverse.judge(choices, asked=noisy)
    clipped = verdicts.of_the_book(data_set).values()
    both = verdicts.statements(clipped) | {
        f"{name} unclipped": finding for name, finding in verdicts.statements(unclipped).items()
    }
    return {name: Outcome(one.by_mse, one.verdict) for name, one in both.items()}


def tuned() -> dict[str, Outcome]:
    """Return what came of the statements about arms at their best rates."""
    return {name: Outcome(*found) for name, found in tuning.judge().items()}


def compare(here: str, there: str) -> str:
    """Return what a second verdict says of a first one."""
    if "undecided" in (here, there):
        return OPEN
    return CONFIRMED if here == there else CONTRADICTED


def score(found: Mapping[str, Outcome], expected: Mapping[str, Prediction]) -> dict[str, float]:
    """Return how well predictions did, over the statements of `found`.

    Returns:
        The share of the verdicts that were predicted, as `verdicts`, and, as `ratio`, the factor by
        which ratios were missed. Its logarithm is the mean distance of the logarithms of found and
        predicted ratios.
    """
    hits = [one.verdict == expected[name].verdict for name, one in found.items()]
    misses = [np.log(one.estimate.ratio / expected[name].ratio) for name, one in found.items()]
    return {"verdicts": float(np.mean(hits)), "ratio": float(np.exp(np.mean(np.abs(misses))))}


def scores(names=None) -> dict[str, dict[str, float]]:
    """Return the scores of the predictions, and of two that need no thought.

    "as on MNIST" expects every ratio and verdict to be that of the digits. "always the same"
    expects no difference anywhere, and knows, as nobody could, which verdict comes most often.

    Args:
        names: of the statements that count; by default the 29.
    """
    found, digits = outcomes(), outcomes("mnist")
    names = list(names or (name for name in found if not name.endswith("unclipped")))
    found = {name: found[name] for name in names}
    same = {name: Prediction("", one.estimate.ratio, one.verdict) for name, one in digits.items()}
    ((most, _),) = Counter(one.verdict for one in found.values()).most_common(1)
    return {
        "registered": score(found, predictions()),
        "as on MNIST": score(found, same),
        "always the same": score(found, dict.fromkeys(found, Prediction("", 1.0, most))),
    }


def comparison(names=None) -> list[dict]:
    """Return a row for each statement, for a reader: on both data sets, as expected, and so what.

    Args:
        names: of the statements; by default the 29.
    """
    found, digits, expected = outcomes(), outcomes("mnist"), predictions()
    names = list(names or (name for name in found if not name.endswith("unclipped")))
    return [
        {
            "claim": name,
            "statement": expected[name].statement,
            "digits": f"{digits[name].estimate.ratio:.2f}, {digits[name].verdict}",
            "clothes": f"{found[name].estimate}, {found[name].verdict}",
            "expected": f"{expected[name].ratio:.2f}, {expected[name].verdict}",
            "the verdict on digits is": f"**{compare(digits[name].verdict, found[name].verdict)}**",
        }
        for name in names
    ]


def configurations() -> list[dict]:
    """Return a row for each claim, for a reader: its verdicts on both data sets.

    These are the verdict of the book, and how many other configurations give which one.
    """
    digits, clothes = (
        verdicts.overview(verdicts.of_the_book(name).values()) for name in ("mnist", DATA_SET)
    )
    return [
        {name: one[name] for name in ("claim", "what it says")}
        | {
            f"{images}, {title}": row[column]
            for images, row in (("digits", one), ("clothes", other))
            for title, column in (("verdict", "verdict"), ("other configurations", "elsewhere"))
        }
        for one, other in zip(digits, clothes, strict=True)
    ]


def compare_elsewhere() -> dict[str, list[str]]:
    """Return the statements where the report did not look, by what clothes say of digits.

    Each is a statement in one configuration, such as "R4a with batch 32, latent 32".
    """
    found = {CONFIRMED: [], CONTRADICTED: [], OPEN: []}
    for claim in claims.CLAIMS:
        digits, clothes = (
            verdicts.statements_elsewhere(
                claim, verdicts.errors_of(name), verdicts.MEAN_IMAGES[name]
            )
            for name in ("mnist", DATA_SET)
        )
        for values in digits:
            named = zip(
                verdicts.statement_names(claim), digits[values], clothes[values], strict=True
            )
            for name, here, there in named:
                where = f"{name} with {verdicts.config_name(claim, values)}"
                found[compare(here, there)].append(where)
    return found


def learned_runs(data_set: str = DATA_SET) -> dict[str, list[bool]]:
    """Return of each training run whether its last network has learned.

    The runs are grouped by loss, depth and batch size.
    """
    found, errors = {}, verdicts.errors_of(data_set)
    for config in grid.CONFIGS:
        last = grid.Checkpoint(config, grid.EPOCHS[config.loss][-1])
        of_seeds = [*errors(results.Measurement(last), "mse").values()]
        learned = has_learned(of_seeds, verdicts.MEAN_IMAGES[data_set]).tolist()
        kind = f"{config.loss.upper()}, {2 * config.steps} layers, batch {config.batch_size}"
        found.setdefault(kind, []).extend(learned)
    return found
