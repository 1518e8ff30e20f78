"""How well a reader knows what they know: fifteen verdicts, foretold."""

from traitlets import Bool, CInt, Int, List, TraitError, validate

from nnlib.experiments import multiverse, results
from nnlib.widgets.base import Widget, script

VERDICTS = ("holds", "fails", "undecided")
CERTAINTIES = (35, 100, 5)  # percent; of three verdicts, chance gets one in three


def claims() -> list:
    """Return the claims of the report: [id, text, where, verdict, from the table of verdicts]."""
    told = {row["claim"]: row["verdict"] for row in results.read(results.path("verdicts"))}
    rows, before = [], ""
    for one in multiverse.REPORTED:
        text = one.text
        if text.startswith("The same"):  # as the claim before, which is said again here
            text = f"{text.removesuffix('.')}: {before[0].lower()}{before[1:]}"
        rows.append([one.id, text, one.where, told[one.id]])
        before = one.text
    return rows


class Calibration(Widget):
    """Foretell the verdict on each claim, and say how sure you are; then see how often you knew.

    Nothing is stored: when the page is closed, the answers are gone.

    Attributes:
        answers: a verdict, "holds", "fails" or "undecided", and a certainty in percent, 35 to 100,
            for each claim from R1 on.
        certainty: that of the next answer.
        shown: whether the verdicts are uncovered.
    """

    _esm = script("calibration")
    _min_heights = List(Int(), [930, 1700]).tag(sync=True)
    _claims = List().tag(sync=True)
    _verdicts = List(list(VERDICTS)).tag(sync=True)
    _certainties = List(list(CERTAINTIES)).tag(sync=True)

    answers = List().tag(sync=True)
    certainty = CInt(60, min=CERTAINTIES[0], max=CERTAINTIES[1]).tag(sync=True)
    shown = Bool(False).tag(sync=True)

    def __init__(self, **traits):
        super().__init__(_claims=claims(), **traits)

    @validate("answers")
    def _known(self, proposal):
        least, most, _ = CERTAINTIES
        answers = proposal["value"]
        if len(answers) > len(self._claims) or any(
            verdict not in VERDICTS or not least <= certainty <= most
            for verdict, certainty in answers
        ):
            raise TraitError(
                f"answers must be pairs such as ['holds', 60], one for each claim at most: one of "
                f"{', '.join(VERDICTS)}, and a certainty from {least} to {most}, not {answers}."
            )
        return answers
