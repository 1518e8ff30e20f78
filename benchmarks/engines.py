"""The same training by each engine: `python engines.py ENGINE STEPS BATCH_SIZE THREADS`.

A worker for compare.py. It builds one of the book's autoencoders with given weights, then waits:
for every line that it reads it trains one epoch, and answers with the seconds and the mean loss.
The loss is squared error, summed over pixels and averaged over the batch; the rate is 0.01.
The engines called …_forward only compute the outputs of BATCH_SIZE images.
"""

import json
import os
import sys
import time
from functools import partial

ENGINE, STEPS, BATCH, THREADS = sys.argv[1], *map(int, sys.argv[2:5])
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = str(THREADS)
for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(name, None)  # where set, it keeps OpenBLAS from its best kernels and blocks
if THREADS == 1:
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import numpy as np  # noqa: E402  (after the number of threads)

from nnlib import AutoEncoder, MSELoss, Optim  # noqa: E402
from nnlib._fused import FusedStep  # noqa: E402
from nnlib.experiments.evaluate import forward_in_parts  # noqa: E402
from nnlib.linear import Linear  # noqa: E402

RATE, IMAGES = 0.01, 12_800
rng = np.random.default_rng(0)
X = rng.uniform(size=(IMAGES, 784)).astype(np.float32)
network = AutoEncoder(784, 16, STEPS, rng=1)
linear = [layer for half in network.layers for layer in half.layers if isinstance(layer, Linear)]
weights = [(layer.params["weight"], layer.params["bias"]) for layer in linear]


def nnlib_fast():
    """The library through its public training."""
    optim = Optim(network, MSELoss("batchmean"), RATE)
    return lambda: optim.SGD(X, X, BATCH, 1, rng=2)[0]


def nnlib_numpy():
    """The library where SciPy is not installed."""
    sys.modules["scipy.linalg.blas"] = None
    return nnlib_fast()


def nnlib_readable():
    """The library by the step that the chapters show."""

    class Plain(Optim):
        def step(self, X, Y):
            return super().step(X, Y)

    optim = Plain(network, MSELoss("batchmean"), RATE)
    return lambda: optim.SGD(X, X, BATCH, 1, rng=2)[0]


def products(order="C"):
    """The bare matrix products of each step, on numbers that lie there already."""
    return repeated(product_calls(np.matmul, product_arrays(order)))


def products_by_columns():
    """The same where the results of hidden layers lie by columns, as in FusedStep."""
    return products(order="F")


def torch_products(order="C"):
    """The same by PyTorch, whose products are those of another library."""
    import torch

    torch.set_num_threads(THREADS)
    layers = [[one if one is None else torch.from_numpy(one) for one in arrays]
              for arrays in product_arrays(order)]  # fmt: skip
    return repeated(product_calls(torch.mm, layers))


def torch_products_by_columns():
    """The same, where the results of hidden layers lie by columns."""
    return torch_products(order="F")


def product_calls(multiply, layers):
    """Return the calls for all products of a step."""
    calls = []
    for x, w, y, dw, dx in layers:
        calls += [partial(multiply, x, w, out=y), partial(multiply, x.T, y, out=dw)]
        if dx is not None:
            calls.append(partial(multiply, y, w.T, out=dx))
    return calls


def product_arrays(order):
    """Return input, weight, output, and room for both gradients of each layer.

    `order` is that of the hidden layers. The output stands for its gradient, too; it stays near 0,
    for the weights do. The first layer has no room for a gradient that nobody reads.
    """
    x, found = X[:BATCH].copy(), []
    for position, (w, _) in enumerate(weights):
        last = position == len(weights) - 1
        y = np.empty((BATCH, w.shape[1]), np.float32, "C" if last else order)
        found.append((x, w, y, np.empty_like(w), np.empty_like(x) if position else None))
        x = y
    return found


def repeated(calls):
    """Return what does an epoch's steps, each of these calls."""

    def epoch():
        for _ in range(IMAGES // BATCH):
            for call in calls:
                call()

    return epoch


def nnlib_rest():
    """All that FusedStep does in a step besides its matrix products."""
    step = FusedStep.if_possible(Optim(network, MSELoss("batchmean"), RATE), X, X, BATCH)
    for block in step.blocks:
        block.y[...] = block.grad[...] = 0
        block.forward_matmul = block.update_weight = lambda: None
        block.input_grad_matmul = block.below and block.forward_matmul

    def epoch():
        for rows in np.random.default_rng(2).permutation(IMAGES).reshape(-1, BATCH):
            step(rows)

    return epoch


def torch_model():
    """Return PyTorch and the network in it."""
    import torch

    torch.set_num_threads(THREADS)
    layers = []
    for position, (weight, bias) in enumerate(weights):
        layer = torch.nn.Linear(*weight.shape)
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(weight.T))
            layer.bias.copy_(torch.from_numpy(bias))
        last = position == len(weights) - 1
        layers += [layer, torch.nn.Sigmoid() if last else torch.nn.Tanh()]
    return torch, torch.nn.Sequential(*layers)


def torch_eager(compiled=False):
    """PyTorch, as its tutorials train."""
    torch, model = torch_model()
    optimizer = torch.optim.SGD(model.parameters(), RATE)
    data = torch.from_numpy(X)

    def loss_of(x):
        return ((model(x) - x) ** 2).sum() / len(x)

    loss_of = torch.compile(loss_of) if compiled else loss_of

    def epoch():
        order, total = torch.from_numpy(np.random.default_rng(2).permutation(IMAGES)), 0.0
        for rows in order.split(BATCH):
            optimizer.zero_grad()
            loss = loss_of(data[rows])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        return total / IMAGES

    return epoch


def torch_compile():
    """PyTorch, forward and backward compiled."""
    return torch_eager(compiled=True)


def torch_forward():
    """PyTorch, outputs only."""
    torch, model = torch_model()
    data = torch.from_numpy(X[:BATCH])

    def forward():
        with torch.inference_mode():
            model(data)

    return forward


def nnlib_forward():
    """The library, outputs only."""

    def forward():
        forward_in_parts(network, X[:BATCH])

    return forward


def jax_parts():
    """Return what both ways of JAX share: its modules, the parameters, and one step."""
    import jax
    import jax.numpy as jnp

    parameters = [(jnp.asarray(w), jnp.asarray(b)) for w, b in weights]

    def loss_of(parameters, x):
        y = x
        for position, (w, b) in enumerate(parameters):
            y = y @ w + b
            y = jax.nn.sigmoid(y) if position == len(parameters) - 1 else jnp.tanh(y)
        return ((y - x) ** 2).sum() / len(x)

    def step(parameters, x):
        loss, grads = jax.value_and_grad(loss_of)(parameters, x)
        return jax.tree.map(lambda p, g: p - RATE * g, parameters, grads), loss

    return jax, jnp, parameters, step


def jax_jit():
    """JAX, one compiled step at a time; the images are gathered in it."""
    jax, jnp, parameters, plain = jax_parts()
    data, state = jnp.asarray(X), {"p": parameters}
    step = jax.jit(lambda p, data, rows: plain(p, data[rows]), donate_argnums=0)

    def epoch():
        order, losses = np.random.default_rng(2).permutation(IMAGES), []
        for rows in order.reshape(-1, BATCH):
            state["p"], loss = step(state["p"], data, rows)
            losses.append(loss)
        return float(np.mean(losses))

    return epoch


def jax_scan():
    """JAX, a whole epoch compiled."""
    jax, jnp, parameters, step = jax_parts()
    data, state = jnp.asarray(X), {"p": parameters}

    @jax.jit
    def run(parameters, order):
        return jax.lax.scan(lambda p, rows: step(p, data[rows]), parameters, order)

    def epoch():
        order = jnp.asarray(np.random.default_rng(2).permutation(IMAGES).reshape(-1, BATCH))
        state["p"], losses = run(state["p"], order)
        return float(losses.mean())

    return epoch


def scikit_learn():
    """scikit-learn's MLPRegressor, whose output layer is linear: another network, for time only."""
    from sklearn.neural_network import MLPRegressor

    hidden = [weight.shape[1] for weight, _ in weights[:-1]]
    model = MLPRegressor(
        hidden_layer_sizes=hidden,
        activation="tanh",
        solver="sgd",
        learning_rate_init=1e-5,
        alpha=0,
        batch_size=BATCH,
        momentum=0,
        nesterovs_momentum=False,
    )

    def epoch():
        model.partial_fit(X, X)
        return None

    return epoch


if __name__ == "__main__":
    epoch = globals()[ENGINE]()
    for _ in sys.stdin:
        start = time.perf_counter()
        loss = epoch()
        print(json.dumps({"seconds": time.perf_counter() - start, "loss": loss}), flush=True)
