"""Costs: how wrong is a prediction, and in which direction is less wrong?

Every loss adds up costs and divides the sum as its `reduction` says: "mean" by the number of
costs, "batchmean" by the number of rows, "sum" not at all. For a prediction of shape (n, d), MSE
and binary cross-entropy have n·d costs, one an element; the cross-entropy of classes has n, one a
row. The gradient carries the same divisor, and with it the size of a training step.
"""

import numpy as np

from nnlib._advice import LossValue, advised, warn_of_probabilities
from nnlib._validation import (
    check_class_rows,
    check_option,
    check_prediction,
    check_probabilities,
    check_target,
)
from nnlib.module import Loss, underflow_is_zero

#: What the sum of all costs is divided by.
REDUCTIONS = {
    "mean": lambda rows, costs_per_row: rows * costs_per_row,
    "batchmean": lambda rows, costs_per_row: rows,
    "sum": lambda rows, costs_per_row: 1,
}


class ReducedLoss(Loss):
    """What the losses share: the divisor, and a strict look at what comes in.

    A loss says what each element costs, `elementwise`, and how that changes with the prediction,
    `elementwise_grad`; and, where targets come in other forms, `validate_target`.

    Raises:
        ValueError: an unknown `reduction`; an empty prediction; a target whose shape is not the
            prediction's (NumPy would broadcast it, and the loss would be that of another question).
    """

    @advised
    def __init__(self, reduction: str = "mean"):
        self.reduction = check_option(reduction, "reduction", REDUCTIONS)
        self.divisor = None

    @underflow_is_zero
    def forward(self, prediction, target) -> float:
        """Return the loss of `prediction`, (n, d), against `target`, (n, d)."""
        self.divisor = None  # until all is well: backward shall not speak of an earlier forward
        prediction = check_prediction(prediction, target, self)
        self.dtype = prediction.dtype  # that of the gradient
        # Squares and sums would soon be too large for float16: compute in float32 ("f4") at least.
        self.prediction = prediction.astype(np.promote_types(self.dtype, "f4"), copy=False)
        self.target = self.validate_target(target)
        total = self.elementwise(self.prediction, self.target).sum()
        self.divisor = self.divisor_for(self.prediction)
        return LossValue(total / self.divisor)  # a float; PyTorch's value.backward() is answered

    @advised
    @underflow_is_zero
    def backward(self) -> np.ndarray:
        """Return the gradient of the loss with respect to the prediction, (n, d)."""
        if self.divisor is None:
            raise RuntimeError(f"{self} has no value yet: call forward before backward.")
        grad = self.elementwise_grad(self.prediction, self.target)
        return (grad / self.divisor).astype(self.dtype, copy=False)

    def divisor_for(self, prediction) -> int:
        """Return what the sum of the costs of `prediction`, (n, d), is divided by."""
        return REDUCTIONS[self.reduction](len(prediction), self.costs_per_row(prediction))

    def elementwise(self, prediction, target):
        """Return the costs that the loss adds up, (n, d), for arrays of that shape."""
        raise NotImplementedError(f"{type(self).__name__} has no elementwise.")

    def elementwise_grad(self, prediction, target):
        """Return the gradient of the sum of the costs with respect to the prediction, (n, d)."""
        raise NotImplementedError(f"{type(self).__name__} has no elementwise_grad.")

    def costs_per_row(self, prediction):
        """Return how many costs a row of the prediction has."""
        return prediction.shape[1]

    def validate_target(self, target):
        """Return the target as an array of the prediction's shape and type."""
        target = check_target(target, self.prediction.shape, self)
        return target.astype(self.prediction.dtype, copy=False)


class MSELoss(ReducedLoss):
    """Squared error: an element costs (prediction - target)².

    With "batchmean" a row costs the squared distance of prediction and target. "mean" divides
    that, and the gradient with it, by the number of columns.
    """

    def elementwise(self, prediction, target):
        return (prediction - target) ** 2

    def elementwise_grad(self, prediction, target):
        return 2 * (prediction - target)


class BinaryCrossEntropy(ReducedLoss):
    """Cross-entropy of yes or no: an element costs -y log p - (1 - y) log(1 - p).

    Args:
        reduction: "mean", the default, divides by the number of elements; value and gradient are
            those of "batchmean" divided by the number of columns.
        from_logits: False takes probabilities p in [0, 1], the output of a `Sigmoid`; so that
            p = 0 or 1 costs no infinity, a logarithm counts as at least -100. True takes the
            numbers before the sigmoid; value and gradient are then exact for any size.

    Raises:
        ValueError: a probability or a target outside [0, 1].
    """

    @advised
    def __init__(self, reduction: str = "mean", from_logits: bool = False):
        super().__init__(reduction)
        self.from_logits = bool(from_logits)

    def elementwise(self, prediction, y):
        check_probabilities(y, "targets", self)
        if self.from_logits:
            z = prediction  # log(1 + e^z) is max(z, 0) + log(1 + e^-|z|), and e^-|z| stays small
            return np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))
        p = check_probabilities(prediction, "predictions", self)
        with np.errstate(divide="ignore"):  # the logarithm of 0 is raised to -100 below
            log_p, log_not_p = np.log(p), np.log1p(-p)
        return -y * np.maximum(log_p, -100) - (1 - y) * np.maximum(log_not_p, -100)

    def elementwise_grad(self, prediction, y):
        if self.from_logits:  # sigmoid(z) - y, where e^-|z| cannot overflow
            z = prediction
            return np.exp(np.minimum(z, 0) - np.log1p(np.exp(-np.abs(z)))) - y
        p, smallest = prediction, np.finfo(prediction.dtype).tiny  # instead of dividing by zero
        return (1 - y) / np.maximum(1 - p, smallest) - y / np.maximum(p, smallest)


class CrossEntropyWithLogSoftmax(ReducedLoss):
    """Cross-entropy of classes: a row costs -log softmax(z) at its true class.

    The prediction holds scores z (logits), (n, classes), not probabilities: the logarithm of a
    softmax is exact for scores of any size, that of a probability rounded to 0 is not. Targets
    are labels, (n,) integers from 0, or one-hot rows, (n, classes).

    Raises:
        ValueError: a label that is no class, or a row of targets that does not sum to one.
    """

    def elementwise(self, z, y):
        warn_of_probabilities(self)
        return -y * self.log_softmax(z)

    def elementwise_grad(self, z, y):
        return np.exp(self.log_softmax(z)) - y

    def log_softmax(self, z):
        shifted = z - z.max(axis=1, keepdims=True)  # which changes no probability, see Softmax
        return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))

    def costs_per_row(self, prediction):
        return 1  # the terms of all classes add up to one cost

    def validate_target(self, target):
        """Return labels as one-hot rows, and rows as they are if each sums to one."""
        return check_class_rows(target, self.prediction, self)


BCELoss = BinaryCrossEntropy  # the names in PyTorch
CrossEntropyLoss = CrossEntropyWithLogSoftmax
