"""The update rules: first steps by hand, and what every rule keeps."""

import copy
import math
import re

import numpy as np
import pytest

import nnlib
from nnlib import SGD, Adam, Linear, MSELoss, Optim
from nnlib.optim import Rule

pytestmark = pytest.mark.filterwarnings("error")

RULES = [
    cls
    for name in nnlib.__all__
    if isinstance(cls := getattr(nnlib, name), type) and issubclass(cls, Rule)
]
every_rule = pytest.mark.parametrize("kind", RULES)

#: A rule; the gradients of a parameter, step by step; and its values, which start from 1.
BY_HAND = [
    (SGD(0.5), [2, 1], [0, -0.5]),
    (SGD(0.5, momentum=0.5), [2, 1], [0, -1]),  # steps along 2, and along 1 + 2 / 2
    (Adam(0.5), [2], [0.5]),  # the mean gradient over the root of its mean square is 2 / √4
    # Means 1 and 1/2, over 1 - β₁ᵗ: 2 and 2/3. Mean squares 1 and 3/4, over 1 - β₂ᵗ: 4 and 12/7.
    (Adam(0.5, beta1=0.5, beta2=0.75), [2, 0], [0.5, 0.5 - 0.5 * 2 / 3 / math.sqrt(12 / 7)]),
]


@pytest.mark.parametrize(("rule", "gradients", "values"), BY_HAND, ids=str)
def test_the_first_steps_by_hand(rule, gradients, values):
    rule, params = copy.deepcopy(rule), {"weight": np.ones((1, 1))}
    for gradient, value in zip(gradients, values, strict=True):
        rule.update(params, {"weight": np.full((1, 1), float(gradient))})
        assert params["weight"].item() == pytest.approx(value, rel=1e-7)


@every_rule
def test_every_rule_is_compared_with_steps_by_hand(kind):
    assert any(type(rule) is kind for rule, *_ in BY_HAND), (
        f"compute the first steps of {kind.__name__} by hand, and add them to BY_HAND here"
    )


def descend(rule, dtype=np.float64, steps=200, reuse=False):
    """Let a rule walk down the hill of Σ c (x - 1)² / 2; return params and height at each step."""
    params = {"weight": np.zeros((2, 2), dtype), "bias": np.array([3, -1], dtype)}
    curvature = {"weight": np.array([[0.5, 1], [1, 2]], dtype), "bias": np.array([1, 1.5], dtype)}
    grads = {name: np.zeros_like(value) for name, value in params.items()}
    heights = []
    for _ in range(steps):
        for name, value in params.items():
            slope = curvature[name] * (value - 1)
            if reuse:  # as a network does: backward adds to the same arrays, which were set to zero
                grads[name].fill(0)
                grads[name] += slope
            else:
                grads[name] = slope
        heights.append(
            sum(float((curvature[name] * (params[name] - 1) ** 2).sum()) / 2 for name in params)
        )
        rule.update(params, grads)
    return params, heights


@every_rule
def test_every_rule_goes_downhill(kind):
    _, heights = descend(kind(0.05))
    assert heights[1] != heights[0], f"{kind.__name__} moves nothing: change arrays in place"
    assert heights[1] < heights[0], f"{kind.__name__} climbs: is it value -= …, and not +=?"
    assert heights[-1] < heights[0] / 10, f"{kind.__name__} has not come far in 200 steps of 0.05"


@every_rule
def test_every_rule_changes_arrays_in_place(kind):
    params = {"weight": np.ones((2, 3)), "bias": np.ones(3)}
    held = dict(params)
    kind(0.1).update(params, {name: np.ones_like(value) for name, value in params.items()})
    for name, array in held.items():
        assert params[name] is array, "change the array in params, and put no new one there"
        assert (array != 1).all(), "change each array in place: value -= …, not value = value - …"


@every_rule
def test_every_rule_leaves_the_gradients_alone_and_keeps_none_of_their_arrays(kind):
    params, grads = {"weight": np.ones(2)}, {"weight": np.ones(2)}
    kind(0.1).update(params, grads)
    np.testing.assert_array_equal(grads["weight"], 1)
    for reused, fresh in zip(
        descend(kind(0.1), reuse=True)[0].values(), descend(kind(0.1))[0].values(), strict=True
    ):
        np.testing.assert_array_equal(reused, fresh)


@every_rule
def test_every_rule_starts_anew_with_each_object(kind):
    first, again = (descend(kind(0.1))[1] for _ in range(2))
    assert first == again


@every_rule
def test_single_precision_stays_single(kind):
    params, heights = descend(kind(0.05), np.float32)
    assert {value.dtype for value in params.values()} == {np.dtype(np.float32)}
    assert heights == pytest.approx(descend(kind(0.05))[1], rel=1e-3, abs=1e-5)


@every_rule
def test_every_rule_checks_its_rate_and_prints_as_it_is_written(kind):
    with pytest.raises(ValueError, match="learning_rate must be a positive number, but got -1"):
        kind(-1)
    assert repr(kind(0.05)) == f"{kind.__name__}(0.05)"


def test_settings_that_differ_from_their_defaults_are_shown():
    assert repr(SGD(1e-5, momentum=0.9)) == "SGD(1e-05, momentum=0.9)"
    assert repr(Adam()) == "Adam(0.001)"
    assert repr(Adam(0.1, beta1=0.5, epsilon=1e-6)) == "Adam(0.1, beta1=0.5, epsilon=1e-06)"
    layer = Linear(3, 2, rng=0)
    Optim(layer, MSELoss(), Adam(0.1, beta1=0.5)).SGD(np.eye(3), np.eye(3)[:, :2], 3, 1)
    assert layer.trained_with["optimizer"] == "Adam(0.1, beta1=0.5)"


# A rule and its network


def test_a_rule_that_remembers_another_network_is_refused():
    rule, layer = Adam(0.05), Linear(3, 2)
    Optim(layer, MSELoss(), rule)
    Optim(layer, MSELoss("sum"), rule)  # it goes on with the same network
    with pytest.raises(ValueError, match=r"Adam\(0.05\) remembers the steps of another .* new one"):
        Optim(Linear(2, 2), MSELoss(), rule)
    plain = SGD(0.1)  # remembers nothing
    assert [Optim(Linear(n, 2), MSELoss(), plain).rule for n in (2, 3)] == [plain, plain]


@pytest.mark.parametrize("rate", [-3, math.nan, math.inf])
def test_a_rate_that_is_set_later_is_checked_too(rate):
    optim = Optim(Linear(3, 2), MSELoss(), 0.1)
    with pytest.raises(ValueError, match=f"learning_rate must be a number from 0 up.*got {rate}"):
        optim.learning_rate = rate
    optim.learning_rate = 0  # where a schedule may end
    assert optim.rule.learning_rate == 0


def test_a_rule_goes_in_the_place_of_the_learning_rate():
    with pytest.raises(TypeError, match="takes no rule: write the rule in place of the learning"):
        Optim(Linear(3, 2), MSELoss(), rule=Adam(0.1))

    class NoRule:
        def update(self, params, grads):
            pass

    with pytest.raises(TypeError, match=r"a rule: an object of a subclass of nnlib\.optim\.Rule"):
        Optim(Linear(3, 2), MSELoss(), NoRule())
    with pytest.raises(TypeError, match=r"got the class Adam \(did you mean Adam\(…\)\?\)"):
        Optim(Linear(3, 2), MSELoss(), Adam)


def test_a_rule_without_its_update_says_so():
    with pytest.raises(NotImplementedError, match="Rule has no update"):
        Rule(0.1).update({}, {})


SHARE, POSITIVE = "a number from 0 up to below 1", "a positive number"


@pytest.mark.parametrize(
    ("kind", "name", "wanted", "wrong", "edge"),
    [
        (SGD, "momentum", SHARE, [1, 1.5, -0.1], 0),
        (Adam, "beta1", SHARE, [1, 1.5, -0.1], 0),
        (Adam, "beta2", SHARE, [1, 1.5, -0.1], 0),
        (Adam, "epsilon", POSITIVE, [0, -1, math.inf], 1e-300),
    ],
)
def test_a_setting_out_of_its_range_is_refused_by_name(kind, name, wanted, wrong, edge):
    for value in wrong:
        told = re.escape(f"{name} must be {wanted}, but got {value}.")
        with pytest.raises(ValueError, match=f"^{told}$"):
            kind(0.1, **{name: value})
    assert getattr(kind(0.1, **{name: edge}), name) == edge


def test_fit_shows_no_bar_unless_asked(capsys):
    X = np.ones((4, 3), np.float32)
    nnlib.Optim(nnlib.Linear(3, 2), nnlib.MSELoss(), SGD(0.1)).fit(X, X[:, :2], 2, 1, rng=0)
    assert capsys.readouterr() == ("", "")
