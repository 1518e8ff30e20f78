import math
import sys
import tracemalloc

import numpy as np
import pytest
from helpers import Readable

from nnlib import (
    Adam,
    AutoEncoder,
    BinaryCrossEntropy,
    CrossEntropyWithLogSoftmax,
    Linear,
    Module,
    MSELoss,
    Optim,
    Sequential,
    Sigmoid,
    TanH,
)
from nnlib._fused import FusedStep
from nnlib.metrics import accuracy
from nnlib.optim import Rule
from nnlib.train import History

pytestmark = pytest.mark.filterwarnings("error")


class Recorder(Module):
    """A network that learns nothing and keeps a list of the batches it was shown."""

    def __init__(self):
        super().__init__()
        self.params, self.grads = {"none": np.zeros(1)}, {"none": np.zeros(1)}
        self.batches = []

    def forward(self, x):
        self.batches.append(x[:, 0].tolist())
        return x

    def backward(self, grad_output):
        return grad_output


class RecordedLoss(MSELoss):
    """A loss that keeps a list of its values, and of the rows each was measured on."""

    def __init__(self):
        super().__init__()
        self.values = []

    def forward(self, prediction, target):
        self.values.append((super().forward(prediction, target), len(prediction)))
        return self.values[-1][0]


def small_network(n_in=3, n_out=2, dtype=np.float32):
    rng = np.random.default_rng(0)
    layers = [Linear(n_in, 4, rng=rng, dtype=dtype), TanH(), Linear(4, n_out, rng=rng, dtype=dtype)]
    return Sequential(layers)


def batches_of(n, batch_size, num_epochs, rng=0):
    """Return the batches that a training on the rows 0 to n - 1 shows, epoch by epoch."""
    network, X = Recorder(), np.arange(n, dtype=float)[:, None]
    Optim(network, MSELoss(), 0.1).SGD(X, X, batch_size, num_epochs, rng=rng)
    steps = math.ceil(n / batch_size)
    return [network.batches[i : i + steps] for i in range(0, len(network.batches), steps)]


def rows_of(epoch):
    return [row for batch in epoch for row in batch]


# One step


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_step_takes_the_learning_rate_times_the_gradient_from_each_parameter(rng, dtype):
    network, X, Y = small_network(dtype=dtype), rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
    loss = MSELoss()
    value = loss.forward(network.forward(X), Y)
    network.backward(loss.backward())
    expected = {name: w - 0.1 * network.grads[name] for name, w in network.params.items()}
    # The step does not add to the gradients that are there, and tells the loss before it.
    assert Optim(network, MSELoss(), 0.1).step(X, Y) == value
    for name, parameter in network.params.items():
        np.testing.assert_array_equal(parameter, expected[name])
        assert parameter.dtype == dtype


def test_a_step_by_hand():
    layer = Linear(1, 1, init="zeros")
    layer.params["weight"][...], layer.params["bias"][...] = 2, 1
    # Predictions 3 and 5, misses 2 and 4; the mean of their squares is (4 + 16) / 2.
    assert Optim(layer, MSELoss(), 0.5).step([[1], [2]], [[1], [1]]) == 10
    assert layer.params["weight"] == 2 - 0.5 * (2 * 1 + 4 * 2)
    assert layer.params["bias"] == 1 - 0.5 * (2 + 4)


def test_parameters_change_in_place(rng):
    network = small_network()
    held = {name: (value, value.copy()) for name, value in network.params.items()}
    Optim(network, MSELoss(), 0.1).step(rng.normal(size=(5, 3)), rng.normal(size=(5, 2)))
    for name, (array, before) in held.items():
        assert network.params[name] is array
        assert (array != before).any()
    assert network.layers[0].params["weight"] is held["0.weight"][0]


@pytest.mark.parametrize("learning_rate", [0, -0.1, math.inf, math.nan])
def test_a_learning_rate_is_a_positive_number(learning_rate):
    with pytest.raises(ValueError, match="learning_rate must be a positive number"):
        Optim(small_network(), MSELoss(), learning_rate)


# Batches and epochs


@pytest.mark.parametrize(("n", "batch_size"), [(7, 3), (6, 3), (5, 1), (4, 4), (3, 10)])
def test_every_row_is_used_once_an_epoch(n, batch_size):
    for epoch in batches_of(n, batch_size, 3):
        assert sorted(rows_of(epoch)) == list(range(n))


def test_the_last_short_batch_is_used():
    for epoch in batches_of(7, 3, 2):
        assert [len(batch) for batch in epoch] == [3, 3, 1]


def test_the_order_is_new_in_every_epoch():
    orders = [tuple(rows_of(epoch)) for epoch in batches_of(20, 5, 6)]
    assert len(set(orders)) == 6
    assert tuple(range(20)) not in orders


def test_batches_are_mixed_anew_and_not_only_their_order():
    first, second = batches_of(20, 5, 2)
    assert {frozenset(batch) for batch in first} != {frozenset(batch) for batch in second}


def test_the_same_seed_gives_the_same_order_and_another_another():
    assert batches_of(20, 5, 2, rng=1) == batches_of(20, 5, 2, rng=1)
    assert batches_of(20, 5, 2, rng=1) != batches_of(20, 5, 2, rng=2)
    assert batches_of(20, 5, 2, rng=None) != batches_of(20, 5, 2, rng=None)


def test_a_generator_goes_on_from_where_it_is(rng):
    assert batches_of(20, 5, 1, rng=rng) != batches_of(20, 5, 1, rng=rng)


def test_inputs_and_targets_stay_together():
    class Same(MSELoss):
        def forward(self, prediction, target):
            np.testing.assert_array_equal(prediction * 10, target)
            return super().forward(prediction, target)

    X = np.arange(10.0)[:, None]
    Optim(Recorder(), Same(), 0.1).SGD(X, X * 10, 3, 3, rng=0)


def test_the_data_are_not_changed(rng):
    X, Y = rng.normal(size=(7, 3)), rng.normal(size=(7, 2))
    X_before, Y_before = X.copy(), Y.copy()
    Optim(small_network(), MSELoss(), 0.1).SGD(X, Y, 3, 2, rng=0)
    np.testing.assert_array_equal(X, X_before)
    np.testing.assert_array_equal(Y, Y_before)


# What a training returns, tells and keeps


def test_the_loss_of_an_epoch_is_the_mean_over_its_rows(rng):
    X, Y = rng.normal(size=(7, 3)), rng.normal(size=(7, 2))
    loss = RecordedLoss()
    returned = Optim(small_network(), loss, 0.1).SGD(X, Y, 3, 2, rng=0)
    steps = [loss.values[:3], loss.values[3:]]  # of 3, 3 and 1 rows
    expected = [sum(value * rows for value, rows in epoch) / 7 for epoch in steps]
    assert returned == pytest.approx(expected, rel=1e-12)
    assert all(type(value) is float for value in returned)


def test_the_callback_is_told_epoch_and_loss_after_every_epoch(rng):
    X, Y, told = rng.normal(size=(7, 3)), rng.normal(size=(7, 2)), []
    losses = Optim(small_network(), MSELoss(), 0.1).SGD(
        X, Y, 3, 4, rng=0, callback=lambda *now: told.append(now)
    )
    assert told == list(zip([1, 2, 3, 4], losses, strict=True))


def test_the_settings_are_kept_with_the_network_from_epoch_to_epoch(rng):
    network, seen = small_network(), []
    Optim(network, MSELoss("sum"), 0.01).SGD(
        rng.normal(size=(7, 3)),
        np.zeros((7, 2)),
        batch_size=3,
        num_epochs=2,
        rng=0,
        callback=lambda epoch, _: seen.append(network.trained_with),
    )
    expected = {"loss": "MSELoss(reduction='sum')", "learning_rate": 0.01, "batch_size": 3}
    assert seen == [expected | {"epochs": 1}, expected | {"epochs": 2}]
    assert network.trained_with == seen[-1]


def test_the_same_seeds_give_the_same_network(rng):
    X, Y = rng.normal(size=(20, 3)), rng.normal(size=(20, 2))
    weights = []
    for _ in range(2):
        network = small_network()
        Optim(network, MSELoss(), 0.1).SGD(X, Y, 6, 3, rng=5)
        weights.append(network.params["0.weight"])
    np.testing.assert_array_equal(*weights)


def test_labels_and_one_hot_rows_give_the_same_training(rng):
    X, labels = rng.normal(size=(20, 3)), rng.integers(0, 2, 20)
    results = []
    for Y in (labels, np.eye(2)[labels], np.eye(2, dtype=int)[labels]):
        network = small_network()
        optim = Optim(network, CrossEntropyWithLogSoftmax(), 0.1)
        losses, accuracies = optim.SGD(X, Y, 6, 3, X, Y, rng=0)
        results.append((losses, accuracies, network.params["0.weight"].tolist()))
    assert results[0] == results[1] == results[2]


def test_with_a_test_set_the_accuracies_come_too(rng):
    X = rng.normal(size=(60, 2))
    Y = (X[:, 0] > X[:, 1]).astype(int)
    network = small_network(n_in=2)
    losses, accuracies = Optim(network, CrossEntropyWithLogSoftmax(), 0.5).SGD(
        X[:40], Y[:40], 8, 15, X[40:], Y[40:], rng=0
    )
    assert len(losses) == len(accuracies) == 15
    assert accuracies[-1] == accuracy(network.forward(X[40:]), Y[40:]) >= 0.9


def test_fit_is_sgd_by_the_name_of_the_field(rng):
    X, Y = rng.normal(size=(20, 2)), rng.integers(0, 2, 20)

    def optim():
        return Optim(small_network(n_in=2), CrossEntropyWithLogSoftmax(), 0.5)

    history = optim().fit(X, Y, 8, 3, rng=0)
    assert history == History(optim().SGD(X, Y, 8, 3, rng=0), [])
    assert optim().fit(X, Y, 8, 3, X, Y, rng=0) == optim().SGD(X, Y, 8, 3, X, Y, rng=0)


def test_xor_is_learnt():
    X, Y = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]
    rng = np.random.default_rng(0)
    network = Sequential([Linear(2, 4, rng=rng), TanH(), Linear(4, 1, rng=rng), Sigmoid()])
    losses = Optim(network, BinaryCrossEntropy(), 0.5).SGD(X, Y, 4, 500, rng=rng)
    assert losses[-1] < 0.05 < losses[0]
    np.testing.assert_array_equal(network.forward(X) > 0.5, Y)


def test_a_line_is_found_by_least_squares(rng):
    X = rng.uniform(-1, 1, size=(100, 2))
    Y = X @ [[2.0], [-3.0]] + 0.5
    layer = Linear(2, 1, rng=0)  # a single module is a network too
    Optim(layer, MSELoss(), 0.1).SGD(X, Y, 10, 60, rng=0)
    np.testing.assert_allclose(layer.params["weight"], [[2], [-3]], atol=1e-4)
    np.testing.assert_allclose(layer.params["bias"], [0.5], atol=1e-4)


def test_an_autoencoder_learns_to_copy(rng):
    X = rng.uniform(size=(40, 1)) * np.linspace(0.2, 0.8, 6)  # one number says all of a row
    network = AutoEncoder(6, 1, 1, rng=0)
    losses = Optim(network, MSELoss("batchmean"), 0.5).SGD(X, X, 8, 60, rng=0)
    assert losses[-1] < losses[0] / 20


def test_nothing_is_printed(rng, capfd):
    Optim(small_network(), MSELoss(), 0.1).SGD(rng.normal(size=(7, 3)), np.zeros((7, 2)), 3, 2)
    assert capfd.readouterr() == ("", "")


def test_a_progress_bar_is_shown_on_request(rng, capfd):
    pytest.importorskip("tqdm")
    X, Y = rng.normal(size=(7, 3)), rng.normal(size=(7, 2))
    with_bar = Optim(small_network(), MSELoss(), 0.1).SGD(X, Y, 3, 2, rng=0, log=True)
    shown = capfd.readouterr().err
    for part in ("SGD: ", "2/2", "epoch/s", *(f"loss={loss:.4f}" for loss in with_bar)):
        assert part in shown
    assert with_bar == Optim(small_network(), MSELoss(), 0.1).SGD(X, Y, 3, 2, rng=0)


def test_tqdm_is_needed_only_for_the_bar(rng, monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)  # as if it were not installed
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    Optim(small_network(), MSELoss(), 0.1).SGD(rng.normal(size=(7, 3)), np.zeros((7, 2)), 3, 1)


# What goes wrong


def test_a_loss_that_is_no_number_stops_the_training_and_names_the_epoch(rng):
    X, Y, told = rng.normal(size=(8, 3)), rng.normal(size=(8, 2)), []

    def spoil(epoch, _):
        told.append(epoch)
        if epoch == 2:
            X[:] = np.nan

    optim = Optim(small_network(), MSELoss(), 0.01)
    with pytest.raises(FloatingPointError, match=r"became nan in epoch 3.*missing values in X"):
        optim.SGD(X, Y, 4, 9, rng=0, callback=spoil)
    assert told == [1, 2]


@pytest.mark.parametrize(("kind", "fast"), [(Optim, True), (Readable, False)])
def test_one_way_is_fast_and_the_other_is_the_readable_one(rng, monkeypatch, kind, fast):
    taken, of = [], FusedStep.if_possible
    monkeypatch.setattr(
        FusedStep, "if_possible", lambda *args: taken.append(of(*args)) or taken[-1]
    )
    X, Y = rng.normal(size=(2, 8, 3)).astype(np.float32)
    network = Sequential([Linear(3, 4, rng=0), TanH(), Linear(4, 3, rng=1)])
    kind(network, MSELoss(), 0.01).SGD(X, Y, 4, 1, rng=0)
    assert any(taken) == fast


@pytest.mark.parametrize("number", [np.inf, np.nan])
def test_numbers_that_are_not_finite_stop_it_with_one_error_and_no_warnings(rng, number):
    X, Y = rng.normal(size=(8, 3)), rng.normal(size=(8, 2))
    X[5, 1] = number
    for kind in (Optim, Readable):
        with pytest.raises(FloatingPointError, match="missing values in X"):
            kind(small_network(dtype=np.float64), MSELoss(), 0.01).SGD(X, Y, 4, 9, rng=0)


@pytest.mark.parametrize("kind", [Optim, Readable])
def test_infinity_less_infinity_stops_it_with_one_error_and_no_warnings(kind):
    layer, X = Linear(1, 1, init="zeros", dtype=np.float64), np.array([[1.0], [np.inf]])
    layer.params["weight"][...] = 1
    with pytest.raises(FloatingPointError, match="became nan in epoch 1"):
        kind(layer, MSELoss(), 0.01).SGD(X, X, 2, 1)


def test_certain_probabilities_are_no_reason_for_warnings():
    network = Sequential([Linear(1, 1, init="zeros"), Sigmoid()])
    network.params["0.weight"][...] = 1
    X = np.array([[-1000], [1000]], np.float32)  # the sigmoid is 0 and 1 there, and log(0) is -inf
    losses = Optim(network, BinaryCrossEntropy("sum"), 1e-6).SGD(X, X > 0, 2, 1)
    assert losses == [0]


def test_steps_that_are_too_large_stop_the_training_with_advice(rng):
    X, Y = rng.normal(size=(8, 3)), rng.normal(size=(8, 2))
    with pytest.raises(
        FloatingPointError, match=r"epoch .*Try a learning rate below 1000, .*X and Y\.$"
    ):
        Optim(Linear(3, 2, rng=0), MSELoss(), 1000).SGD(X, Y, 4, 50, rng=0)


@pytest.mark.parametrize(
    ("X", "Y"), [(np.zeros((4, 3)), np.zeros((3, 2))), (np.zeros((0, 3)), np.zeros((0, 2)))]
)
def test_inputs_and_targets_need_as_many_rows(X, Y):
    with pytest.raises(ValueError, match="X and Y need as many rows"):
        Optim(small_network(), MSELoss(), 0.1).SGD(X, Y, 2, 1)


@pytest.mark.parametrize(
    ("batch_size", "num_epochs", "which"),
    [(0, 1, "batch_size"), (-1, 1, "batch_size"), (2, 0, "num_epochs")],
)
def test_batches_and_epochs_start_at_one(batch_size, num_epochs, which):
    with pytest.raises(ValueError, match=f"^{which} must be a whole number from 1 to"):
        Optim(small_network(), MSELoss(), 0.1).SGD(
            np.zeros((4, 3)), np.zeros((4, 2)), batch_size, num_epochs
        )


@pytest.mark.parametrize(
    ("network", "loss", "rate", "says"),
    [
        (np.tanh, MSELoss(), 0.1, "^Optim trains a Module, but got <ufunc 'tanh'>"),
        (TanH(), np.tanh, 0.1, "^Optim needs a Loss, but got <ufunc 'tanh'>"),
        (TanH(), MSELoss(), "0.1", "^learning_rate must be a positive number, but got '0.1'"),
    ],
)
def test_what_cannot_be_trained_is_told_as_it_was_given(network, loss, rate, says):
    with pytest.raises(TypeError, match=says):
        Optim(network, loss, rate)


def test_a_callback_is_a_function():
    with pytest.raises(TypeError, match=r"^callback must be a function, but got 'print'"):
        Optim(TanH(), MSELoss(), 0.1).SGD(np.ones((4, 3)), np.ones((4, 3)), 2, 1, callback="print")


@pytest.mark.parametrize("name", ["X", "Y", "X_test", "Y_test"])
def test_a_part_of_the_data_that_is_no_number_is_told_by_its_name(name):
    data = {part: np.eye(3) for part in ("X", "Y", "X_test", "Y_test")} | {name: [["a"]] * 3}
    with pytest.raises(TypeError, match=f"^{name} expects real numbers"):
        Optim(TanH(), MSELoss(), 0.1).SGD(
            data["X"], data["Y"], 2, 1, data["X_test"], data["Y_test"]
        )


def test_accuracy_names_itself_where_it_gets_no_numbers():
    for prediction, target in (([["a"]], [0]), ([[1.0]], ["a"])):
        with pytest.raises(TypeError, match=r"^accuracy expects real numbers"):
            accuracy(prediction, target)


@pytest.mark.parametrize(
    ("prediction", "target", "says"),
    [
        (np.zeros((2, 3)), np.array([0, 3]), "from 0 to 2, but got from 0 to 3"),
        (np.zeros((2, 3)), np.array([-1, 2]), "from 0 to 2, but got from -1 to 2"),
        (np.zeros((2, 1)), np.array([0, 2]), "from 0 to 1, but got from 0 to 2"),
        (np.zeros((0, 3)), np.array([], int), "from 0 to 2, but got none"),
    ],
)
def test_accuracy_needs_labels_that_the_prediction_knows(prediction, target, says):
    with pytest.raises(ValueError, match=f"Accuracy needs labels, here {says}"):
        accuracy(prediction, target)


def test_a_row_without_a_number_predicts_nothing():
    assert accuracy([[np.nan, 1], [1, 0]], [0, 0]) == 0.5
    assert accuracy([[np.nan], [0.2]], [0, 0]) == 0.5


def test_a_column_of_predictions_and_a_row_of_targets_are_refused():
    with pytest.raises(ValueError, match=r"\(4, 1\).*\(4,\)"):
        Optim(Linear(3, 1), MSELoss(), 0.1).SGD(np.zeros((4, 3)), np.zeros(4), 4, 1)


def test_a_test_set_without_classes_is_refused_before_the_training():
    network, X, Y = small_network(), np.ones((4, 3)), np.full((4, 2), 0.3)
    before = network.params["0.weight"].copy()
    with pytest.raises(ValueError, match=r"Accuracy needs classes.*use a callback"):
        Optim(network, MSELoss(), 0.1).SGD(X, Y, 2, 1, X, Y)
    np.testing.assert_array_equal(network.params["0.weight"], before)


# Rules that change nothing


class Rebinding(Rule):
    """Makes new arrays, which nobody else holds."""

    def update(self, params, grads):
        for name, value in params.items():
            value = value - self.learning_rate * grads[name]


class Replacing(Rule):
    def update(self, params, grads):
        for name, value in params.items():
            params[name] = value - self.learning_rate * grads[name]


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        (Rebinding, r"Rebinding\(0.1\) has changed no parameter.*in place, value -= …"),
        (Replacing, r"Replacing\(0.1\) puts a new array into params.*value -= …"),
    ],
)
def test_a_rule_that_changes_no_array_in_place_is_refused(rng, kind, says):
    X, Y = rng.normal(size=(8, 3)), rng.normal(size=(8, 2))
    with pytest.raises(ValueError, match=says):
        Optim(small_network(), MSELoss(), kind(0.1)).SGD(X, Y, 4, 2)


def test_parameters_without_a_gradient_may_stay_as_they_are():
    X = np.zeros((4, 3))
    layer = Linear(3, 2, init="zeros")
    assert Optim(layer, MSELoss(), Adam(0.1)).SGD(X, X[:, :2], 2, 2) == [0, 0]


# Accuracy


def test_accuracy_is_the_share_of_rows_that_are_right():
    scores = np.array([[3, 1, 2], [0, 5, 1], [1, 2, 9], [4, 3, 3]])
    labels = np.array([0, 1, 2, 1])
    assert accuracy(scores, labels) == 0.75
    assert accuracy(scores, np.eye(3)[labels]) == 0.75
    assert type(accuracy(scores, labels)) is float


def test_accuracy_of_one_column_is_of_yes_or_no():
    assert accuracy([[0.9], [0.2], [0.6], [0.4]], [[1], [0], [1], [0]]) == 1
    p = np.array([[0.9], [0.2], [0.5], [0.6]])  # 0.5 is a no
    assert accuracy(p, np.array([[1], [0], [0], [0]])) == 0.75
    assert accuracy(p, np.array([1, 0, 0, 0])) == 0.75


@pytest.mark.parametrize("target", [np.full((4, 3), 0.5), np.ones((4, 3)), np.zeros(4), np.eye(3)])
def test_accuracy_needs_classes(target):
    with pytest.raises(ValueError, match="Accuracy needs classes"):
        accuracy(np.zeros((4, 3)), target)


@pytest.mark.parametrize(("X_test", "Y_test"), [(np.ones((2, 3)), [0]), (np.ones((0, 3)), [])])
def test_a_test_set_without_its_classes_is_refused_before_training(X_test, Y_test):
    network = Linear(3, 2, rng=0)
    before = network.params["weight"].copy()
    with pytest.raises(ValueError, match="X_test and Y_test need as many rows"):
        Optim(network, MSELoss(), 0.1).SGD(np.ones((4, 3)), np.ones((4, 2)), 2, 1, X_test, Y_test)
    np.testing.assert_array_equal(network.params["weight"], before)


@pytest.mark.parametrize("given", ["X_test", "Y_test"])
def test_half_a_test_set_is_refused(given):
    with pytest.raises(TypeError, match=r"^X_test and Y_test go together, but got no (X|Y)_test"):
        Optim(TanH(), MSELoss(), 0.1).SGD(np.eye(3), np.eye(3), 2, 1, **{given: np.eye(3)})


@pytest.mark.parametrize("kind", [Optim, Readable])
@pytest.mark.parametrize("loss", [MSELoss, BinaryCrossEntropy])
def test_more_images_take_no_more_memory_than_the_numbers_of_their_rows(rng, kind, loss):
    X = rng.uniform(size=(9_000, 64)).astype(np.float32)

    def peak(images):
        network = AutoEncoder(64, 4, 2, rng=0)
        kind(network, loss(), 0.1).SGD(X[:100], X[:100], 32, 1, rng=0)  # what is imported late
        tracemalloc.start()
        try:
            kind(network, loss(), 0.1).SGD(X[:images], X[:images], 32, 1, rng=0)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    few, many = peak(1_000), peak(9_000)
    numbers_of_rows = 8 * (9_000 - 1_000)
    assert many - few < numbers_of_rows + 20_000  # the images themselves take 2 million
