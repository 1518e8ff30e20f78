"""Functions between the layers: as many columns out as in, and nothing to learn. Floor 1.

Each keeps its output, because each derivative can be written with the output alone.
"""

import numpy as np

from nnlib.module import Module, as_gradient, as_rows


class Activation(Module):
    """What the activations share: `y = function(x)`, of the same shape and dtype as `x`."""

    def __init__(self):
        super().__init__()
        self.y = None

    def forward(self, x):
        """Return the function of `x`, (n, d), in the dtype of `x`."""
        self.y = self.function(as_rows(x, self))
        return self.y

    def backward(self, grad_output):
        """Return the gradient with respect to the input, (n, d)."""
        return self.gradient(as_gradient(grad_output, self, self.y))


class TanH(Activation):
    """The hyperbolic tangent: each value to (-1, 1)."""

    def function(self, x):
        return np.tanh(x)

    def gradient(self, grad_output):
        """TanH' = 1 - TanH²."""
        return grad_output * (1 - self.y**2)


class Sigmoid(Activation):
    """The logistic function, σ(x) = 1 / (1 + exp(-x)): each value to (0, 1)."""

    def function(self, x):
        with np.errstate(over="ignore"):  # exp(1000) becomes infinity, and 1 / infinity is 0: right
            return 1 / (1 + np.exp(-x))

    def gradient(self, grad_output):
        """σ' = σ (1 - σ)."""
        return grad_output * self.y * (1 - self.y)


class Softmax(Activation):
    """Each row to probabilities that sum to one: p = exp(x) / the row's sum of exp(x)."""

    def function(self, x):
        # Taking the same number from all scores of a row leaves the probabilities as they are;
        # taking the largest makes every exponent negative, so that none overflows.
        with np.errstate(over="ignore"):  # minus infinity is right there: its exponential is 0
            e = np.exp(x - x.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def gradient(self, grad_output):
        """∂L/∂x = p (g - the row's sum of g p), with g = ∂L/∂p."""
        mean_grad = (grad_output * self.y).sum(axis=1, keepdims=True)
        return self.y * (grad_output - mean_grad)


Sigmoide = Sigmoid  # the French name of the original report
