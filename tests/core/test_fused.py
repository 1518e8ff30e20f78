import sys
import warnings

import numpy as np
import pytest
from helpers import Readable

import nnlib
from nnlib import (
    AutoEncoder,
    BinaryCrossEntropy,
    CrossEntropyWithLogSoftmax,
    Linear,
    MSELoss,
    Optim,
    Sequential,
    Sigmoid,
    Softmax,
    TanH,
    _fused,
)
from nnlib._fused import FusedStep, LinearActivation
from nnlib.activations import Activation


@pytest.fixture(params=["scipy", "numpy"])
def blas(request, monkeypatch):
    """Whose matrix products are used: SciPy's, or NumPy's where SciPy is not installed."""
    if request.param == "scipy":
        pytest.importorskip("scipy")
    else:
        monkeypatch.setitem(sys.modules, "scipy.linalg.blas", None)


class Doubling(Sequential):
    def forward(self, x):
        return 2 * super().forward(x)

    def backward(self, grad_output):
        return super().backward(2 * grad_output)


def classifier(dtype):
    return Sequential([Linear(6, 5, rng=0, dtype=dtype), TanH(), Linear(5, 3, rng=1, dtype=dtype)])


def copier(dtype):
    return AutoEncoder(6, 2, 2, rng=0, dtype=dtype)


def bare(dtype):
    return Linear(6, 3, rng=0, dtype=dtype)


def both(network, loss, X, Y, dtype=np.float64):
    """Train by the readable step and by the fast one; return networks and losses."""
    assert FusedStep.if_possible(Optim(network(dtype), loss, 0.3), X, Y, 4)
    networks = network(dtype), network(dtype)
    losses = [
        kind(net, loss, 0.3).SGD(X, Y, 4, 5, rng=0)
        for kind, net in zip((Readable, Optim), networks, strict=True)
    ]
    return networks, losses


@pytest.mark.parametrize("reduction", ["mean", "batchmean", "sum"])
@pytest.mark.parametrize(
    ("network", "loss", "targets"),
    [
        (copier, MSELoss, "images"),
        (copier, BinaryCrossEntropy, "images"),
        (classifier, CrossEntropyWithLogSoftmax, "labels"),
        (bare, MSELoss, "one-hot"),
    ],
)
@pytest.mark.filterwarnings("ignore:The loss was")  # the steps are too large for the sum
def test_the_numbers_are_those_of_the_readable_step(blas, rng, network, loss, reduction, targets):
    X, labels = rng.uniform(size=(10, 6)), rng.integers(0, 3, 10)  # the last batch is short
    Y = {"images": X, "labels": labels, "one-hot": np.eye(3)[labels]}[targets]
    (slow, fast), (slow_losses, fast_losses) = both(network, loss(reduction), X, Y)
    assert fast_losses == pytest.approx(slow_losses, rel=1e-12)
    for name, value in slow.params.items():
        np.testing.assert_allclose(fast.params[name], value, rtol=1e-9, atol=1e-12)


FUSIBLE = [
    cls
    for name in nnlib.__all__
    if isinstance(cls := getattr(nnlib, name), type) and issubclass(cls, Activation) and cls.fusible
]


@pytest.mark.parametrize("activation", FUSIBLE)
def test_every_activation_that_may_be_fused_learns_the_same_there(blas, rng, activation):
    def network(dtype):
        layers = [Linear(6, 5, rng=0, dtype=dtype), activation(), Linear(5, 3, rng=1, dtype=dtype)]
        return Sequential([*layers, activation()])

    X, Y = rng.normal(size=(10, 6)), rng.uniform(size=(10, 3))
    (slow, fast), (slow_losses, fast_losses) = both(network, MSELoss(), X, Y)
    assert fast_losses == pytest.approx(slow_losses, rel=1e-12)
    for name, value in slow.params.items():
        np.testing.assert_allclose(fast.params[name], value, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("reduction", ["mean", "batchmean", "sum"])
def test_gradients_are_not_kept_where_it_is_used_and_kept_elsewhere(rng, reduction):
    X = rng.uniform(size=(8, 6))
    (slow, quick), _ = both(copier, MSELoss(reduction), X, X)
    assert all((grad != 0).any() for grad in slow.grads.values())
    assert all((grad == 0).all() for grad in quick.grads.values())


def test_single_precision_stays_single_and_close(blas, rng):
    X = rng.uniform(size=(10, 6)).astype(np.float32)
    (slow, fast), losses = both(copier, MSELoss("batchmean"), X, X, np.float32)
    assert losses[1] == pytest.approx(losses[0], rel=1e-5)
    for name, value in slow.params.items():
        assert fast.params[name].dtype == np.float32
        np.testing.assert_allclose(fast.params[name], value, atol=1e-5)


@pytest.mark.parametrize(
    "layers",
    [
        [TanH(), Linear(6, 3)],
        [Linear(6, 3), Softmax()],
        [Linear(6, 3), TanH(), TanH()],
        [type("Own", (Linear,), {"forward": lambda self, x: 2 * Linear.forward(self, x)})(6, 3)],
        [Linear(6, 3), type("Own", (TanH,), {"function": lambda self, x: np.tanh(2 * x)})()],
        [Doubling([Linear(6, 3)])],
    ],
)
def test_what_it_does_not_know_is_left_to_the_readable_step(layers):
    X, Y = np.ones((4, 6), np.float32), np.ones((4, 3))
    assert FusedStep.if_possible(Optim(Sequential(layers), MSELoss(), 0.1), X, Y, 2) is None
    assert len(Optim(Sequential(layers), MSELoss(), 0.1).SGD(X, Y, 2, 1, rng=0)) == 1


def test_weights_that_cannot_be_changed_give_an_error_and_not_a_crash(rng):
    network, X = copier(np.float64), rng.uniform(size=(8, 6))
    network.params["encoder.0.weight"].flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        Optim(network, MSELoss(), 0.1).SGD(X, X, 4, 1)


def test_weights_at_odd_addresses_are_trained_as_well(rng):
    layer, X = bare(np.float64), rng.uniform(size=(8, 6))
    raw = np.zeros(layer.params["weight"].nbytes + 1, np.uint8)[1:]
    odd = raw.view(np.float64).reshape(layer.params["weight"].shape)
    odd[...] = layer.params["weight"]
    assert not odd.flags.aligned
    layer.params["weight"] = odd
    losses = Optim(layer, MSELoss(), 0.1).SGD(X, X[:, :3], 4, 5, rng=0)
    assert losses == pytest.approx(
        Readable(bare(np.float64), MSELoss(), 0.1).SGD(X, X[:, :3], 4, 5, rng=0)
    )


@pytest.mark.parametrize("name", ["weight", "bias"])
@pytest.mark.parametrize("lay", [np.asfortranarray, lambda a: np.repeat(a, 2, axis=-1)[..., ::2]])
def test_parameters_by_columns_or_with_gaps_are_trained_as_well(blas, rng, name, lay):
    X, losses = rng.uniform(size=(8, 6)), []
    for kind in (Readable, Optim):
        layer = bare(np.float64)
        layer.params[name] = lay(layer.params[name])
        losses.append(kind(layer, MSELoss(), 0.1).SGD(X, X[:, :3], 4, 5, rng=0))
    assert losses[1] == pytest.approx(losses[0], rel=1e-12)


def test_inputs_of_another_type_are_left_to_the_readable_step():
    assert (
        FusedStep.if_possible(Optim(bare(np.float32), MSELoss(), 0.1), np.ones((4, 6)), 0, 2)
        is None
    )


def test_what_does_not_fit_is_told_in_the_same_words():
    X = np.ones((4, 6), np.float32)
    with pytest.raises(ValueError, match="expects a target of the prediction's shape"):
        Optim(bare(np.float32), MSELoss(), 0.1).SGD(X, np.ones(4), 2, 1)
    with pytest.raises(ValueError, match=r"Linear\(6, 3\) expects an array of shape \(rows, 6\)"):
        Optim(bare(np.float32), MSELoss(), 0.1).SGD(X[:, :5], np.ones((4, 3)), 2, 1)


def test_extreme_inputs_to_a_sigmoid_give_exact_zeros_and_ones():
    network = Sequential([Linear(1, 1, init="zeros"), Sigmoid()])
    network.params["0.weight"][...] = 1
    X = np.array([[-1000], [1000]], np.float32)
    step = FusedStep.if_possible(
        Optim(network, MSELoss("sum"), 1e-6), X, np.array([[0.0], [1.0]]), 2
    )
    with np.errstate(over="ignore"):
        assert step([0, 1]) == 0


def test_the_training_set_is_left_as_it_was(blas, rng):
    X = rng.uniform(size=(10, 6))
    kept = X.copy()
    Optim(copier(np.float64), MSELoss(), 0.3).SGD(X, X, 4, 2, rng=0)
    np.testing.assert_array_equal(X, kept)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("update", [None, np.add, np.subtract])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("rows", [1, 2, 5])
def test_both_ways_give_the_same_product_in_place(rng, monkeypatch, dtype, update, order, rows):
    a, b = rng.normal(size=(rows, 4)).astype(dtype), rng.normal(size=(rows, 3)).astype(dtype)
    out = rng.normal(size=(4, 3)).astype(dtype)
    expected = update(out, a.T @ b) if update else a.T @ b
    for gemm in (_fused._gemm(out.dtype), None):
        monkeypatch.setattr(_fused, "_gemm", lambda dtype, gemm=gemm: gemm)
        room = out.copy(order)
        _fused.prepared_gemm(a.T, b, room, update)()
        np.testing.assert_allclose(room, expected, rtol=1e-5 if dtype is np.float32 else 1e-12)


def test_a_certain_probability_costs_what_the_loss_says():
    network = Sequential([Linear(1, 1, init="zeros"), Sigmoid()])
    network.params["0.weight"][...] = 1
    X, Y = np.array([[-1000], [1000]], np.float32), np.array([[1.0], [1.0]], np.float32)
    loss = BinaryCrossEntropy("sum")
    step = FusedStep.if_possible(Optim(network, loss, 1e-6), X, Y, 2)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        assert step([0, 1]) == 100 == loss.forward(np.array([[0.0], [1.0]]), Y)


def test_targets_that_are_no_probabilities_are_refused_before_the_first_step(rng):
    network, X = copier(np.float64), rng.uniform(size=(10, 6))
    kept = {name: value.copy() for name, value in network.params.items()}
    Y = X.copy()
    Y[-1, -1] = 2
    with pytest.raises(ValueError, match="expects targets between 0 and 1"):
        Optim(network, BinaryCrossEntropy(), 0.1).SGD(X, Y, 4, 1)
    for name, value in network.params.items():
        np.testing.assert_array_equal(value, kept[name])


# What would give other numbers is left to the readable step


def assert_same_training(make, X, Y, loss=MSELoss, rate=0.3, callback=lambda optim: None):
    """Train networks of `make` by the readable step and by the fast one; both must learn alike."""
    assert FusedStep.if_possible(Optim(make(), loss(), rate), X, Y, 4)
    trained = []
    for kind in (Readable, Optim):
        network = make()
        optim = kind(network, loss(), rate)
        losses = optim.SGD(X, Y, 4, 3, rng=0, callback=lambda *_, o=optim: callback(o))
        trained.append((losses, [*network.params.values()]))
    (slow_losses, slow), (fast_losses, quick) = trained
    assert fast_losses == pytest.approx(slow_losses, rel=1e-4)
    for one, other in zip(slow, quick, strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-3, atol=1e-6)


def halve_the_rate(optim):
    optim.learning_rate /= 2


def take_another_loss(optim):
    optim.loss = MSELoss("sum")


def put_another_weight(optim):
    layer = optim.network.layers[0].layers[0]
    layer.params["weight"] = layer.params["weight"] * 0.5
    optim.network._collect(enumerate(optim.network.layers))


@pytest.mark.parametrize("change", [halve_the_rate, take_another_loss, put_another_weight])
@pytest.mark.filterwarnings("ignore:The loss was")  # of another loss, which is larger
def test_what_a_callback_changes_counts_from_the_next_epoch(rng, change):
    X = rng.uniform(size=(12, 6))

    def make():
        return Sequential([Sequential([Linear(6, 6, rng=0, dtype=np.float64)]), TanH()])

    assert_same_training(make, X, X, callback=change)


def frozen():
    network = classifier(np.float64)
    del network.params["0.weight"]
    return network


def hooked():
    network = classifier(np.float64)
    layer = network.layers[0]
    layer.backward = lambda grad: 2 * type(layer).backward(layer, grad)
    return network


def with_own(method):
    """Return a maker of networks of which one layer has a method of its own."""

    def make():
        network = classifier(np.float64)
        layer = network.layers[0]
        own = {
            "forward": lambda x: 0.5 * type(layer).forward(layer, x),
            "zero_grad": lambda: [grad.fill(0.01) for grad in layer.grads.values()],
        }
        setattr(layer, method, own[method])
        return network

    return make


def tied():
    lower, upper = (Linear(3, 3, rng=seed, dtype=np.float64) for seed in (0, 1))
    upper.params["weight"] = lower.params["weight"].T
    return Sequential([Linear(6, 3, rng=2, dtype=np.float64), lower, TanH(), upper])


class Clipping(Sequential):
    def backward(self, grad_output):
        return super().backward(np.clip(grad_output, -0.01, 0.01))


class Momentum(Sequential):
    def zero_grad(self):
        for grad in self.grads.values():
            grad *= 0.5


def of_kind(kind):
    return lambda: kind(classifier(np.float64).layers)


@pytest.mark.parametrize(
    "make",
    [
        *(frozen, hooked, with_own("forward"), with_own("zero_grad"), tied),
        *(of_kind(Clipping), of_kind(Momentum)),
    ],
)
def test_networks_with_ways_of_their_own_are_trained_their_way(rng, make):
    X, Y = rng.uniform(size=(12, 6)), rng.uniform(size=(12, 3))
    optim, by_hand = (Optim(make(), MSELoss(), 0.1) for _ in range(2))
    assert FusedStep.if_possible(optim, X, Y, 4) is None
    optim.SGD(X, Y, 4, 1, rng=0)
    for rows in np.split(np.random.default_rng(0).permutation(12), 3):
        by_hand.step(X[rows], Y[rows])
    for name, value in by_hand.network.params.items():
        np.testing.assert_array_equal(optim.network.params[name], value)


@pytest.mark.parametrize("dtype", [">f4", ">f8", "f2"])
def test_types_that_blas_does_not_know_are_trained_as_well(rng, dtype):
    odd = rng.uniform(size=(12, 6)).astype(dtype)
    trained = []
    for X in (odd, odd.astype(np.float64)):
        network = copier(X.dtype)
        optim = Optim(network, MSELoss(), 0.3)
        assert (FusedStep.if_possible(optim, X, X, 4) is None) == (X is odd)
        trained.append((optim.SGD(X, X, 4, 3, rng=0), network.params))
    (odd_losses, odd_params), (losses, params) = trained
    assert odd_losses == pytest.approx(losses, rel=1e-3)
    for name, value in params.items():
        np.testing.assert_allclose(odd_params[name], value, atol=1e-2)


def test_a_step_given_to_one_optim_alone_is_used(rng):
    optim, X = Optim(bare(np.float64), MSELoss(), 0.1), rng.uniform(size=(8, 6))
    optim.step = lambda X, Y: 7.0
    assert optim.SGD(X, X[:, :3], 4, 1) == [7.0]


@pytest.mark.filterwarnings("ignore:The layer no longer has the array")  # that is the test
def test_a_weight_that_only_the_layer_knows_to_be_read_only_is_not_overwritten(rng):
    network, X = classifier(np.float64), rng.uniform(size=(8, 6))
    kept = network.layers[0].params["weight"].copy()
    kept.flags.writeable = False
    network.layers[0].params["weight"] = kept
    before = kept.copy()
    Optim(network, MSELoss(), 0.1).SGD(X, X[:, :3], 4, 1)
    np.testing.assert_array_equal(kept, before)


def in_between(dtype=np.float64):
    """Return a network whose outputs lie between 0 and 1 without a Sigmoid behind."""
    layer = Linear(6, 3, rng=0, dtype=dtype)
    layer.params["weight"][...] = abs(layer.params["weight"]) / 40
    layer.params["bias"] += 0.1
    return Sequential([layer])


def twice_bent():
    return Sequential([Linear(6, 3, rng=0, dtype=np.float64), Sigmoid()])


@pytest.mark.parametrize(
    ("make", "loss"),
    [(in_between, BinaryCrossEntropy), (twice_bent, lambda: BinaryCrossEntropy("sum", True))],
)
@pytest.mark.filterwarnings("ignore:.*has a sigmoid of its own")  # that is the test
def test_a_sigmoid_is_taken_together_with_its_loss_only_where_one_belongs_to_the_other(
    rng, make, loss
):
    X = rng.uniform(size=(12, 6))
    assert_same_training(make, X, rng.uniform(0.3, 0.7, (12, 3)), loss, rate=0.01)


def test_certain_probabilities_are_left_to_the_loss_and_no_others():
    loss, y, room = BinaryCrossEntropy(), np.array([[1.0, 0.0]]), np.empty((1, 2))
    p = np.array([[0.25, 0.5]])
    assert _fused._cross_entropy(p, y, loss, room) == pytest.approx(np.log(4 * 2) / 2, rel=1e-12)
    for certain in ([[np.exp(-100.5), 0.5]], [[0.5, 1.0]]):
        with np.errstate(divide="ignore"):
            assert _fused._cross_entropy(np.array(certain), y, loss, room) is None


def test_results_lie_by_columns_but_the_last_like_the_targets(rng):
    X = rng.uniform(size=(10, 6))
    step = FusedStep.if_possible(Optim(copier(np.float64), MSELoss(), 0.3), X, X, 4)
    *hidden, last = step.blocks
    for block in (*hidden, LinearActivation(bare(np.float64), None, step.x)):
        assert block.y.strides == block.grad.strides == (8, 8 * len(block.y))
    assert last.y.flags.c_contiguous
    assert last.grad.flags.c_contiguous


def test_the_product_of_scipy_is_called_without_copies(rng):
    blas = pytest.importorskip("scipy.linalg.blas")
    for dtype, gemm in ((np.float32, blas.sgemm), (np.float64, blas.dgemm)):
        a, b = rng.normal(size=(5, 4)).astype(dtype), rng.normal(size=(5, 3)).astype(dtype)
        call = _fused.prepared_gemm(a.T, b, np.empty((4, 3), dtype))
        assert call.func is gemm
        assert call.args[1].flags.f_contiguous
        assert call.args[2].flags.f_contiguous


def test_a_first_row_that_is_not_finite_is_no_reason_for_a_warning():
    layer, X = Linear(1, 1, init="zeros", dtype=np.float64), np.full((2, 1), np.inf)
    layer.params["weight"][...] = 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert FusedStep.if_possible(Optim(layer, MSELoss(), 0.1), X, X, 2)


class Counting(MSELoss):
    def __init__(self):
        super().__init__()
        self.calls = 0

    def forward(self, prediction, target):
        self.calls += 1
        return super().forward(prediction, target)


def test_a_loss_of_ones_own_sees_the_batches_and_nothing_else(rng):
    X, loss = rng.uniform(size=(8, 6)), Counting()
    Optim(copier(np.float64), loss, 0.1).SGD(X, X, 4, 1)
    assert loss.calls == 2


@pytest.mark.parametrize("logit", [20.0, 40.0, 500.0])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.filterwarnings("ignore:The loss was")  # wrong and certain, it learns slowly
def test_certain_probabilities_teach_as_the_readable_step_says(rng, logit, dtype):
    def make():
        network = Sequential([Linear(1, 1, init="zeros", dtype=dtype), Sigmoid()])
        network.params["0.weight"][...] = logit
        return network

    X = np.linspace(-1, 1, 12, dtype=dtype)[:, None]
    assert_same_training(make, X, (X < 0).astype(dtype), BinaryCrossEntropy, rate=0.1)
