"""What every part of a network promises.

A `Module` turns rows into rows and carries gradients back. A `Loss` turns a prediction and a
target into one number. Everything else in nnlib is one of the two, or is made of them.
"""

import numpy as np

from nnlib._advice import LOSS, MODULE, Advised, call_repr

#: A decorator: within the function below it, a number too small for its type becomes 0, even where
#: NumPy is set to raise an error then.
underflow_is_zero = np.errstate(under="ignore")

#: The methods that say what a module computes; a class that has none computes what its base does.
FORMULAS = {"forward", "backward", "zero_grad", "function", "derivative", "gradient"}


class Module(Advised):
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
    #: Whether `nnlib._fused` may compute in its place. A class with formulas of its own says so
    #: itself, or is not fused.
    fusible = False
    habits = MODULE  # names in other libraries, and what is answered to them
    __repr__ = call_repr

    def __init_subclass__(cls):  # Python calls it with every new subclass
        if vars(cls).keys() & FORMULAS:
            cls.fusible = vars(cls).get("fusible", False)

    def __init__(self):
        self.params: dict[str, np.ndarray] = {}
        self.grads: dict[str, np.ndarray] = {}

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return the output for `x`, (n, in_features), and keep what `backward` needs."""
        raise NotImplementedError(f"{type(self).__name__} has no forward.")

    def __call__(self, x: np.ndarray) -> np.ndarray:
        return self.forward(x)

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


class Loss(Advised):
    """A cost: how far a prediction is from its target, as one number."""

    habits = LOSS
    __repr__ = call_repr

    def forward(self, prediction: np.ndarray, target: np.ndarray) -> float:
        """Return the loss and keep what `backward` needs."""
        raise NotImplementedError(f"{type(self).__name__} has no forward.")

    def __call__(self, prediction: np.ndarray, target: np.ndarray) -> float:
        return self.forward(prediction, target)

    def backward(self) -> np.ndarray:
        """Return the gradient of the last `forward` with respect to its prediction."""
        raise NotImplementedError(f"{type(self).__name__} has no backward.")
