import sys
import threading
import tracemalloc

import numpy as np
import pytest
from helpers import Readable
from threadpoolctl import threadpool_limits

from nnlib import (
    AutoEncoder,
    Linear,
    MSELoss,
    Optim,
    ReLU,
    Sequential,
    Sigmoid,
    Softmax,
    TanH,
    _outputs,
)
from nnlib._fused import IN_PLACE, apply_in_place, derivative
from nnlib._outputs import BLOCK, outputs
from nnlib.activations import Activation


class Steep(TanH):
    """One that says of itself that it may be fused."""

    fusible = True

    def function(self, x):
        return np.tanh(3 * x)


class Halved(Sequential):
    def forward(self, x):
        return super().forward(x) / 2


def linear(*shape, **more):
    layer = Linear(*shape, rng=sum(shape), **more)
    layer.params["bias"] += np.linspace(-1, 1, shape[1]).astype(layer.params["bias"].dtype)
    return layer


KNOWN = {
    "one layer": lambda **more: linear(6, 3, **more),
    "autoencoder": lambda **more: AutoEncoder(6, 2, 2, rng=0, **more),
    "wide in the middle": lambda **more: Sequential(
        [linear(6, 40, **more), ReLU(), linear(40, 9, **more), linear(9, 5, **more), Steep()]
    ),
}
UNKNOWN = {
    "softmax": lambda **more: Sequential([linear(6, 4, **more), Softmax()]),
    "activation first": lambda **more: Sequential([TanH(), linear(6, 4, **more)]),
    "own forward": lambda **more: Halved([linear(6, 4, **more), Sigmoid()]),
}


@pytest.fixture(params=[1, 2, 3])
def threads(request):
    with threadpool_limits(request.param):
        if request.param == 3 and of_blas() != 3:
            pytest.fail("This BLAS cannot have three threads.")
        yield request.param


def of_blas():
    return min(one.num_threads for one in _outputs._blas().lib_controllers)


@pytest.mark.parametrize(("dtype", "rtol"), [("float32", 1e-5), ("float64", 1e-13)])
@pytest.mark.parametrize("network", (KNOWN | UNKNOWN).values(), ids=KNOWN | UNKNOWN)
def test_they_are_those_of_forward(network, dtype, rtol, threads, rng):
    network = network(dtype=dtype)
    for rows in (0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 5 * BLOCK + 7):
        X = rng.uniform(-1, 1, (rows, 6)).astype(dtype)
        before = X.copy()
        found, expected = outputs(network, X), network.forward(X)
        assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
        np.testing.assert_allclose(found, expected, rtol=rtol, atol=rtol)
        np.testing.assert_array_equal(X, before)
        assert not np.shares_memory(found, X)


@pytest.mark.parametrize("kind", Activation.__subclasses__())
def test_what_is_computed_in_place_is_the_function_itself_and_so_is_its_derivative(kind, rng):
    x = np.append(rng.uniform(-9, 9, (50, 7)), [[-1e3, 1e3, 0.0, -0.0, 89, -89, np.nan]], axis=0)
    for dtype in ("float32", "float64"):
        y, activation = x.astype(dtype), kind()
        expected = activation.function(y)
        apply_in_place(activation, y)
        np.testing.assert_array_equal(y, expected)
        if kind.fusible:
            np.testing.assert_array_equal(derivative(activation, y), activation.derivative(y))
    assert (kind in IN_PLACE) == (kind.fusible and kind.__module__.startswith("nnlib"))


def test_a_derivative_of_ones_own_is_used(rng, monkeypatch):
    class Own(TanH):
        fusible = True

        def derivative(self, y):
            return 2 * y

    y = rng.uniform(-1, 1, (5, 3))
    np.testing.assert_array_equal(derivative(Own(), y), 2 * y)
    monkeypatch.setattr(TanH, "derivative", lambda self, y: 3 * y)
    np.testing.assert_array_equal(derivative(TanH(), y), 3 * y)


def test_rows_are_converted_as_forward_does(rng):
    network, images = KNOWN["autoencoder"](), rng.integers(0, 2, (BLOCK + 9, 6))
    strided = np.repeat(images.astype("float64"), 2, axis=1)[:, ::2]
    for X in (images, images.astype(np.uint8), images.astype(bool), images.tolist(), strided):
        np.testing.assert_allclose(outputs(network, X), network.forward(X), rtol=1e-5)


@pytest.mark.parametrize(
    "spoilt", [np.ones((900, 5)), np.ones(6), 3.0, [[1, 2], [3]], [["a"] * 6], None]
)
@pytest.mark.parametrize("network", KNOWN.values(), ids=KNOWN)
def test_what_does_not_fit_is_refused_as_by_forward(network, spoilt):
    network = network()
    with pytest.raises((ValueError, TypeError)) as told:
        network.forward(spoilt)
    with pytest.raises(told.type) as found:
        outputs(network, spoilt)
    assert str(found.value) == str(told.value)


def test_backward_still_belongs_to_the_last_forward(rng):
    network, X = KNOWN["autoencoder"](), rng.uniform(size=(2 * BLOCK, 6)).astype("float32")
    outputs(network, X)
    with pytest.raises(RuntimeError, match="has no output yet"):
        network.backward(np.ones((len(X), 6)))
    network.forward(X[:3])
    expected = network.backward(np.ones((3, 6)))
    outputs(network, X)
    np.testing.assert_array_equal(network.backward(np.ones((3, 6))), expected)
    with pytest.raises(ValueError, match=r"gave an output of shape \(3, 6\)"):
        network.backward(np.ones((len(X), 6)))


def test_what_is_not_known_refuses_a_gradient_for_all_rows(rng):
    network, X = UNKNOWN["softmax"](), rng.uniform(size=(2 * BLOCK + 1, 6)).astype("float32")
    outputs(network, X)
    with pytest.raises(ValueError, match=r"gave an output of shape \(1, 4\)"):
        network.backward(np.ones((len(X), 4)))


@pytest.mark.parametrize("name", KNOWN | UNKNOWN)
def test_memory_does_not_grow_with_the_rows(name, rng):
    """On one thread: a second one has as much again, and may come too late for a few rows."""

    def beyond_the_output(X):
        tracemalloc.start()
        with threadpool_limits(1):
            size = outputs(network, X).nbytes
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak - (size if name in KNOWN else 2 * size)  # here in pieces, and as a whole

    network, X = (KNOWN | UNKNOWN)[name](), rng.uniform(size=(40 * BLOCK, 6))
    assert beyond_the_output(X) < beyond_the_output(X[: 10 * BLOCK]) + 20_000


def test_threads_are_those_of_blas_which_has_one_meanwhile(threads, rng, monkeypatch):
    seen, alone = set(), []
    together = threading.Barrier(threads, timeout=20)  # as many at the same time
    there = threading.active_count()

    def spying(activation, x, apply=apply_in_place):
        if threading.get_ident() not in seen:
            seen.add(threading.get_ident())
            together.wait()
        alone.append(of_blas())
        apply(activation, x)

    monkeypatch.setattr(_outputs, "apply_in_place", spying)
    outputs(KNOWN["autoencoder"](), rng.uniform(size=(9 * BLOCK, 6)))
    assert len(seen) == threads
    assert (threading.get_ident() in seen) == (threads == 1)
    assert set(alone) == {1}
    assert (of_blas(), threading.active_count()) == (threads, there)


def test_there_are_no_more_threads_than_blocks(rng, monkeypatch):
    used = []

    class Pool(_outputs.ThreadPoolExecutor):
        def __init__(self, threads):
            used.append(threads)
            super().__init__(threads)

    monkeypatch.setattr(_outputs, "ThreadPoolExecutor", Pool)
    with threadpool_limits(3):
        for rows in (BLOCK, BLOCK + 1, 9 * BLOCK):
            outputs(KNOWN["one layer"](), rng.uniform(size=(rows, 6)))
    assert used == [2, 3]


def test_what_fails_in_a_thread_is_told(threads, rng, monkeypatch):
    network, X = KNOWN["one layer"](), np.zeros((4 * BLOCK, 6), "float32")
    network.params["weight"][:] = 1
    network.params["bias"][:] = X[3 * BLOCK] = np.finfo("float32").max / 6.1
    network.params["bias"] *= 6
    with np.errstate(over="raise"), pytest.raises(FloatingPointError, match="overflow"):
        outputs(network, X)
    with np.errstate(over="ignore"):
        assert np.isinf(outputs(network, X)[3 * BLOCK]).all()
    assert of_blas() == threads


@pytest.mark.filterwarnings("error")
def test_what_becomes_too_small_is_zero(threads):
    network, X = linear(1, 1), np.full((3 * BLOCK, 1), 1e-30)
    network.params["bias"][:] = 0
    network.params["weight"][:] = 1e-30
    with np.errstate(all="raise"):
        assert (outputs(Sequential([network, Sigmoid()]), X) == 0.5).all()


@pytest.mark.parametrize("where", ["no threadpoolctl", "browser"])
def test_without_knowledge_of_threads_there_is_one(where, rng, monkeypatch):
    if where == "browser":
        monkeypatch.setattr(sys, "platform", "emscripten")
    else:
        monkeypatch.setitem(sys.modules, "threadpoolctl", None)
    monkeypatch.setattr(_outputs, "_blas", _outputs._blas.__wrapped__)
    monkeypatch.setattr(_outputs, "ThreadPoolExecutor", None)  # which nobody may call
    assert _outputs._blas() is None
    with threadpool_limits(2):
        assert len(outputs(KNOWN["autoencoder"](), rng.uniform(size=(3 * BLOCK, 6)))) == 3 * BLOCK


def test_layers_of_different_types_go_the_way_of_forward(rng):
    network, X = KNOWN["autoencoder"](), rng.uniform(size=(BLOCK + 1, 6)).astype("float32")
    layer = network.encoder[0]
    layer.params["bias"] = layer.params["bias"].astype("float64")
    np.testing.assert_allclose(outputs(network, X), network.forward(X), rtol=1e-5)


def test_what_only_has_a_forward_is_handed_a_few_rows():
    class Echo:
        seen = ()

        def forward(self, X):
            self.seen += (len(X),)
            return X

    X, echo = np.arange(2 * BLOCK + 3.0)[:, np.newaxis], Echo()
    np.testing.assert_array_equal(outputs(echo, X), X)
    assert echo.seen == (BLOCK, BLOCK, 3)
    assert outputs(echo, [[1], [2]]) == [[1], [2]]


def test_a_training_counts_its_test_set_this_way(rng):
    X, Y = rng.uniform(size=(20, 6)), np.eye(3)[rng.integers(0, 3, 20)]
    many = np.tile(X, (BLOCK, 1)), np.tile(Y, (BLOCK, 1))
    for kind in (Optim, Readable):
        layer = Linear(6, 3, rng=0)
        _, shares = kind(layer, MSELoss(), 0.1).SGD(X, Y, 5, 2, *many, rng=0)
        right = (layer.forward(X).argmax(axis=1) == Y.argmax(axis=1)).mean()
        assert shares[-1] == pytest.approx(right)
    layer = Linear(6, 3, rng=0)
    Optim(layer, MSELoss(), 0.1).SGD(X, Y, 5, 2, *many, rng=0)
    assert len(layer.x) < len(many[0])
