"""Is this loss right? Its value, its gradient, and what it must refuse.

What is right, the library's own class says; what the usual mistakes give, generators say, as pairs
of a cause (or a tuple of several) and a value. A wrong divisor is found by itself (`diagnosis`).
"""

from itertools import product

import numpy as np

from nnlib import losses as ours
from nnlib.checks.diagnosis import TRANSFORMS, Trial, joined, logistic, shares, transformed
from nnlib.checks.laws import loss_laws, one_number
from nnlib.checks.report import Case, Unchanged, check, judge
from nnlib.gradient_check import CheckFailed

SHAPES = [(5, 3), (7, 4), (4, 7)]
SMALL = [0.3, 0.25, 0.15, *(m * 10.0**-k for k in range(1, 10) for m in (1, 2, 3, 5))]
PAIRS = "a product of matrices (@) pairs elements that do not belong together; multiply by *"
ADDED = "a number like {:g} is added inside the logarithm: too large to be exact."
CLIPPED = "{} are clipped {:g} from 0 and 1: too far."


def check_loss(make, model, examples, wrong_values, wrong_gradients, form="", exact=None):
    """Compare a student's loss with the library's, then look at what every loss promises.

    Args:
        make: the student's class.
        model: the library's.
        examples: pairs of prediction and target, of different shapes.
        wrong_values, wrong_gradients: generators of mistakes, of prediction and target.
        form: of the targets, for messages.
        exact: the tolerance, where it is not the usual one.
    """
    values, gradients = [], []

    def gradient(prediction, target):
        right = model()
        right.forward(prediction, target)
        return right.backward()

    for prediction, target in examples:
        given = {"prediction": prediction, "target": target}
        case = Case(f"{model.__name__}.forward{form}", **given)
        loss, got = _forward(case, make, prediction, target)
        value = model().forward(prediction, target)
        one_number(case, got, value)
        wrong, other = wrong_values(prediction, target), transformed(model().forward, **given)
        values.append(Trial(case, got, value, wrong, other, exact=exact))
        if values[-1].is_right:
            case = Case(f"{model.__name__}.backward{form}", **given)
            got, right = case.run(loss.backward), gradient(prediction, target)
            wrong, other = wrong_gradients(prediction, target), transformed(gradient, **given)
            gradients.append(Trial(case, got, right, wrong, other, exact=exact))
    judge(values)
    judge(gradients)
    loss_laws(model.__name__, make, *examples[0])


def _forward(case, make, prediction, target):
    """Return a student's loss, and what its forward returns."""
    loss, p, y = case.run(make), prediction.copy(), target.copy()
    if target.ndim == 1:
        case.hint = "Does it take labels, (n,), besides one-hot rows? See target.ndim."
    try:
        with Unchanged(case, prediction=p, target=y):
            return loss, case.run(loss.forward, p, y)
    except CheckFailed:
        if target.ndim == 1:
            _from_one(case, make, prediction, target)
        raise


def _from_one(case, make, prediction, target):
    """Fail with the cause if a loss that refuses labels from 0 takes them from 1."""
    try:
        make().forward(prediction.copy(), target + 1)
    except Exception:
        return
    case.fail("labels are taken to start at 1, but classes count from 0: subtract no 1.")


def _tables(low, high, seed=3):
    rng = np.random.default_rng(seed)
    return [rng.uniform(low, high, shape).round(3) for shape in SHAPES]


def _crossed(variants, total=np.mean):
    """Yield mistakes in the costs, in what is made of them, and in both; divisors aside."""
    made = {
        "": total, "this is the sum; it must be the mean": np.sum,
        "the sum is divided by the rows alone; it must be by all elements":
            lambda c: c.sum() / len(c),
        "the root was taken; the loss is the mean itself": lambda c: total(c) ** 0.5,
        "the root of the sum was taken; the loss is the mean": lambda c: c.sum() ** 0.5,
        "this is the median, not the mean": np.median,
        "only the first row counts; it must be the mean over all": lambda c: total(c[:1]),
        "the mean was squared; each difference must be": lambda c: total(c) ** 2,
    }  # fmt: skip
    for (one, costs), (two, make) in product(variants, made.items()):
        if causes := joined((one, two), "."):
            yield causes, lambda c=costs, make=make: make(c() if callable(c) else c)


def _must_be_refused(make, name, pairs):
    """Fail unless each pair of prediction and target leads to an error."""
    for prediction, target, cause in pairs:
        case = Case(name, prediction=prediction, target=target)
        loss = case.run(make)
        try:
            got = loss.forward(prediction.copy(), target.copy())
        except Exception:
            continue
        returned = "the error is returned, and must be raised: raise, not return."
        case.require(not isinstance(got, Exception), returned, got)
        shapes = f"shapes {prediction.shape} and {target.shape} are not refused: NumPy broadcasts "
        shapes += "or reshapes them, and the loss answers another question. Compare "
        case.fail(cause or f"{shapes}prediction.shape with target.shape, and raise a ValueError.",
                  got)  # fmt: skip


TALL, FLAT = np.array([[0.5], [0.25], [0.75]]), np.full((3, 2), 0.5)
MISFITS = [(TALL, np.array([0.0, 1.0, 1.0]), ""), (FLAT, np.array([[0.0, 1.0]]), ""),
           (FLAT, TALL.round(), ""), (FLAT, np.eye(2, 3), "")]  # fmt: skip


# --- Squares -------------------------------------------------------------------------------------


def _wrong_mse(p, y):
    d = p - y
    variants = [
        ("", d**2), ("differences are taken absolute; they must be squared", abs(d)),
        ("differences are not squared", d), ("differences are not squared", -d),
        ("prediction and target are added; they must be subtracted", (p + y) ** 2),
        (PAIRS, d.T @ d), (PAIRS, d @ d.T), ("the target is not used", p**2),
        ("the prediction is not used", y**2),
        ("the mean was squared; each difference must be", d.mean() ** 2 + 0 * d),
        ("means of rows were squared; each difference must be",
         d.mean(axis=1)[:, None] ** 2 + 0 * d),
        *((f"differences are {said} and not squared", lambda f=f: f(d)) for said,
          f in TRANSFORMS.items()),
        *((f"differences are {said} first", lambda f=f: f(d) ** 2) for said,
          f in TRANSFORMS.items()),
    ]  # fmt: skip
    return _crossed(variants)


def _wrong_mse_gradient(p, y):
    d, n = p - y, p.size
    own, minus = "one number is returned; each element has its own gradient.", "prediction minus"
    yield "the 2 of the derivative of a square is missing.", d / n
    yield f"the sign is wrong: {minus} target.", -2 * d / n
    yield "the gradient must be divided as the loss is: by all elements (a mean).", 2 * d
    rows = "it is divided by the rows alone; it must be by all elements, as the loss is."
    yield rows, 2 * d / len(d)
    yield "it is multiplied by the loss: a factor too many.", (d**2).mean() * 2 * d / n
    loss = "this is the loss of each element, not its gradient: 2 (prediction - target)."
    yield loss, d**2 / n
    sign = "only the sign of the difference is used, as for absolute differences."
    yield sign, np.sign(d) / n
    yield "prediction and target are added; they must be subtracted.", 2 * (p + y) / n
    yield f"the target is missing: {minus} target.", 2 * p / n
    yield f"the prediction is missing: {minus} target.", -2 * y / n
    yield own, 2 * d.mean()
    yield own, 2 * d.sum()
    for said, f in TRANSFORMS.items():
        yield f"differences are {said} first.", lambda f=f: 2 * f(d) / n


@check
def mse_loss(MSELoss) -> None:
    """Check a class `MSELoss()`, the mean over all elements.

    Raises:
        CheckFailed: what is wrong, with an example and the likely cause.
    """
    examples = list(zip(_tables(-1.9, 1.9), _tables(0.1, 2.4, 4), strict=True))
    check_loss(MSELoss, ours.MSELoss, examples, _wrong_mse, _wrong_mse_gradient)
    _must_be_refused(MSELoss, "MSELoss.forward, with shapes that differ,", MISFITS)


# --- Yes or no -----------------------------------------------------------------------------------


def _costs(p, y):
    return -y * np.log(p) - (1 - y) * np.log1p(-p)


def _wrong_bce(p, y):
    yes, no, ends = -y * np.log(p), -(1 - y) * np.log1p(-p), (1e-12, 1 - 1e-12)
    minus = "the halves are subtracted; they must be added (a sign is wrong)"
    both = "1 - p is missing: both halves take log(p)"
    variants = [
        ("", yes + no), ("the sign is wrong: logarithms of probabilities are negative", -yes - no),
        ("only targets of 1 count: the half with 1 - y is missing", yes),
        ("only targets of 0 count: the half with y is missing", no), (minus, yes - no),
        (minus, no - yes), (both, -np.log(p)), (both, (1 - 2 * y) * np.log(p)),
        ("1 - y is missing: both halves are multiplied by y", -y * (np.log(p) + np.log1p(-p))),
        ("1 - y is missing: the second half is multiplied by y", yes - y * np.log1p(-p)),
        ("y and 1 - y are exchanged: y goes with log(p)", -(1 - y) * np.log(p) - y * np.log1p(-p)),
        ("brackets are missing around 1 - y", yes - 1 + y * np.log1p(-p)),
        ("brackets are missing around 1 - y", yes - 1 - y * np.log1p(-p)),
        ("log1p(p) is log(1 + p); it must be log(p)", -y * np.log1p(p) + no),
        ("these are squared differences; the loss takes logarithms", (p - y) ** 2),
        ("a sigmoid is applied, but the prediction holds probabilities already",
         _costs(logistic(p), y)),
        ("targets are rounded: they may lie between 0 and 1", _costs(p, y.round())),
        ("prediction and target are exchanged", _costs(y.clip(*ends), p)),
        (PAIRS, (y.T @ np.log(p) + (1 - y).T @ np.log1p(-p)).sum() / -p.size + 0 * p),
        (PAIRS, (y @ np.log(p).T + (1 - y) @ np.log1p(-p).T).sum() / -p.size + 0 * p),
    ]  # fmt: skip
    yield from _crossed(variants)
    for small in SMALL:
        inside = -y * np.log(p + small) - (1 - y) * np.log(1 - p + small)
        yield ADDED.format(small), inside.mean()
        said = CLIPPED.format("predictions", small)
        yield said, _costs(p.clip(small, 1 - small), y).mean()
        yield said, _costs(p.clip(small), y).mean()
        said = f"predictions are clipped to [-{small:g}, {small:g}], not to [eps, 1 - eps]."
        yield said, _costs(p.clip(-small, small), y).mean()


def _wrong_bce_gradient(p, y):
    yes, no, n = y / p, (1 - y) / (1 - p), p.size
    logits = "p - y is the gradient for the numbers before a sigmoid (logits); here the prediction "
    for value in ((p - y) / n, p - y):
        yield f"{logits}is the probability.", value
    for cause, value in {
        "the sign is wrong.": yes - no,
        "the gradient must be divided as the loss is: by all elements (a mean).": (no - yes) * n,
        "the half with 1 - y is missing.": -yes, "the half with y is missing.": no,
        "the halves have the same sign; they must differ.": no + yes,
        "1 - p is missing below the second half.": (1 - y) / p - yes,
        "p and 1 - p are exchanged.": (1 - y) / p - y / (1 - p),
        "only p stands below; it must be p (1 - p).": (p - y) / p,
        "only 1 - p stands below; it must be p (1 - p).": (p - y) / (1 - p),
        "it is multiplied by p (1 - p); it must be divided.": (p - y) * p * (1 - p),
        "targets are rounded: they may lie between 0 and 1.": (p - y.round()) / (p * (1 - p)),
        "this is the gradient of squared differences.": 2 * (p - y),
        "prediction and target are exchanged.": np.log1p(-p) - np.log(p),
    }.items():  # fmt: skip
        yield cause, value / n
    for small in SMALL:
        added = f"a number like {small:g} is added below: too large to be exact."
        yield added, ((1 - y) / (1 - p + small) - y / (p + small)) / n
        yield added, (p - y) / (p * (1 - p) + small) / n
        q = p.clip(small, 1 - small)
        yield CLIPPED.format("predictions", small), ((1 - y) / (1 - q) - y / q) / n


@check
def binary_cross_entropy(BinaryCrossEntropy) -> None:
    """Check a class `BinaryCrossEntropy()` of probabilities, the mean over all elements.

    Raises:
        CheckFailed: what is wrong, with an example and the likely cause.
    """
    make, name = BinaryCrossEntropy, "BinaryCrossEntropy"
    predictions, targets = _tables(0.06, 0.94, 5), _tables(0.02, 0.98, 6)
    for p in predictions:
        p[0, :2] = 0.004, 0.9965  # near the ends, where clipping shows; and float32 has five digits
    examples = list(zip(predictions, targets, strict=True))
    check_loss(make, ours.BinaryCrossEntropy, examples, _wrong_bce, _wrong_bce_gradient, exact=2e-5)
    _must_be_refused(make, f"{name}.forward, with shapes that differ,", MISFITS)
    _near_the_ends(make, name)
    _at_the_ends(make, name)


def _near_the_ends(make, name):
    """A number such as 1e-9 within a logarithm shows here; 1e-10 or less is as good as nothing."""
    p, y, right = np.array([[0.003, 0.997]]), np.array([[0.0, 1.0]]), -np.log(0.997)
    case = Case(f"{name}.forward, with predictions near 0 and 1,", prediction=p, target=y)
    got, single = float(_finite(make, case, p, y, "")[0]), np.float32(p[0])
    rounded = float(-(np.log(1 - single[0]) + np.log(single[1])) / 2)  # computed in float32
    allowed = 1e-6 if float(np.float32(got)) == got else 4e-10
    if min(abs(got - right), abs(got - rounded)) > allowed:
        wrong = [(f"{ADDED.format(small)[:-1]}; 1e-12 will do.", -np.log(0.997 + small))
                 for small in SMALL]  # fmt: skip
        otherwise = "it is nearly right: is a number added, or a value clipped, where it need not "
        judge([Trial(case, got, right, wrong, exact=1e-9)], f"{otherwise}be?")


def _at_the_ends(make, name):
    """Predictions of 0 and 1 cost nothing where they are right, and much where they are wrong."""
    p = np.array([[0.0, 1.0]])
    for precision, wholly_wrong in product((np.float64, np.float32), (False, True)):
        y = (1 - p if wholly_wrong else p).astype(precision)
        what = f"{name}.forward, with {np.dtype(precision)} numbers at the ends,"
        case = Case(what, prediction=p.astype(precision), target=y)
        hint = "Clip at both ends, to [eps, 1 - eps]."
        got, _ = _finite(make, case, p.astype(precision), y, hint)
        said = "a prediction that is right and certain must cost nothing."
        case.require(wholly_wrong or abs(got) < 5e-5, said, got, 0.0)
        away = f"{np.exp(-max(got, -1.0)):.2g} away from 0 and 1, which is too far."
        said = "a prediction that is wholly wrong must cost much more (10 or above): predictions "
        case.require(not wholly_wrong or got > 10, f"{said}are kept {away}", got)


def _finite(make, case, prediction, target, hint):
    """Return loss and gradient; fail unless they are finite where a formula as it stands is not."""
    loss, p, y = case.run(make), prediction.copy(), target.copy()
    with Unchanged(case, prediction=p, target=y):
        got, grad = case.run(loss.forward, p, y), case.run(loss.backward)
    said = "the loss is not finite: exp of a large number overflows, and the logarithm of 0 is "
    said += "infinite. Rewrite the formula so that neither occurs in "
    said += f"{p.dtype}, in which the number before 1 is 1 - {np.finfo(p.dtype).epsneg:.1g}. {hint}"
    case.require(np.isfinite(got), said, got)
    said = "the gradient is not finite: look for a division by zero or an overflow."
    case.require(np.isfinite(np.asarray(grad, dtype=np.float64)).all(), said, grad)
    return got, grad


# --- Classes -------------------------------------------------------------------------------------


def _one_hot(z, y):
    return np.eye(z.shape[1])[y] if y.ndim == 1 else y


def _log_p(z, axis=1):
    z = z - z.max(axis=axis, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=axis, keepdims=True))


def _wrong_ce(z, y):
    t, log_p = _one_hot(z, y), _log_p(z)
    p = np.exp(log_p)
    variants = [*_wrong_logs(z, t, log_p, p), *_wrong_choices(z, t, log_p, p)]
    yield from _crossed(variants, total=lambda costs: costs.sum() / len(costs))
    both = "the sum is divided by rows and classes; each row has one cost, of its true class."
    yield both, -(t * log_p).mean()
    for small in SMALL:
        yield ADDED.format(small), -(t * np.log(p + small)).sum() / len(z)
        clipped = p.clip(small, 1 - small)
        yield CLIPPED.format("probabilities", small), -(t * np.log(clipped)).sum() / len(z)


def _wrong_logs(z, t, log_p, p):
    """Yield mistakes in the logarithm of the softmax."""
    top, total = z.max(axis=1, keepdims=True), np.exp(z).sum(axis=1, keepdims=True)
    shifted = z - top
    sums = np.exp(shifted).sum(axis=1, keepdims=True)
    yield "", -t * log_p
    yield "the sign is wrong: logarithms of probabilities are negative", t * log_p
    twice = "a softmax is applied twice: the prediction holds scores (logits)"
    yield twice, -t * _log_p(p)
    scores = "no softmax is applied: the prediction holds scores (logits), not probabilities"
    for v in (np.log(z.clip(1e-12)), np.log(z.clip(1e-12, 1)), np.log(abs(z)), z):
        yield scores, -t * v
    missing = "the score of the true class is missing: the logarithm of the sum, minus the score"
    yield missing, t * np.log(total)
    column = "the sum of exponentials goes down the columns; each row needs its own"
    for v in (_log_p(z, axis=0), shifted - np.log(np.exp(shifted).sum(axis=0))):
        yield column, -t * v
    whole = "the sum of exponentials goes over all rows; each row needs its own"
    for v in (z, shifted):
        yield whole, -t * (v - np.log(np.exp(v).sum()))
    shift = "the largest score is subtracted in one place only; it must be in both, or in none"
    for v in (shifted - np.log(total), log_p + top):
        yield shift, -t * v
    mean = "the mean of the exponentials is taken; it must be their sum"
    yield mean, -t * (log_p + np.log(z.shape[1]))
    base = "the logarithm of the sum has base 2 or 10; it must be the natural one"
    for log in (np.log2, np.log10):
        yield base, -t * (shifted - log(sums))
    chance = "this is the probability, not its logarithm"
    for v in (-t * p, t * p, t * (1 - p)):
        yield chance, v
    yield "a sigmoid stands where the softmax belongs", -t * np.log(logistic(z))
    yes_no = "these are costs of yes or no, with a sigmoid for each score; classes need a softmax"
    yield yes_no, _costs(logistic(z), t)


def _wrong_choices(z, t, log_p, p):
    """Yield mistakes in what is chosen from the logarithms, and the like."""
    guess, labels = z == z.max(axis=1, keepdims=True), t.argmax(axis=1)
    yield "the target is not used: all classes are summed", -log_p
    yield "these are squared differences; the loss takes the logarithm", (p - t) ** 2
    yield "target and softmax are exchanged", -p * np.log(t.clip(1e-12))
    for shift in (-1, 1):
        yield COUNT, -np.roll(t, shift, axis=1) * log_p
    numbers = "labels are multiplied as numbers; they name the class whose logarithm counts"
    yield numbers, -labels[:, None] * log_p
    guessed = "the guessed class counts (the largest score); it must be the true one"
    yield guessed, guess * -log_p
    counts = "this counts mistakes; the loss takes the logarithm of the probability"
    yield counts, (t - guess).clip(0)
    yield PAIRS, -t.T @ log_p
    yield PAIRS, -t @ log_p.T
    index = "indexing with [:, labels] pairs each row with all labels: use [np.arange(n), labels]"
    yield index, -log_p[:, labels]


COUNT = "classes count from zero: the label 0 is the first one"


def _wrong_ce_gradient(z, y):
    t, n, p = _one_hot(z, y), len(z), np.exp(_log_p(z))
    labels, top = t.argmax(axis=1), z.max(axis=1, keepdims=True)
    raw = "raw labels are subtracted; they name the place where 1 is taken off (one-hot)"
    share, softmax = "the exponentials are not divided by their sum", "the softmax is missing"
    own = "the softmax goes {}; each row needs its own"
    for cause, value in [
        ("the gradient must be divided as the loss is: by the rows (the mean)", n * (p - t)),
        ("it is divided by rows and classes; the loss is a mean over the rows",
         (p - t) / z.shape[1]),
        ("the sign is wrong", t - p), ("2 (softmax - target) belongs to squares", 2 * (p - t)),
        ("only the true class has a gradient; all other classes need one", t * (p - 1)),
        ("the target is missing", p), (softmax, -t), (softmax, z - t),
        ("this is the gradient for probabilities, not for scores", -t / p),
        ("this is the gradient of yes or no, for probabilities, not for the scores of classes",
         (p - t) / (p * (1 - p))),
        ("a sigmoid stands where the softmax belongs (yes or no)", logistic(z) - t),
        ("a softmax is applied twice", shares(np.exp(p)) - t), (share, np.exp(z) - t),
        (share, np.exp(z - top) - t),
        (own.format("down the columns"), np.exp(_log_p(z, axis=0)) - t),
        (own.format("over all rows"), np.exp(z) / np.exp(z).sum() - t),
        (raw, p - labels[:, None]), (raw, lambda: p - labels),
        ("1 is taken off in the guessed class; it must be the true one", p - (z == top)),
        (COUNT, p - np.roll(t, -1, axis=1)), (COUNT, p - np.roll(t, 1, axis=1)),
        ("indexing with [:, labels] takes 1 off in all rows: use [np.arange(n), labels]",
         p - t.any(axis=0)),
        ("the derivative of the softmax is multiplied in once more", (p - t) * p * (1 - p)),
        ("1 is added in place of subtracted", p + t),
    ]:  # fmt: skip
        divided = lambda v=value: (v() if callable(v) else v) / n  # noqa: E731
        yield f"{cause}: (softmax - target) / rows.", divided


@check
def cross_entropy(CrossEntropyWithLogSoftmax) -> None:
    """Check a class `CrossEntropyWithLogSoftmax()`, the mean over the rows.

    Raises:
        CheckFailed: what is wrong, with an example and the likely cause.
    """
    make, model = CrossEntropyWithLogSoftmax, ours.CrossEntropyWithLogSoftmax
    name = f"{model.__name__}.forward, with"
    labels = np.array([0, 2, 1, 1, 2]), np.array([3, 0, 2, 1, 0, 2, 2]), np.array([5, 0, 3, 1])
    labeled = list(zip(_tables(-2.3, 2.3, 8), labels, strict=True))
    one_hot = [(z, _one_hot(z, y)) for z, y in labeled]
    check_loss(make, model, labeled, _wrong_ce, _wrong_ce_gradient, ", with labels,")
    check_loss(make, model, one_hot, _wrong_ce, _wrong_ce_gradient, ", with one-hot rows,")
    (z, y), few = labeled[0], np.array([0, 2, 1])
    case = Case(f"{name} as many rows as classes,", prediction=z[:3], target=few)
    hint = "three labels are not a row of a table: look at target.ndim, not at its length."
    got = case.run(case.run(make).forward, z[:3].copy(), few.copy())
    case.equal(got, model().forward(z[:3], few), _wrong_ce(z[:3], few), hint)
    _extreme_scores(make, model, name)
    said = "the label {} is not refused, though classes count from 0 to 2. NumPy takes a negative "
    said += "index as counted from the end. Raise a ValueError."
    wrong = [(z, np.where(y == 1, label, y), said.format(label)) for label in (-1, 3)]
    _must_be_refused(make, f"{name} a label that is no class,", wrong)
    wrong = [(z, y[:, None], ""), (z, y[:-1], "four labels for five rows are not refused."),
             (z, np.eye(4)[y], "one-hot rows of another width are not refused.")]  # fmt: skip
    _must_be_refused(make, f"{name} targets of another shape,", wrong)


def _extreme_scores(make, model, name):
    """Scores whose exponentials overflow, or whose probabilities are rounded to 0."""
    scores = np.array([[1000.0, 0.0, -1000.0], [-2000.0, -2001.0, -2003.0]])
    own = "Take no logarithm of a probability, which may be rounded to 0: a log-softmax is each "
    own += "row, less its own largest score, minus log(sum of exp) of that."
    said = "it is not exact for large scores: a logarithm is taken of a probability that was "
    said += "rounded to 0, or to which a number was added. Take it by the formula: each row "
    said += "shifted by its own largest score, minus log(sum of exp)."
    for labels in (np.array([0, 0]), np.array([2, 1])):
        right, case = model(), Case(f"{name} extreme numbers,", prediction=scores, target=labels)
        got, grad = _finite(make, case, scores, labels, own)
        case.equal(got, right.forward(scores, labels), otherwise=said)
        case.what = case.what.replace("forward", "backward")
        case.equal(grad, right.backward())
