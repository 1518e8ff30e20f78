"""Is this loss right? Its value, its gradient, and what it must refuse. Floor 6."""

import numpy as np

from nnlib.checks.report import Case, Unchanged

RNG = np.random.default_rng(7)
P = RNG.uniform(0.05, 0.95, (6, 3)).round(2)
Y = RNG.uniform(0, 1, (6, 3)).round(1)
EARLIER = RNG.uniform(0.05, 0.95, (4, 3)).round(2)
SCORES = RNG.uniform(-2, 2, (6, 3)).round(1)
LABELS = np.array([0, 2, 1, 1, 0, 2])


def check_loss(make, name, prediction, target, value, gradient, wrong_values, wrong_gradients):
    """Check a loss against its formula, and what every loss promises.

    Args:
        make: returns a new object of the student's class.
        name: of the class, for messages.
        prediction, target: an example.
        value, gradient: functions of prediction and target: the loss, and its gradient.
        wrong_values, wrong_gradients: functions of the same; return pairs of a cause and what it
            leads to.
    """
    case = Case(f"{name}.forward", prediction=prediction, target=target)
    back = Case(f"{name}.backward", prediction=prediction, target=target)
    loss = case.run(make)
    p, y = prediction.copy(), target.copy()
    with Unchanged(case, prediction=p, target=y):
        got = case.run(loss.forward, p, y)
    _one_number(case, got, value(prediction, target))
    case.equal(got, value(prediction, target), wrong_values(prediction, target))
    with Unchanged(back, prediction=p, target=y):
        grad = back.run(loss.backward)
    back.equal(grad, gradient(prediction, target), wrong_gradients(prediction, target))
    again = Case(f"{name}.backward, called a second time,", prediction=prediction, target=target)
    again.equal(
        again.run(loss.backward),
        gradient(prediction, target),
        otherwise="the second result differs from the first: backward changes what forward kept.",
    )
    _calls_are_apart(make, name, prediction, target, value, gradient)
    _shapes_must_fit(make, name)


def _one_number(case, got, expected):
    if got is None:
        case.fail("nothing was returned: forward must end with `return …`.", None, expected)
    if np.ndim(got):
        case.fail(
            f"the loss must be one number, but has the shape {np.shape(got)}: take the sum or mean "
            "over all axes.",
            got,
            expected,
        )


def _calls_are_apart(make, name, prediction, target, value, gradient):
    """Each call counts by itself, and so does each object."""
    loss, other = make(), make()
    p, y = prediction[1:5].copy(), target[1:5].copy()
    case = Case(f"{name}.forward, called again,", prediction=p, target=y)
    case.run(loss.forward, prediction.copy(), target.copy())
    first = value(prediction, target)
    case.equal(
        case.run(loss.forward, p, y),
        value(p, y),
        [
            ("the loss of an earlier call was added.", first + value(p, y)),
            ("it is the loss of an earlier call.", first),
        ],
    )
    back = Case(f"{name}.backward, after a second forward,", prediction=p, target=y)
    stale = "it belongs to an earlier forward: keep what the last forward was given."
    size = "it is divided by the size of an earlier batch."
    wrong = [(stale, gradient(prediction, target))]
    wrong += [(size, gradient(p, y) * len(p) / len(prediction))]
    back.equal(back.run(loss.backward), gradient(p, y), wrong)
    case = Case(f"{name}: two objects at a time", prediction=p, target=y)
    case.run(other.forward, prediction.copy(), target.copy())
    case.equal(
        case.run(loss.backward),
        gradient(p, y),
        [
            (
                "what forward keeps is shared by two objects: keep it in self, not in the class.",
                gradient(prediction, target),
            )
        ],
    )


def _shapes_must_fit(make, name):
    column = np.array([[0.5], [0.25], [0.75]])
    for prediction, target in (
        (column, np.array([0.0, 1.0, 1.0])),
        (np.full((3, 2), 0.5), np.array([[0.0, 1.0]])),
        (np.full((3, 2), 0.5), column.round()),
    ):
        _refused(
            make,
            f"{name}.forward, with shapes that differ,",
            prediction,
            target,
            f"shapes {prediction.shape} and {target.shape} are not refused: NumPy broadcasts them "
            "to a table, and the loss answers another question. Compare prediction.shape with "
            "target.shape, and raise a ValueError.",
        )


def _refused(make, what, prediction, target, cause):
    case = Case(what, prediction=prediction, target=target)
    loss = case.run(make)
    try:
        with np.errstate(all="ignore"):
            got = loss.forward(prediction, target)
    except Exception:
        return
    case.fail(cause, got)


def _finite(make, name, prediction, target, expected=None, at_least=0.0):
    """The loss stays finite, and exact, where a formula as it stands overflows."""
    case = Case(f"{name}.forward, with extreme numbers,", prediction=prediction, target=target)
    loss = case.run(make)
    p, y = prediction.copy(), target.copy()
    with Unchanged(case, prediction=p, target=y):
        got = case.run(loss.forward, p, y)
        grad = case.run(loss.backward)
    if not np.isfinite(got):
        case.fail(
            "the loss is not finite: exp of a large number overflows, and the logarithm of 0 is "
            f"infinite. Rewrite the formula so that neither occurs in {prediction.dtype}, in which "
            f"the number before 1 is 1 - {np.finfo(prediction.dtype).epsneg:.1g}.",
            got,
            expected,
        )
    if expected is not None:
        case.equal(
            got,
            expected,
            [
                (
                    "a logarithm is taken of a probability that was rounded to 0: take it by the "
                    "formula, score minus log(sum of exp), instead.",
                    got if got < 0.9 * expected else np.nan,
                )
            ],
            "each row must be shifted by its own largest number before the exponential.",
        )
    if got < at_least:
        case.fail(
            f"a prediction that is wholly wrong must cost a lot, more than {at_least:g}: the "
            "probability is clipped too far from 0 and 1.",
            got,
        )
    if not np.isfinite(np.asarray(grad, dtype=np.float64)).all():
        case.fail("the gradient is not finite: a division by 0.", grad)


# --- Squared error -------------------------------------------------------------------------------


def _mse(p, y):
    return float(((p - y) ** 2).mean())


def _mse_gradient(p, y):
    return 2 * (p - y) / p.size


def _wrong_mse(p, y):
    d = p - y
    return [
        ("this is the sum; it must be the mean over all elements.", (d**2).sum()),
        (
            "the sum is divided by the rows alone; it must be divided by all elements.",
            (d**2).sum() / len(p),
        ),
        ("it is half of the mean: no factor 1/2 belongs in it.", (d**2).mean() / 2),
        ("differences are taken absolute; they must be squared.", abs(d).mean()),
        ("the root was taken; the loss is the mean of the squares itself.", (d**2).mean() ** 0.5),
        ("differences are not squared.", d.mean()),
        ("differences are not squared.", -d.mean()),
        ("the mean was squared; each difference must be.", d.mean() ** 2),
        ("differences are rounded to integers.", (d.round() ** 2).mean()),
    ]


def _wrong_mse_gradient(p, y):
    d = p - y
    return [
        ("the 2 of the derivative of a square is missing.", d / d.size),
        ("the gradient must be divided as the loss is: by all elements.", 2 * d),
        ("the gradient must be divided as the loss is: by all elements.", d),
        ("it is divided by the rows alone; it must be by all elements.", 2 * d / len(d)),
        ("the sign is wrong: prediction minus target.", -2 * d / d.size),
        ("it is multiplied by the loss: a factor too many.", (d**2).mean() * 2 * d / d.size),
    ]


def mse_loss(MSELoss) -> None:
    """Check a class `MSELoss()`, the mean over all elements.

    Raises:
        CheckFailed: what is wrong, with an example and the likely cause.
    """
    wrong = (_wrong_mse, _wrong_mse_gradient)
    check_loss(MSELoss, "MSELoss", P, Y, _mse, _mse_gradient, *wrong)


# --- Yes or no -----------------------------------------------------------------------------------


def _bce(p, y):
    return float((-y * np.log(p) - (1 - y) * np.log1p(-p)).mean())


def _bce_gradient(p, y):
    return ((1 - y) / (1 - p) - y / p) / p.size


def _wrong_bce(p, y):
    yes, no = -y * np.log(p), -(1 - y) * np.log1p(-p)
    logistic = 1 / (1 + np.exp(-p))
    return (
        [
            ("the sign is wrong: logarithms of probabilities are negative.", -_bce(p, y)),
            ("only targets of 1 count: the half with 1 - y is missing.", yes.mean()),
            ("only targets of 0 count: the half with y is missing.", no.mean()),
            ("the halves are subtracted; they must be added.", (yes - no).mean()),
            ("this is the sum; it must be the mean over all elements.", (yes + no).sum()),
            (
                "the sum is divided by the rows alone; it must be divided by all elements.",
                (yes + no).sum() / len(p),
            ),
            ("the logarithm has base 2; it must be the natural one.", _bce(p, y) / np.log(2)),
            ("the logarithm has base 10; it must be the natural one.", _bce(p, y) / np.log(10)),
            (
                "a sigmoid is applied, but the prediction holds probabilities already.",
                _bce(logistic, y),
            ),
            ("targets are rounded: they may lie between 0 and 1.", _bce(p, y.round())),
            (
                "predictions are rounded: they lie between 0 and 1.",
                _bce(p.round().clip(1e-12, 1 - 1e-12), y),
            ),
            (
                "prediction and target are exchanged.",
                _bce(np.clip(y, 1e-12, 1 - 1e-12), p),
            ),
        ]
        + [
            (
                f"a number like {small:g} is added inside the logarithm: too large to be exact.",
                value,
            )
            for small in (1e-2, 1e-3, 1e-4, 1e-5)
            for value in [(-y * np.log(p + small) - (1 - y) * np.log(1 - p + small)).mean()]
        ]
        + [
            (
                f"predictions are clipped {edge:g} from 0 and 1: too far.",
                _bce(p.clip(edge, 1 - edge), y),
            )
            for edge in (0.2, 0.1, 0.05, 0.01)
        ]
    )


def _wrong_bce_gradient(p, y):
    right = _bce_gradient(p, y)
    return [
        (
            "p - y is the gradient for the numbers before a sigmoid (logits); here the prediction "
            "is the probability.",
            (p - y) / p.size,
        ),
        ("p - y is the gradient for the numbers before a sigmoid (logits).", p - y),
        ("the gradient must be divided as the loss is: by all elements.", right * p.size),
        ("it is divided by the rows alone; it must be by all elements.", right * p.shape[1]),
        ("the sign is wrong.", -right),
        ("the half with 1 - y is missing.", -y / p / p.size),
        ("the half with y is missing.", (1 - y) / (1 - p) / p.size),
        ("the halves have the same sign; they must differ.", ((1 - y) / (1 - p) + y / p) / p.size),
    ]


def binary_cross_entropy(BinaryCrossEntropy) -> None:
    """Check a class `BinaryCrossEntropy()` of probabilities, the mean over all elements.

    Raises:
        CheckFailed: what is wrong, with an example and the likely cause.
    """
    wrong = (_wrong_bce, _wrong_bce_gradient)
    check_loss(BinaryCrossEntropy, "BinaryCrossEntropy", P, Y, _bce, _bce_gradient, *wrong)
    near_the_ends = np.array([[0.001, 0.999]])
    target = np.array([[0.0, 1.0]])
    _finite(BinaryCrossEntropy, "BinaryCrossEntropy", near_the_ends, target, -np.log(0.999))
    ends = np.array([[0.0, 1.0]])
    _finite(BinaryCrossEntropy, "BinaryCrossEntropy", ends, target)
    for precision in (np.float64, np.float32):
        wrong = ends.astype(precision), 1 - target.astype(precision)
        _finite(BinaryCrossEntropy, "BinaryCrossEntropy", *wrong, at_least=10)


# --- Classes -------------------------------------------------------------------------------------


def _one_hot(z, y):
    return np.eye(z.shape[1])[y] if y.ndim == 1 else y


def _log_p(z):
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def _ce(z, y):
    return float(-(_one_hot(z, y) * _log_p(z)).sum() / len(z))


def _ce_gradient(z, y):
    return (np.exp(_log_p(z)) - _one_hot(z, y)) / len(z)


def _wrong_ce(z, y):
    t, log_p, right = _one_hot(z, y), _log_p(z), _ce(z, y)
    p = np.exp(log_p)
    down = z - np.log(np.exp(z).sum(axis=0, keepdims=True))
    whole = z - np.log(np.exp(z).sum())
    shifted = z - z.max(axis=1, keepdims=True)
    askew = shifted - np.log(np.exp(shifted).sum(axis=0, keepdims=True))
    return [
        ("the sign is wrong: logarithms of probabilities are negative.", -right),
        ("this is the sum; it must be the mean over the rows.", right * len(z)),
        (
            "the sum is divided by rows and classes; each row has one cost, of its true class.",
            right / z.shape[1],
        ),
        ("a softmax is applied twice: the prediction holds scores (logits).", _ce(p, y)),
        (
            "no softmax is applied: the prediction holds scores (logits), not probabilities.",
            lambda: -(t * np.log(np.clip(z, 1e-12, None))).sum() / len(z),
        ),
        (
            "no softmax is applied: the prediction holds scores (logits), not probabilities.",
            -(t * z).sum() / len(z),
        ),
        (
            "the sum of exponentials goes down the columns; each row needs its own.",
            -(t * down).sum() / len(z),
        ),
        (
            "the sum of exponentials goes down the columns; each row needs its own.",
            -(t * askew).sum() / len(z),
        ),
        (
            "the sum of exponentials goes over all rows; each row needs its own.",
            -(t * whole).sum() / len(z),
        ),
        ("the logarithm has base 2; it must be the natural one.", right / np.log(2)),
        ("the logarithm has base 10; it must be the natural one.", right / np.log(10)),
        ("this is the probability, not its logarithm.", -(t * p).sum() / len(z)),
        ("this is the probability, not its logarithm.", 1 - (t * p).sum() / len(z)),
        (
            "this counts mistakes; the loss takes the logarithm of the probability.",
            (log_p.argmax(axis=1) != t.argmax(axis=1)).mean(),
        ),
        (
            "classes count from zero: the label 0 is the first one.",
            _ce(z, np.roll(t, -1, axis=1)),
        ),
        (
            "the cost of the wrong classes is added (as for yes and no).",
            -(t * log_p + (1 - t) * np.log1p(-p)).sum() / len(z),
        ),
    ] + [
        (
            f"a number like {small:g} is added inside the logarithm: too large to be exact.",
            -(t * np.log(p + small)).sum() / len(z),
        )
        for small in (1e-2, 1e-3, 1e-4, 1e-5, 1e-6)
    ]


def _wrong_ce_gradient(z, y):
    t, p, right = _one_hot(z, y), np.exp(_log_p(z)), _ce_gradient(z, y)
    return [
        ("the gradient must be divided as the loss is: by the rows (the mean).", right * len(z)),
        (
            "it is divided by rows and classes; the loss is a mean over the rows.",
            right / z.shape[1],
        ),
        ("the sign is wrong: softmax minus target.", -right),
        (
            "only the true class has a gradient; all other classes need one: softmax - target.",
            t * (p - 1) / len(z),
        ),
        ("the target is missing: softmax - target.", p / len(z)),
        ("the softmax is missing: softmax - target.", (z - t) / len(z)),
        (
            "this is the gradient for probabilities, not for scores: softmax - target.",
            -t / p / len(z),
        ),
    ]


def cross_entropy(CrossEntropyWithLogSoftmax) -> None:
    """Check a class `CrossEntropyWithLogSoftmax()`, the mean over the rows.

    Raises:
        CheckFailed: what is wrong, with an example and the likely cause.
    """
    make, name = CrossEntropyWithLogSoftmax, "CrossEntropyWithLogSoftmax"
    rest = (_ce, _ce_gradient, _wrong_ce, _wrong_ce_gradient)
    for target, form in ((LABELS, "labels"), (np.eye(3)[LABELS], "one-hot rows")):
        case = Case(f"{name}.forward, with {form},", prediction=SCORES, target=target)
        got = case.run(case.run(make).forward, SCORES.copy(), target.copy())
        _one_number(case, got, _ce(SCORES, target))
        other = "one-hot rows" if form == "labels" else "labels"
        hint = f"targets may be {form}, and not only {other}: look at target.ndim."
        wrong = _wrong_ce(SCORES, target)
        if form != "labels" or not np.isfinite(got):
            wrong = [*wrong, (hint, got)]
        case.equal(got, _ce(SCORES, target), wrong)
        check_loss(make, name, SCORES, target, *rest)
    square, labels = SCORES[:3], np.array([0, 2, 1])
    case = Case(f"{name}.forward, with as many rows as classes,", prediction=square, target=labels)
    hint = "three labels are not a row of a table: look at target.ndim, not at its length."
    got = case.run(case.run(make).forward, square.copy(), labels.copy())
    case.equal(got, _ce(square, labels), _wrong_ce(square, labels), hint)
    large = np.array([[1000.0, 0.0, -1000.0], [-2000.0, -2001.0, -2003.0]])
    _finite(make, name, large, np.array([0, 0]), _ce(large, np.array([0, 0])))
    _finite(make, name, large, np.array([2, 1]), _ce(large, np.array([2, 1])))
    for label in (-1, 3):
        labels = np.array([0, label, 1, 1, 0, 2])
        cause = (
            f"the label {label} is not refused, though classes count from 0 to 2. NumPy takes a "
            "negative index as counted from the end. Raise a ValueError."
        )
        _refused(make, f"{name}.forward, with a label that is no class,", SCORES, labels, cause)
    column = LABELS[:, None]
    _refused(
        make,
        f"{name}.forward, with a column of labels,",
        SCORES,
        column,
        f"shapes {SCORES.shape} and {column.shape} are not refused: NumPy broadcasts them, and the "
        "loss answers another question. Raise a ValueError.",
    )
