"""Functions between the layers: as many columns out as in, and nothing to learn.

Each keeps its output, because each derivative can be written with the output alone.
"""

import numpy as np

from nnlib._advice import advised
from nnlib._validation import check_2d, check_grad_output
from nnlib.module import Module, underflow_is_zero


class Activation(Module):
    """What the activations share: `y = function(x)`, of the same shape and dtype as `x`."""

    @advised  # which answers arguments that other libraries have
    def __init__(self):
        super().__init__()
        self.y = None

    @underflow_is_zero
    def forward(self, x):
        """Return the function of `x`, (n, d), in the dtype of `x`."""
        self.y = self.function(check_2d(x, self))
        return self.y

    @underflow_is_zero
    def backward(self, grad_output):
        """Return the gradient with respect to the input, (n, d)."""
        return self.gradient(check_grad_output(grad_output, self, self.y))

    def gradient(self, grad_output):
        """∂L/∂x = ∂L/∂y · dy/dx, number by number."""
        return grad_output * self.derivative(self.y)

    def function(self, x):
        """Return y, (n, d), for `x`, (n, d)."""
        raise NotImplementedError(f"{type(self).__name__} has no function.")

    def derivative(self, y):
        """Return dy/dx, (n, d), written with the output `y` = function(x) alone."""
        raise NotImplementedError(f"{type(self).__name__} has no derivative.")


class TanH(Activation):
    """The hyperbolic tangent: each value to (-1, 1)."""

    def function(self, x):
        return np.tanh(x)

    def derivative(self, y):
        """TanH' = 1 - TanH²."""
        return 1 - y**2


class Sigmoid(Activation):
    """The logistic function, σ(x) = 1 / (1 + exp(-x)): each value to (0, 1)."""

    def function(self, x):
        with np.errstate(over="ignore"):  # exp(1000) becomes infinity, and 1 / infinity is 0: right
            return 1 / (1 + np.exp(-x))

    def derivative(self, y):
        """σ' = σ (1 - σ)."""
        return y * (1 - y)


class ReLU(Activation):
    """The rectified linear unit, max(x, 0). Its slope at 0 counts as 0."""

    def function(self, x):
        return np.maximum(x, 0)

    def derivative(self, y):
        """ReLU' = 1 where the output is above 0, else 0."""
        return (y > 0).astype(y.dtype)


class Softmax(Activation):
    """Each row to probabilities that sum to one: p = exp(x) / the row's sum of exp(x)."""

    def function(self, x):
        # Taking the same number from all scores of a row leaves the probabilities as they are;
        # taking the largest leaves no exponent above 0, so that none overflows.
        with np.errstate(over="ignore"):  # minus infinity is right there: its exponential is 0
            e = np.exp(x - x.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def gradient(self, grad_output):
        """∂L/∂x = p (g - the row's sum of g p), with g = ∂L/∂p: each p depends on its whole row."""
        mean_grad = (grad_output * self.y).sum(axis=1, keepdims=True)
        return self.y * (grad_output - mean_grad)


# `nnlib._fused` may call these in its quicker step: function and derivative are all that they do.
TanH.fusible = Sigmoid.fusible = ReLU.fusible = True
Sigmoide = Sigmoid  # the French name of the original report
Tanh = TanH  # the name in PyTorch
