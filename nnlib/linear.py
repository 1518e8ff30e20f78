"""One layer of perceptrons: a weighted sum of the inputs for each output. Floor 1."""

import numpy as np

from nnlib.module import Module, as_gradient, as_rows
from nnlib.values import as_choice, as_floating, as_generator, as_whole

#: Standard deviation of the first weights, by name, from the numbers of inputs and outputs.
#: "xavier" keeps the size of signals about equal on the way forward and back when nothing but
#: linear layers is there (Glorot and Bengio 2010). TanH shrinks its input, so "tanh" makes the
#: weights 5/3 times as large; the book's chapter on autoencoders measures what that decides.
INITIAL_STD = {
    "tanh": lambda n_in, n_out: 5 / 3 * np.sqrt(2 / (n_in + n_out)),
    "xavier": lambda n_in, n_out: np.sqrt(2 / (n_in + n_out)),
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
        TypeError: a size that is not a whole number, a `dtype` that is not floating-point, or an
            `rng` that is neither.
    """

    def __init__(self, in_features, out_features, *, init="tanh", rng=None, dtype=np.float32):
        super().__init__()
        self.in_features = as_whole(in_features, "in_features")
        self.out_features = as_whole(out_features, "out_features")
        dtype = as_floating(dtype, self)
        std = INITIAL_STD[as_choice(init, "init", INITIAL_STD)](self.in_features, self.out_features)
        weight = std * as_generator(rng).standard_normal((self.in_features, self.out_features))
        self.params = {"weight": weight.astype(dtype), "bias": np.zeros(out_features, dtype)}
        self.grads = {name: np.zeros_like(value) for name, value in self.params.items()}
        self.x = None

    def forward(self, x):
        """Return `x W + b`, (n, out_features), for `x`, (n, in_features)."""
        weight, bias = self.params["weight"], self.params["bias"]
        self.x = as_rows(x, self, self.in_features, weight.dtype)
        return self.x @ weight + bias

    def backward(self, grad_output):
        """Return the gradient with respect to the input; add those of weight and bias.

        With y = x W + b and G = ∂L/∂y, the chain rule gives
        ∂L/∂W = xᵀ G, ∂L/∂b = the sum of the rows of G, and ∂L/∂x = G Wᵀ.
        """
        grad_output = as_gradient(grad_output, self, self.x, self.out_features)
        self.grads["weight"] += self.x.T @ grad_output
        self.grads["bias"] += grad_output.sum(axis=0)
        return grad_output @ self.params["weight"].T

    def __repr__(self):
        return f"Linear({self.in_features}, {self.out_features})"
