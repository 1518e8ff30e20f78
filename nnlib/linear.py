"""One layer of perceptrons: a weighted sum of the inputs for each output."""

import numpy as np

from nnlib._advice import advised
from nnlib._validation import (
    check_2d,
    check_dtype,
    check_grad_output,
    check_int,
    check_option,
    check_rng,
)
from nnlib.module import Module, underflow_is_zero

#: Standard deviation of the first weights, by name, from the numbers of inputs and outputs.
#: "xavier" keeps the size of signals about equal on the way forward and back when nothing but
#: linear layers is there (Glorot and Bengio 2010). TanH shrinks its input, so "tanh" makes the
#: weights 5/3 times as large; the book's chapter on autoencoders measures what that decides. ReLU
#: takes half of the signal away, so "he" doubles the variance of the weights (He et al. 2015).
INITIAL_STD = {
    "tanh": lambda n_in, n_out: 5 / 3 * np.sqrt(2 / (n_in + n_out)),
    "xavier": lambda n_in, n_out: np.sqrt(2 / (n_in + n_out)),
    "he": lambda n_in, n_out: np.sqrt(2 / n_in),
    "lecun": lambda n_in, n_out: np.sqrt(1 / n_in),
    "zeros": lambda n_in, n_out: 0.0,
}


class Linear(Module):
    """A linear layer: `y = x W + b`.

    Args:
        in_features: columns of the input, at least 1.
        out_features: columns of the output, at least 1.
        init: how large the weights start: a name in `INITIAL_STD`. Biases start at zero.
        rng: a `numpy.random.Generator`, or a seed for one. The same seed gives the same weights.
        dtype: float32, or float64 for gradient checks. The layer computes in this type, and
            converts its input to it.

    Attributes:
        params, grads: `weight`, (in_features, out_features), and `bias`, (out_features,).

    Raises:
        ValueError: a size below 1, or an `init` that has no such name.
        TypeError: a size that is no whole number, an unfit `dtype` or `rng`.
    """

    @advised
    def __init__(self, in_features, out_features, *, init="tanh", rng=None, dtype=np.float32):
        super().__init__()
        self.in_features = check_int(in_features, "in_features")
        self.out_features = check_int(out_features, "out_features")
        dtype = check_dtype(dtype, self)
        std = INITIAL_STD[check_option(init, "init", INITIAL_STD)](
            self.in_features, self.out_features
        )
        rng, shape = check_rng(rng), (self.in_features, self.out_features)
        weight = std * rng.standard_normal(shape) if std else np.zeros(shape)
        self.params = {"weight": weight.astype(dtype), "bias": np.zeros(out_features, dtype)}
        self.grads = {name: np.zeros_like(value) for name, value in self.params.items()}
        self.x = None

    @underflow_is_zero
    def forward(self, x):
        """Return `x W + b`, (n, out_features), for `x`, (n, in_features)."""
        weight, bias = self.params["weight"], self.params["bias"]
        self.x = check_2d(x, self, self.in_features, weight.dtype)
        return self.x @ weight + bias

    @underflow_is_zero
    def backward(self, grad_output):
        """Return the gradient with respect to the input; add those of weight and bias.

        With y = x W + b and G = ∂L/∂y, the chain rule gives
        ∂L/∂W = xᵀ G, ∂L/∂b = the sum of the rows of G, and ∂L/∂x = G Wᵀ.
        """
        grad_output = check_grad_output(grad_output, self, self.x, self.out_features)
        self.grads["weight"] += self.x.T @ grad_output
        self.grads["bias"] += grad_output.sum(axis=0)
        return grad_output @ self.params["weight"].T

    def __repr__(self):
        return f"Linear({self.in_features}, {self.out_features})"


Linear.fusible = True
