"""How good is a network? What is counted of its output, apart from its loss."""

import numpy as np

from nnlib._validation import check_classes


def accuracy(prediction, target) -> float:
    """Return the share of rows, 0 to 1, whose class is predicted rightly; NaN predicts none.

    Args:
        prediction: scores, (n, classes): the largest names the class. Or (n, 1): above 0.5 is
            class 1, else class 0.
        target: labels, (n,) integers; or one-hot rows, (n, classes); or 0 and 1, (n, 1).

    Raises:
        ValueError: the target names no classes, or others than the prediction.
    """
    scores, labels = check_classes(prediction, target)
    single = scores.shape[1] == 1  # the probability of class 1 alone
    classes = scores[:, 0] > 0.5 if single else scores.argmax(axis=1)
    # argmax takes NaN for the largest number: a row that has one is wrong, whatever its label.
    return float(((classes == labels) & ~np.isnan(scores).any(axis=1)).mean())
