"""Habits from other libraries work or are answered; what goes wrong in silence is told once."""

import copy
import gc
import inspect
import re
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from helpers import Readable

import nnlib
from nnlib import (
    SGD,
    AutoEncoder,
    BinaryCrossEntropy,
    CrossEntropyWithLogSoftmax,
    Linear,
    Module,
    MSELoss,
    Optim,
    Sequential,
    Sigmoid,
    Softmax,
    TanH,
    plots,
)
from nnlib import _advice as advice
from nnlib._watch import constant
from nnlib.activations import Activation
from nnlib.checks import gradient_check
from nnlib.datasets.corruption import add_noise
from nnlib.experiments.evaluate import evaluate
from nnlib.losses import ReducedLoss
from nnlib.metrics import accuracy
from nnlib.optim import Rule

RNG = np.random.default_rng(0)
X = RNG.uniform(size=(40, 3)).astype(np.float32)
Y = (X @ np.float32([[1], [2], [3]])) / 6
LABELS = RNG.integers(0, 3, 40)
PIXELS = RNG.integers(0, 256, (40, 9), np.uint8)


def small(columns=1, *last):
    return Sequential([Linear(3, 4, rng=0), TanH(), Linear(4, columns, rng=0), *last])


def told(call):
    """Return the warnings that a call gave, and see that each points to what is not nnlib's."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    ours = {Path(__file__).name, "helpers.py"}  # where the step of Readable is
    assert {Path(one.filename).name for one in caught} <= ours
    assert {one.category for one in caught} <= {UserWarning}
    return [str(one.message) for one in caught]


def refused(call, kind=Exception):
    with pytest.raises(kind) as caught:
        call()
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return str(caught.value)


# What works


def test_a_module_and_a_loss_are_called_as_they_are_elsewhere():
    network, loss = small(), MSELoss()
    np.testing.assert_array_equal(network(X), network.forward(X))
    assert loss(network(X), Y) == loss.forward(network.forward(X), Y)


def test_a_network_takes_its_modules_one_by_one():
    layers = [Linear(3, 4), TanH()]
    assert Sequential(*layers).layers == Sequential(layers).layers == layers
    assert Sequential(layers[0]).layers == layers[:1]
    assert Sequential(layers)[1] is layers[1]
    assert "layer 0 is [" in refused(lambda: Sequential(layers, TanH()))


def test_the_names_of_pytorch_are_the_same_classes():
    assert nnlib.Tanh is TanH
    assert nnlib.BCELoss is BinaryCrossEntropy
    assert nnlib.CrossEntropyLoss is CrossEntropyWithLogSoftmax


@pytest.mark.parametrize("module", ["mnist", "corruption", "checks", "plots", "widgets", "zoo"])
def test_a_module_is_imported_where_it_is_first_used(module):
    code = f"import nnlib, sys; assert 'nnlib.{module}' not in sys.modules; print(nnlib.{module})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert f"nnlib.{module}" in run.stdout.replace("datasets.", "")
    assert module in dir(nnlib)


# What is answered

TABLES = {
    "Module": (Linear(3, 4), advice.MODULE),
    "Sequential": (small(), advice.MODULE),
    "Loss": (MSELoss(), advice.LOSS),
    "value": (MSELoss().forward(Y, Y), advice.VALUE),
    "Optim": (Optim(small(), MSELoss(), 0.1), advice.OPTIM),
    "SGD": (SGD(0.1), advice.RULE),
    "nnlib": (nnlib, advice.LIBRARY),
}


@pytest.mark.parametrize("what", TABLES)
def test_every_habit_is_answered_in_one_sentence_and_is_no_name_of_ours(what):
    thing, habits = TABLES[what]
    for name in habits:
        if hasattr(thing, name):  # a Sequential can be saved and loaded, a part of it cannot
            assert name in ("params", "grads", "save", "load"), (
                f"{what} has a {name} of its own now: take the name out of nnlib/_advice.py"
            )
            continue
        says = refused(lambda name=name: getattr(thing, name), AttributeError)
        assert f"has no {name}: " in says
        assert says.endswith(".")
        assert "{" not in says
        assert 30 < len(says) < 330
        assert "\n" not in says


def test_lists_in_advice_are_those_of_the_library():
    classes = {cls for name in nnlib.__all__ if isinstance(cls := getattr(nnlib, name), type)}
    for words, base in (("activations", Activation), ("losses", ReducedLoss), ("rules", Rule)):
        listed = re.split(", | and ", advice.filled(f"{{{words}}}"))
        assert len(listed) == len(set(listed))
        assert set(listed) == {cls.__name__ for cls in classes if issubclass(cls, base)}
    assert advice.filled("{activations}").startswith("TanH, Sigmoid, ")


@pytest.mark.parametrize("what", TABLES)
def test_any_other_name_gets_pythons_own_error(what):
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        TABLES[what][0].nonsense  # noqa: B018


def test_a_property_that_fails_says_why_itself():
    class Mine(Module):
        @property
        def width(self):
            return self.nothing

    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        Mine().width  # noqa: B018


def test_a_module_without_its_inits_first_line_is_told_so():
    class Mine(Module):
        def __init__(self):
            self.scale = 2

    assert "Mine has no grads: call super().__init__() first" in refused(Mine().zero_grad)
    assert "has no params: call super" in refused(
        lambda: Optim(Mine(), MSELoss(), 0.1).SGD(X, Y, 8, 1)
    )


def test_modules_are_still_copied_and_losses_are_still_numbers():
    network = small()
    assert copy.deepcopy(network).layers[0] is not network.layers[0]
    value = MSELoss().forward(Y + 1, Y)
    assert isinstance(value, float)
    assert repr(value) == repr(float(value))
    assert type(value + 1) is float


CALLS = {
    "lr": (lambda: Optim(small(), MSELoss(), lr=0.1), "Optim takes no lr: write learning_rate."),
    "epochs": (lambda: trained(epochs=3), "Optim.SGD takes no epochs: write num_epochs."),
    "seed": (lambda: trained(seed=3), "write rng"),
    "shuffle": (lambda: trained(shuffle=True), "in a new order anyway"),
    "verbose": (lambda: trained(verbose=1), "write log"),
    "validation_data": (lambda: trained(validation_data=(X, Y)), "write X_test"),
    "momentum": (
        lambda: Optim(small(), MSELoss(), 0.1, momentum=0.9),
        "write SGD(learning_rate,",
    ),
    "bias": (lambda: Linear(3, 4, bias=False), "always has a bias"),
    "activation": (lambda: Linear(3, 4, activation="tanh"), "put TanH()"),
    "in_dim": (lambda: Linear(in_dim=3, out_features=4), "write in_features"),
    "units": (lambda: Linear(3, units=4), "write out_features"),
    "input_size": (lambda: AutoEncoder(input_size=9), "write input_dim"),
    "dim": (lambda: Softmax(dim=1), "Softmax takes no dim"),
    "size_average": (lambda: MSELoss(size_average=True), "write reduction"),
    "unknown": (lambda: Linear(3, 4, color=1), "it takes in_features, out_features, init"),
    "nothing": (lambda: TanH(color=1), "TanH takes no color: it takes nothing."),
    "missing": (lambda: AutoEncoder(9, 2), "is missing the argument 'steps'."),
    "no step": (lambda: Optim(small(), MSELoss(), 0.1).step(), "Optim.step(X, Y) is missing"),
    "many": (lambda: MSELoss(Y, Y), "MSELoss() got too many positional arguments."),
    "backward": (lambda: MSELoss().backward(1.0), "MSELoss.backward() got too many"),
}


def trained(**settings):
    return Optim(small(), MSELoss(), 0.1).SGD(X, Y, 8, 1, **settings)


@pytest.mark.parametrize("habit", CALLS)
def test_a_call_that_does_not_fit_is_answered_in_one_sentence(habit):
    call, says = CALLS[habit]
    assert says in refused(call, TypeError)


def test_an_error_inside_of_a_call_that_fits_stays_as_it_is():
    with pytest.raises(TypeError, match=r"^rng must be"):
        Linear(3, 4, rng="a")


@pytest.mark.parametrize("call", [Optim.SGD, Optim.step, Linear, AutoEncoder, Linear.forward])
def test_help_and_source_show_the_function_itself(call):
    assert list(inspect.signature(call).parameters)[:1] != ["args"]
    assert "def " in inspect.getsource(call)


def test_loading_into_a_network_is_refused_and_by_its_class_it_works(tmp_path):
    for network in (small(), AutoEncoder(9, 2, 1)):
        network.save(tmp_path / "network.npz")
        says = refused(lambda network=network: network.load(tmp_path / "network.npz"), TypeError)
        assert f"write network = {type(network).__name__}.load(path)" in says
        again = type(network).load(tmp_path / "network.npz")
        assert again.params.keys() == network.params.keys()


# The user's own shapes


class Sum(Module):
    """A module of one's own, which nnlib knows nothing of."""

    def forward(self, x):
        if x.shape[1] != 3:
            raise ValueError(f"Sum takes 3 columns, but got {x.shape}.")
        return x.sum(axis=1, keepdims=True)


SHAPES = {  # network, loss, X, Y: what is said
    "a flat target": (small, MSELoss, X, Y[:, 0], "(40, 1), but got (40,): make it a column"),
    "of yes or no": (
        lambda: small(1, Sigmoid()), BinaryCrossEntropy, X, LABELS % 2, "(40,): make it a column",
    ),
    "labels for MSE": (lambda: small(3), MSELoss, X, LABELS, "use CrossEntropyWithLogSoftmax"),
    "a column of labels": (
        lambda: small(3), CrossEntropyWithLogSoftmax, X, LABELS[:, None], "(40, 1): write Y[:, 0]",
    ),
    "a wide target": (
        small, MSELoss, X, X, "(40, 1), but got (40, 3): the last layer must give 3 columns",
    ),
    "turned": (lambda: small(3), MSELoss, X[:2], X[:3, :2], "have shapes (2, 3) and (3, 2)"),
    "columns": (small, MSELoss, X[:, :2], Y, "(rows, 3), but got shape (40, 2)"),
    "images": (
        lambda: AutoEncoder(9, 2, 1), MSELoss, PIXELS.reshape(40, 3, 3) / 255, PIXELS / 255,
        "(40, 3, 3). Make each sample one row with x.reshape(len(x), -1)",
    ),
    "one number a row": (lambda: small(3), MSELoss, X, Y[:, 0], "write Y[:, None]"),
    "a foreign module": (lambda: Sequential([Sum()]), MSELoss, X[:, :2], Y, "got (40, 2)"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:.*nothing to learn")
@pytest.mark.parametrize("kind", [Optim, Readable])
@pytest.mark.parametrize("batch_size", [1, 8, 100])
@pytest.mark.parametrize("case", SHAPES)
def test_training_tells_the_shapes_that_it_was_given(case, batch_size, kind):
    network, loss, x, y, says = SHAPES[case]
    message = refused(lambda: kind(network(), loss(), 0.1).SGD(x, y, batch_size, 1))
    assert says in message
    for shape in ("(1, ", "(1,)", "(8, ", "(8,)"):
        assert shape not in message


def test_a_test_set_tells_its_own_shapes_and_its_name():
    def train(X_test, Y_test):
        optim = Optim(small(3), CrossEntropyWithLogSoftmax(), 0.1)
        return refused(lambda: optim.SGD(X, LABELS, 8, 1, X_test, Y_test))

    assert train(X[:7, :2], LABELS[:7]).startswith("X_test and Y_test do not fit: Linear(3, 4)")
    assert "got shape (7, 2)" in train(X[:7, :2], LABELS[:7])
    assert "write target[:, 0]" in train(X[:7], LABELS[:7, None])
    assert train(X[:7], None) == (
        "X_test and Y_test go together, but got no Y_test: give it along with X_test."
    )


# Messages that fit the cause


@pytest.mark.parametrize(
    ("prediction", "target", "says"),
    [
        (Y, PIXELS[:, :1], "targets between 0 and 1, .*pixels, divide them by 255"),
        (Y, LABELS[:, None], "targets .*0.0 to 2.0.*use CrossEntropyWithLogSoftmax"),
        (Y, np.sign(Y - 0.5), "Write 0 for no and 1 for yes"),
        (Y, 30 * Y - 9, "Scale the targets, or use MSELoss"),
        (9 * Y - 3, Y, "predictions between 0 and 1.*Is a Sigmoid missing"),
    ],
)
def test_what_is_no_probability_is_told_from_its_values(prediction, target, says):
    with pytest.raises(ValueError, match=says) as caught:
        BinaryCrossEntropy().forward(prediction, target)
    assert ("Sigmoid" in str(caught.value)) == ("Sigmoid" in says)


@pytest.mark.parametrize(
    ("prediction", "target", "says"),
    [
        (LABELS, X, "Are the two swapped"),
        (np.eye(3)[LABELS], X, "Are the two swapped"),
        (LABELS, LABELS, r"write \(prediction == target\).mean\(\)"),
        (Y[:, 0], LABELS % 2, r"prediction\[:, None\]"),
        (X, LABELS.astype(float), r"target.astype\(int\)"),
        (X, LABELS[:, None], r"target\[:, 0\]"),
        (X, X, "use a callback"),
    ],
)
def test_accuracy_says_what_it_was_given_instead_of_scores_and_classes(prediction, target, says):
    with pytest.raises(ValueError, match=says):
        accuracy(prediction, target)


def test_a_loss_with_its_arguments_swapped_says_so():
    with pytest.raises(ValueError, match="Are the two swapped"):
        CrossEntropyWithLogSoftmax().forward(LABELS, X)
    with pytest.raises(ValueError, match=r"single sample use x\[None, :\]"):
        MSELoss().forward(X[0], X[0])


# What would go wrong in silence


def test_pixels_up_to_255_are_told_once_a_training_and_by_noise():
    whole = PIXELS.astype(float)
    optim = Optim(AutoEncoder(9, 2, 1, rng=0), MSELoss(), 1e-3)
    (says,) = told(lambda: optim.SGD(PIXELS, PIXELS, 8, 5))
    assert says.startswith("X holds whole numbers up to 255, as pixels do")
    (says,) = told(lambda: optim.SGD(whole / 255, whole, 8, 1))
    assert says.startswith("Y holds")
    assert len(told(lambda: add_noise(PIXELS, 0.3))) == 1
    for fine in (PIXELS / 255, PIXELS > 99, whole - 99, whole + 0.5, whole[:0], whole * np.nan):
        assert told(lambda fine=fine: add_noise(fine, 0.3)) == []
    assert told(lambda: Optim(small(), MSELoss(), 0.01).SGD(X, 200 * np.ones_like(Y), 8, 1)) == []


def test_a_softmax_before_the_loss_that_has_one_is_told_once():
    for way in (Optim, Readable):
        optim = way(small(3, Softmax()), CrossEntropyWithLogSoftmax(), 0.1)
        (says,) = told(lambda optim=optim: optim.SGD(X, LABELS, 8, 3))
        assert "leave the Softmax before it out" in says
    loss = CrossEntropyWithLogSoftmax()
    assert len(told(lambda: [loss(Softmax()(X), LABELS) for _ in range(3)])) == 1
    assert told(lambda: Optim(small(3), loss, 0.1).SGD(X, LABELS, 8, 3)) == []
    assert told(lambda: CrossEntropyWithLogSoftmax()(np.eye(3), [0, 1, 2])) == []


DOUBTS = {
    "two sigmoids": (
        lambda: Optim(small(1, Sigmoid()), BinaryCrossEntropy(from_logits=True), 0.1), Y,
        "a sigmoid of its own",
    ),
    "sigmoid for classes": (
        lambda: Optim(small(3, Sigmoid()), CrossEntropyWithLogSoftmax(), 0.1), LABELS,
        "scores of any size",
    ),
    "softmax of one": (
        lambda: Optim(small(1, Softmax()), BinaryCrossEntropy(), 0.1), Y, "is always 1",
    ),
    "zeros": (
        lambda: Optim(
            Sequential(Linear(3, 2, init="zeros"), TanH(), Linear(2, 1, init="zeros")),
            MSELoss(), 0.1), Y, "choose another init",
    ),
    "nothing to learn": (
        lambda: Optim(Sequential([TanH()]), MSELoss(), 0.1), X, "has nothing to learn",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", DOUBTS)
def test_what_cannot_learn_is_told_once(what):
    make, target, says = DOUBTS[what]
    (message,) = told(lambda: make().SGD(X, target, 8, 4))
    assert says in message


def test_an_array_put_in_the_place_of_a_weight_is_told():
    network = small()
    network.layers[0].params["weight"] = np.ones((3, 4), np.float32)
    (says,) = told(lambda: Optim(network, MSELoss(), 0.1).SGD(X, Y, 8, 1))
    assert "knows as 0.weight: change the values of arrays in place" in says


def test_an_attribute_that_nothing_reads_is_told():
    optim = Optim(small(), MSELoss(), 0.1)
    optim.lr = 0.01
    assert told(lambda: optim.SGD(X, Y, 8, 1)) == [
        "Optim reads no lr, which was set: write optim.learning_rate."
    ]
    network = small()
    network.layers[0].weight = np.ones((3, 4))
    (says,) = told(lambda: Optim(network, MSELoss(), 0.1).SGD(X, Y, 8, 1))
    assert says.startswith("Linear reads no weight, which was set")


def test_one_layer_in_two_networks_is_told_where_that_is_hardly_meant():
    shared = Linear(3, 3, rng=0)
    first = Sequential([shared, TanH()])
    (says,) = told(lambda: Sequential([shared, Sigmoid()]))
    assert says.startswith("Linear(3, 3) is a layer of another network")
    assert told(lambda: Sequential(first.layers)) == []  # a piece of a network, to look inside
    assert told(lambda: Sequential(first.layers[:1])) == []
    assert told(lambda: Sequential([first, Linear(3, 1)])) == []  # a whole network as a part


def test_a_layer_may_go_into_a_new_network_when_the_old_one_is_gone():
    shared = Linear(3, 3, rng=0)
    Sequential([shared, TanH()])
    gc.collect()
    assert told(lambda: Sequential([shared, Sigmoid()])) == []


def test_one_layer_twice_deep_in_a_network_is_refused_before_it_learns():
    tanh = TanH()
    network = Sequential([Linear(3, 4), tanh, Sequential([Linear(4, 1), tanh])])
    assert "has the same TanH() twice" in refused(
        lambda: Optim(network, MSELoss(), 0.1).SGD(X, Y, 8, 1), ValueError
    )


@pytest.mark.parametrize(
    ("make", "rate", "target"),
    [
        (lambda: (small(1), MSELoss()), 0.7, Y),
        (lambda: (small(3), CrossEntropyWithLogSoftmax()), 300.0, LABELS),
        (lambda: (small(1), BinaryCrossEntropy(from_logits=True)), 300.0, LABELS[:, None] % 2),
    ],
)
def test_a_loss_that_rises_and_stays_finite_is_told_with_the_rate(make, rate, target):
    (says,) = told(lambda: Optim(*make(), rate).SGD(X, target, 8, 6, rng=0))
    assert "the same answer for every row would cost only" in says
    assert f"{rate:g}" in says
    assert told(lambda: Optim(*make(), 0.05).SGD(X, target, 8, 6, rng=0)) == []


def test_the_same_answer_for_every_row_costs_what_is_said():
    q = Y.mean()
    assert constant(MSELoss(), Y, 8) == pytest.approx(Y.var())
    assert constant(MSELoss("sum"), Y, 8) == pytest.approx(8 * Y.var())
    entropy = -q * np.log(q) - (1 - q) * np.log(1 - q)
    assert constant(BinaryCrossEntropy(), Y, 8) == pytest.approx(entropy)
    assert constant(BinaryCrossEntropy(from_logits=True), Y, 8) == pytest.approx(entropy)
    shares = np.bincount(LABELS) / 40
    for target in (LABELS, np.eye(3)[LABELS]):
        expected = -(shares * np.log(shares)).sum()
        assert constant(CrossEntropyWithLogSoftmax(), target, 8) == pytest.approx(expected)


# NumPy set to raise, other folders, other windows

TINY = np.full((4, 3), 1e-30, np.float32)
TINY_IMAGES = np.full((2, 784), 1e-30, np.float32)
UNDERFLOWS = {
    "Sigmoid": lambda: passed(Sigmoid(), np.array([[-1000.0, 1000.0]])),
    "Softmax": lambda: passed(Softmax(), np.array([[-1000.0, 1000.0]])),
    "TanH": lambda: passed(TanH(), TINY),
    "Linear": lambda: passed(scaled(Linear(3, 3, rng=0)), TINY),
    "AutoEncoder": lambda: passed(scaled(AutoEncoder(3, 2, 2, rng=0)), TINY),
    "MSELoss": lambda: compared(MSELoss(), TINY, 2 * TINY),
    "BCE": lambda: compared(BinaryCrossEntropy(), TINY, TINY),
    "BCE from logits": lambda: compared(
        BinaryCrossEntropy(from_logits=True), np.array([[-1e4, 1e4]]), np.array([[0.0, 1.0]])
    ),
    "CE": lambda: compared(CrossEntropyWithLogSoftmax(), np.array([[-1e4, 1e4]]), [1]),
    "step": lambda: Optim(scaled(small()), MSELoss(), 1e-30).step(X * 1e-30, Y * 1e-30),
    "SGD": lambda: Optim(scaled(small()), MSELoss(), 1e-30).SGD(X * 1e-30, Y * 1e-30, 8, 2),
    "readable SGD": lambda: Readable(scaled(small()), MSELoss(), 1e-30).SGD(
        X * 1e-30, Y * 1e-30, 8, 2
    ),
    "tested SGD": lambda: Optim(small(3), CrossEntropyWithLogSoftmax(), 9.0).SGD(
        99 * X, LABELS, 8, 2, 99 * X, LABELS
    ),
    "add_noise": lambda: add_noise(TINY, 1e-30, rng=0),
    "accuracy": lambda: accuracy(TINY, [0, 1, 2, 0]),
    "gradient_check": lambda: gradient_check(Softmax(), np.array([[-800.0, 0.0, 1.0]])),
    "copies": lambda: plots.reconstructions(TINY_IMAGES, {"network": 2 * TINY_IMAGES}),
    "evaluate": lambda: list(
        evaluate({"half": Half()}, TINY_IMAGES, np.array([0, 1]), [("noise", 0.5), ("mask", 4)])
    ),
}


class Half(Module):
    def forward(self, x):
        return np.float32(0.5) * (x > 0) * np.float32(1e-30)


def scaled(module):
    for value in module.params.values():
        value *= 1e-25
    return module


def passed(module, x):
    return module.backward(np.full_like(module.forward(x), 1e-30))


def compared(loss, prediction, target):
    loss.forward(prediction, target)
    return loss.backward()


@pytest.mark.filterwarnings("ignore:The loss was")
@pytest.mark.parametrize("what", UNDERFLOWS)
def test_numbers_too_small_for_their_type_are_zero_whatever_numpy_is_set_to(what):
    with np.errstate(all="raise"):
        UNDERFLOWS[what]()


def test_the_folder_of_the_data_may_begin_with_a_tilde(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("NNLIB_DATA", "~/data")
    assert nnlib.datasets.paths.data_dir() == tmp_path / "data"


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_python_m_nnlib_can_print_to_any_window(encoding, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    run = subprocess.run(
        [sys.executable, "-m", "nnlib"],
        capture_output=True,
        check=True,
        cwd=Path(nnlib.__file__).parents[1],
    )
    assert "Sigmoid" in run.stdout.decode(encoding)
