"""The same training in less time: arrays made once, and no work that nobody reads.

`Optim.step`, as the chapters show it, makes a new array for each result, hands a gradient to the
images, which do not learn, and writes every gradient down before subtracting it. On networks as
small as the book's that is up to two fifths of the time. `FusedStep` does the same arithmetic
without it, for the layers that it knows. `nnlib.train` uses it where it can, and `Optim.step`
everywhere else. The book's chapter on performance measures what each of these savings brings.
"""

from functools import partial
from itertools import combinations

import numpy as np

from nnlib._validation import check_probabilities
from nnlib.activations import Activation, ReLU, Sigmoid, TanH
from nnlib.linear import Linear
from nnlib.losses import BinaryCrossEntropy, CrossEntropyWithLogSoftmax, MSELoss
from nnlib.module import FORMULAS
from nnlib.sequential import Sequential, parts

LOSSES = (MSELoss, BinaryCrossEntropy, CrossEntropyWithLogSoftmax)


def quickest_step(optim, X, Y, batch_size):
    """Return a function that does one step with the rows of those numbers, and returns the loss."""
    fused = FusedStep.if_possible(optim, X, Y, batch_size)

    def step(rows):
        with np.errstate(all="ignore"):  # what is not finite shows in the loss
            if fused and len(rows) == batch_size:  # the last batch may be shorter
                return fused(rows)
            return optim.step(X[rows], Y[rows])

    return step


class FusedStep:
    """One step of gradient descent on `batch_size` rows of a training set, like `Optim.step`.

    Calling it with the numbers of the rows changes the parameters of the network in place and
    returns the loss before the step. The network's `grads` are left alone.
    """

    def __init__(self, pairs, loss, learning_rate, X, Y, batch_size):
        self.loss, self.rate, self.X, self.Y = loss, learning_rate, X, Y
        self.x = np.empty((batch_size, X.shape[1]), X.dtype)
        self.blocks = []
        for pair in pairs:
            order = "C" if pair is pairs[-1] else "F"  # the targets come in rows, too
            self.blocks.append(LinearActivation(*pair, self.x, *self.blocks[-1:], order=order))

    @classmethod
    def if_possible(cls, optim, X, Y, batch_size):
        """Return a FusedStep that trains for `optim`, or None where only its own `step` will do."""
        if not optim.fusible or type(optim.loss) not in LOSSES or len(X) < batch_size:
            return None
        pairs = linear_activation_pairs(optim.network)
        if pairs is None:
            return None
        arrays = [array for linear, _ in pairs for array in linear.params.values()]
        if not _can_update_in_place(arrays, optim.network.params.values(), X.dtype):
            return None
        # This complains of what does not fit. What is not finite shows in the loss of its batch.
        with np.errstate(all="ignore"):
            optim.loss.forward(optim.network.forward(X[:1]), Y[:1])
        if type(optim.loss) is BinaryCrossEntropy:
            check_probabilities(Y, "targets", optim.loss)
        return cls(pairs, optim.loss, optim.learning_rate, X, Y, batch_size)

    def __call__(self, rows) -> float:
        np.take(self.X, rows, axis=0, out=self.x, mode="clip")  # else it makes an array in between
        for block in self.blocks:
            block.forward()
        loss = self.loss_and_output_grad(self.x if self.Y is self.X else self.Y[rows])
        for block in reversed(self.blocks):
            block.backward()
        return loss

    def loss_and_output_grad(self, target) -> float:
        """Return the loss; hand the last block its gradient, times the learning rate.

        With that factor in it from the start, the gradient of a weight is the step that it takes.
        """
        last, loss = self.blocks[-1], self.loss
        if type(loss) is MSELoss:
            divisor = loss.divisor_for(last.y)
            np.subtract(last.y, target, out=last.grad)
            value = float(np.vdot(last.grad, last.grad)) / divisor
            last.grad *= 2 * self.rate / divisor
        elif (
            type(loss) is BinaryCrossEntropy
            and not loss.from_logits
            and type(last.activation) is Sigmoid
            and (value := _cross_entropy(last.y, target, loss, room=last.grad)) is not None
        ):
            np.subtract(last.y, target, out=last.grad)
            last.grad *= self.rate / loss.divisor_for(last.y)
            return value  # done: (p - y) is the gradient before the sigmoid
        else:
            value = loss.forward(last.y, target)
            np.multiply(loss.backward(), self.rate, out=last.grad)
        last.apply_activation_grad()
        return value


class LinearActivation:
    """A Linear layer and the activation behind it, with room for the results of one batch.

    Its input and output are always the same arrays, so its products can be prepared. `x` is the
    input of the first block; the others take that of the block `below` them. By columns, which is
    order "F", a batch takes less time in a product than by rows, "C".
    """

    def __init__(self, linear: Linear, activation: Activation | None, x, below=None, order="F"):
        weight, bias = linear.params["weight"], linear.params["bias"][np.newaxis]
        self.activation, shape = activation, (len(x), linear.out_features)
        self.y, self.grad = (np.empty(shape, weight.dtype, order) for _ in range(2))
        self.below, x = below, below.y if below else x
        ones = np.ones((len(x), 1), weight.dtype)
        self.forward_matmul = prepared_gemm(x, weight, self.y)
        self.add_bias = prepared_gemm(ones, bias, self.y, np.add)
        self.update_weight = prepared_gemm(x.T, self.grad, weight, np.subtract)
        self.update_bias = prepared_gemm(ones.T, self.grad, bias, np.subtract)
        # Below the first block are the images, which do not learn.
        self.input_grad_matmul = below and prepared_gemm(self.grad, weight.T, below.grad)

    def forward(self):
        """Write the output for what the input holds now."""
        self.forward_matmul()
        self.add_bias()
        if self.activation:
            apply_in_place(self.activation, self.y)

    def apply_activation_grad(self):
        """Take the gradient from behind the activation to before it."""
        if self.activation:
            self.grad *= derivative(self.activation, self.y)

    def backward(self):
        """Hand the gradient down, and subtract those of weight and bias from them.

        All of them hold the learning rate already.
        """
        if self.below:  # which needs the weight as it was, so before it learns
            self.input_grad_matmul()
            self.below.apply_activation_grad()
        self.update_weight()
        self.update_bias()


def prepared_gemm(a, b, out, update=None):
    """Return a function that does out ← a b, or out ← update(out, a b), with what they hold then.

    With SciPy, that is one call of BLAS: its `gemm` computes α a b + β out, and so adds
    to `out` or subtracts from it without writing the product down first. NumPy's `matmul` cannot do
    that. All products go there: the threads of two libraries would take each other's cores.
    """
    if (gemm := _gemm(out.dtype)) and out.flags.forc:  # of what lies with gaps, it changes a copy
        alpha, beta = {None: (1, 0), np.add: (1, 1), np.subtract: (-1, 1)}[update]
        # BLAS counts by columns. The rows of `out` are the columns of its transpose, bᵀ aᵀ.
        left, right, out = (a, b, out) if out.flags.f_contiguous else (b.T, a.T, out.T)
        flip_left, flip_right = not left.flags.f_contiguous, not right.flags.f_contiguous
        left, right = left.T if flip_left else left, right.T if flip_right else right
        return partial(gemm, alpha, left, right, beta, out, flip_left, flip_right, True)
    product = np.matmul if a.shape[1] > 1 else np.multiply  # a column times a row: much faster
    if not update:
        return partial(product, a, b, out=out)
    room = np.empty_like(out)
    return lambda: update(out, product(a, b, out=room), out=out)


def _gemm(dtype):
    """Return SciPy's product for the type, or None."""
    try:
        from scipy.linalg.blas import dgemm, sgemm
    except ImportError:
        return None
    return {"float32": sgemm, "float64": dgemm}.get(dtype.name)


def _cross_entropy(p, y, loss, room):
    """Return what `loss` says of probabilities `p`, by way of `room`, an array like `p`.

    None if a logarithm is below -100, as that of 0 is: the loss itself knows what it does then.
    """
    np.log(p, out=room)
    lowest, total = room.min(), -float(np.einsum("ij,ij", room, y))
    np.subtract(1, p, out=room)
    np.log(room, out=room)
    total += float(np.einsum("ij,ij", room, y)) - float(room.sum())
    return None if min(lowest, room.min()) < -100 else total / loss.divisor_for(p)


# The formulas of nnlib.activations: functions are written over what they are handed, derivatives
# make one array instead of two, in memory that is still in the cache from the last one. Tests
# compare them.


def _tanh(x):
    np.tanh(x, out=x)


def _sigmoid(x):
    with np.errstate(over="ignore"):
        np.exp(np.negative(x, out=x), out=x)
    np.divide(1, np.add(x, 1, out=x), out=x)


def _relu(x):
    np.maximum(x, 0, out=x)


def _tanh_derivative(y):
    slope = y * y
    return np.subtract(1, slope, out=slope)


def _sigmoid_derivative(y):
    slope = 1 - y
    return np.multiply(y, slope, out=slope)


IN_PLACE = {TanH: _tanh, Sigmoid: _sigmoid, ReLU: _relu}
DERIVATIVES = {TanH.derivative: _tanh_derivative, Sigmoid.derivative: _sigmoid_derivative}


def apply_in_place(activation, x):
    """Put function(x) in the place of x."""
    if type(activation) in IN_PLACE:
        IN_PLACE[type(activation)](x)
    else:
        x[...] = activation.function(x)


def derivative(activation, y):
    """Return activation.derivative(y)."""
    return DERIVATIVES.get(type(activation).derivative, activation.derivative)(y)


def linear_activation_pairs(network):
    """Return each Linear layer with the activation behind it, or None if more is there."""
    found, pairs = parts(network), []
    if not all(map(_is_fusible, found)):
        return None
    layers = [module for module in found if not isinstance(module, Sequential)]
    while layers:
        linear = layers.pop(0)
        if not isinstance(linear, Linear):
            return None
        bent = layers and isinstance(layers[0], Activation)
        pairs.append((linear, layers.pop(0) if bent else None))
    return pairs


def _is_fusible(module):
    """Return whether a module computes what its class says, and a fused step may do so for it."""
    return module.fusible and FORMULAS.isdisjoint(vars(module))


def _can_update_in_place(arrays, params, dtype):
    """Return whether `arrays` are all of the network's parameters, and can be changed in place."""
    return (
        dtype in (np.float32, np.float64)  # in the machine's own order of bytes
        and sorted(map(id, arrays)) == sorted(map(id, params))
        # BLAS would change what must not be changed, or only a copy of what lies oddly.
        and all(array.dtype == dtype and array.flags.behaved for array in arrays)
        and not any(np.may_share_memory(*two) for two in combinations(arrays, 2))
    )
