"""What every part of a network promises. Floor 0: NumPy alone.

A `Module` turns rows into rows and carries gradients back. A `Loss` turns a prediction and a
target into one number. Everything else in nnlib is one of the two, or is made of them.
"""

import numpy as np

from nnlib.values import as_array


class Module:
    """A part of a network.

    Attributes:
        params, grads: twin dicts: learnable arrays by name, and the gradient of the loss with
            respect to each. Both change in place: whoever holds an array sees its current values.
        in_features, out_features: columns that `forward` takes and gives; None where any number
            goes in and as many come out.
        trained_with: settings of the last training (see `Optim.SGD`), or None.
    """

    in_features: int | None = None
    out_features: int | None = None
    trained_with: dict | None = None

    def __init__(self):
        self.params: dict[str, np.ndarray] = {}
        self.grads: dict[str, np.ndarray] = {}

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return the output for `x`, (n, in_features), and keep what `backward` needs."""
        raise NotImplementedError(f"{type(self).__name__} has no forward.")

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """Carry a gradient back through the last `forward`, by the chain rule.

        Args:
            grad_output: (n, out_features), the gradient of the loss with respect to the output.

        Returns:
            (n, in_features), the gradient of the loss with respect to the input. Those with
            respect to the parameters are *added* to `grads`.
        """
        raise NotImplementedError(f"{type(self).__name__} has no backward.")

    def zero_grad(self) -> None:
        """Set every gradient to zero, in place."""
        for grad in self.grads.values():
            grad.fill(0)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class Loss:
    """A cost: how far a prediction is from its target, as one number."""

    def forward(self, prediction: np.ndarray, target: np.ndarray) -> float:
        """Return the loss and keep what `backward` needs."""
        raise NotImplementedError(f"{type(self).__name__} has no forward.")

    def backward(self) -> np.ndarray:
        """Return the gradient of the last `forward` with respect to its prediction."""
        raise NotImplementedError(f"{type(self).__name__} has no backward.")


def as_rows(x, owner, width: int | None = None, dtype=None) -> np.ndarray:
    """Return `x` as a table of real numbers with one sample per row, (n, width or any).

    Without a `dtype`, floating types are kept and integers become float32. Errors name `owner`.
    """
    x = as_array(x, owner)
    if x.ndim != 2 or x.shape[1] == 0 or (width is not None and x.shape[1] != width):
        hint = " For a single sample use x[None, :]." if x.ndim == 1 else ""
        raise ValueError(
            f"{owner} expects an array of shape (rows, {width or 'columns'}), "
            f"but got shape {x.shape}.{hint}"
        )
    if dtype is None:
        dtype = x.dtype if x.dtype.kind == "f" else np.float32
    return x.astype(dtype, copy=False)


def as_gradient(grad_output, owner, kept, width: int | None = None) -> np.ndarray:
    """Return `grad_output` as an array that fits the last output of `owner`.

    `kept` is what `forward` kept, with the output's rows and dtype, and its `width` unless given.
    """
    if kept is None:
        raise RuntimeError(f"{owner} has no output yet: call forward before backward.")
    shape = (len(kept), width or kept.shape[1])
    grad_output = as_array(grad_output, owner)
    if grad_output.shape != shape:
        raise ValueError(
            f"{owner} gave an output of shape {shape}, so backward expects a gradient of that "
            f"shape, but got {grad_output.shape}."
        )
    return grad_output.astype(kept.dtype, copy=False)
