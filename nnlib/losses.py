"""Costs: how wrong is a prediction, and in which direction is less wrong? Floor 1.

Every loss adds up costs and divides the sum as its `reduction` says: "mean" by the number of
costs, "batchmean" by the number of rows, "sum" not at all. For a prediction of shape (n, d), MSE
and binary cross-entropy have n·d costs, one an element; the cross-entropy of classes has n, one a
row. The gradient carries the same divisor, and with it the size of a training step.
"""

import numpy as np

from nnlib.module import Loss, as_rows
from nnlib.values import as_array, as_choice

REDUCTIONS = {
    "mean": lambda rows, costs_per_row: rows * costs_per_row,
    "batchmean": lambda rows, costs_per_row: rows,
    "sum": lambda rows, costs_per_row: 1,
}


class ReducedLoss(Loss):
    """What the losses share: the divisor, and a strict look at what comes in.

    Raises:
        ValueError: an unknown `reduction`; an empty prediction; a target whose shape is not the
            prediction's (NumPy would broadcast it, and the loss would be that of another question).
    """

    def __init__(self, reduction: str = "mean"):
        self.reduction = as_choice(reduction, "reduction", REDUCTIONS)
        self.divisor = None

    def forward(self, prediction, target) -> float:
        """Return the loss of `prediction`, (n, d), against `target`, (n, d)."""
        self.divisor = None  # until all is well: backward shall not speak of an earlier forward
        prediction = as_rows(prediction, self)
        if prediction.size == 0:
            raise ValueError(
                f"{self} needs at least one row, but got an empty prediction of shape "
                f"{prediction.shape}."
            )
        self.dtype = prediction.dtype
        # Squares and sums would soon be too large for float16.
        self.prediction = prediction.astype(np.promote_types(self.dtype, "f4"), copy=False)
        self.target = self.checked_target(target)
        total = self.costs().sum()
        self.divisor = self.divisor_for(self.prediction)
        return float(total / self.divisor)

    def backward(self) -> np.ndarray:
        """Return the gradient of the loss with respect to the prediction, (n, d)."""
        if self.divisor is None:
            raise RuntimeError(f"{self} has no value yet: call forward before backward.")
        return (self.gradients() / self.divisor).astype(self.dtype, copy=False)

    def divisor_for(self, prediction) -> int:
        """Return what the sum of the costs of `prediction`, (n, d), is divided by."""
        return REDUCTIONS[self.reduction](len(prediction), self.costs_per_row(prediction))

    def costs_per_row(self, prediction):
        return prediction.shape[1]

    def checked_target(self, target):
        target = as_array(target, self)
        if target.shape != self.prediction.shape:
            raise ValueError(
                f"{self} expects a target of the prediction's shape {self.prediction.shape}, "
                f"but got {target.shape}."
            )
        return target.astype(self.prediction.dtype, copy=False)

    def __repr__(self):
        return f"{type(self).__name__}(reduction={self.reduction!r})"


class MSELoss(ReducedLoss):
    """Squared error: an element costs (prediction - target)².

    The report's autoencoders learn at a rate of 0.01: that takes `reduction="batchmean"`, the
    squared distance of two images. With "mean" the rate must be 784 times as large.
    """

    def costs(self):
        self.difference = self.prediction - self.target
        return self.difference**2

    def gradients(self):
        return 2 * self.difference


class BinaryCrossEntropy(ReducedLoss):
    """Cross-entropy of yes or no: an element costs -y log p - (1 - y) log(1 - p).

    Args:
        reduction: "mean", the default, fits the report's learning rate of 0.1.
        from_logits: False takes probabilities p in [0, 1], the output of a `Sigmoid`; so that
            p = 0 or 1 costs no infinity, a logarithm counts as at least -100. True takes the
            numbers before the sigmoid; value and gradient are then exact for any size.

    Raises:
        ValueError: a probability or a target outside [0, 1].
    """

    def __init__(self, reduction: str = "mean", from_logits: bool = False):
        super().__init__(reduction)
        self.from_logits = from_logits

    def costs(self):
        p, y = self.prediction, self.target
        self.require_probabilities(y)
        if self.from_logits:
            # log(1 + e^z) is max(z, 0) + log(1 + e^-|z|), and e^-|z| cannot overflow.
            return np.maximum(p, 0) - p * y + np.log1p(np.exp(-np.abs(p)))
        self.require_probabilities(p)
        with np.errstate(divide="ignore"):
            log_p, log_not_p = np.log(p), np.log1p(-p)
        return -y * np.maximum(log_p, -100) - (1 - y) * np.maximum(log_not_p, -100)

    def gradients(self):
        p, y = self.prediction, self.target
        if self.from_logits:
            return np.exp(np.minimum(p, 0) - np.log1p(np.exp(-np.abs(p)))) - y  # sigmoid(z) - y
        smallest = np.finfo(p.dtype).tiny  # instead of dividing by zero
        return (1 - y) / np.maximum(1 - p, smallest) - y / np.maximum(p, smallest)

    def __repr__(self):
        logits = ", from_logits=True" if self.from_logits else ""
        return f"BinaryCrossEntropy(reduction={self.reduction!r}{logits})"

    def require_probabilities(self, values):
        low, high = np.fmin.reduce(values, axis=None), np.fmax.reduce(values, axis=None)
        if low < 0 or high > 1:  # fmin and fmax look past NaN, which makes the loss NaN
            raise ValueError(
                f"{self} expects values between 0 and 1, but got some from {low!s} to {high!s}. "
                "Is a Sigmoid missing, or from_logits=True?"
            )


class CrossEntropyWithLogSoftmax(ReducedLoss):
    """Cross-entropy of classes: a row costs -log softmax(z) at its true class.

    The prediction holds scores z (logits), (n, classes), not probabilities: the logarithm of a
    softmax is exact for scores of any size, that of a probability rounded to 0 is not. Targets
    are labels, (n,) integers from 0, or one-hot rows, (n, classes).

    Raises:
        ValueError: a label that is no class, or a row of targets that does not sum to one.
    """

    def costs(self):
        shifted = self.prediction - self.prediction.max(axis=1, keepdims=True)
        self.log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return -self.target * self.log_p

    def gradients(self):
        return np.exp(self.log_p) - self.target

    def costs_per_row(self, prediction):
        return 1

    def checked_target(self, target):
        (n, classes), target = self.prediction.shape, as_array(target, self)
        if target.shape != (n,):
            target = super().checked_target(target)
            if (target < 0).any() or (abs(target.sum(axis=1) - 1) > 1e-5).any():
                raise ValueError(f"{self} expects rows of targets that are one-hot.")
            return target
        if target.dtype.kind not in "iu" or target.min() < 0 or target.max() >= classes:
            raise ValueError(
                f"{self} got scores for {classes} classes, so labels must be integers from 0 to "
                f"{classes - 1}, but they are {target.dtype} from {target.min()} to {target.max()}."
            )
        return np.eye(classes, dtype=self.prediction.dtype)[target]
