"""The gradient check: what it finds, what it says of it, word for word, and what it refuses."""

import re

import numpy as np
import pytest

from nnlib import (
    BinaryCrossEntropy,
    CrossEntropyWithLogSoftmax,
    Linear,
    Loss,
    Module,
    MSELoss,
    Sequential,
    TanH,
    Tanh,
)
from nnlib.checks import CheckFailed, gradient_check

X = np.random.default_rng(1).normal(size=(6, 3))


class Wrong(Linear):
    """A linear layer whose backward has a mistake: `mistake` spoils one of its three gradients."""

    def __init__(self, spoilt, mistake, n_in=3, n_out=2):
        super().__init__(n_in, n_out, rng=0, dtype=np.float64)
        self.spoilt, self.mistake = spoilt, mistake

    def backward(self, grad_output):
        before = {name: grad.copy() for name, grad in self.grads.items()}
        grad_input = super().backward(grad_output)
        if self.spoilt == "the input":
            return self.mistake(grad_input)
        right = self.grads[self.spoilt] - before[self.spoilt]
        self.grads[self.spoilt] = before[self.spoilt] + self.mistake(right)
        return grad_input


GRADIENTS = ["the input", "weight", "bias"]
MISTAKES = {
    "a flipped sign": (lambda grad: -grad, "The sign is turned round"),
    "nothing computed": (lambda grad: 0 * grad, "It is zero everywhere"),
    "a mean for a sum": (lambda grad: grad / 6, "6 times too small: a sum over the 6 rows was av"),
    "a missing division": (lambda grad: grad * 6, "6 times too large: .* division by 6 rows"),
    "a forgotten factor 2": (lambda grad: grad / 2, "off by a factor of 2"),
    "another factor": (lambda grad: grad * 3.5, "All of it is 3.5 times the slope"),
    "a constant too much": (lambda grad: grad + 0.1, "No single factor explains it"),
    "not a number": (lambda grad: grad * np.nan, "not a finite number"),
    "infinity": (lambda grad: grad * np.inf, "not a finite number"),
}


def explained(what, x, target=None):
    """Return the message with which `gradient_check` refuses `what`."""
    with pytest.raises(CheckFailed) as told:
        gradient_check(what, x, target)
    return str(told.value)


@pytest.mark.parametrize("spoilt", GRADIENTS)
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found_and_explained(rng, spoilt, mistake):
    spoil, cause = MISTAKES[mistake]
    message = explained(Wrong(spoilt, spoil), rng.normal(size=(6, 3)))
    assert message.startswith(f"Linear(3, 2): the gradient of {spoilt} at [")
    assert re.search(cause, message)


def test_the_message_shows_the_place_both_values_and_the_cause():
    layer = Wrong("weight", lambda grad: grad * [[1, 1], [1, -1], [1, 1]])
    message = explained(layer, np.ones((6, 3)))
    assert re.search(r"of weight at \[1, 1\] is (-?[\d.]+), but the slope measured there", message)
    values = [float(number) for number in re.findall(r" is (-?\d+\.\d+)", message)]
    assert values[0] == pytest.approx(-values[1], rel=1e-4)


def test_what_cannot_be_told_apart_is_not_told_apart(rng):
    # Of one number, no factor can be told; of two rows, no mean from a forgotten 2.
    layer = Wrong("weight", lambda grad: grad * 3.5, 1, 1)
    assert "No single factor explains it" in explained(layer, rng.normal(size=(6, 1)))
    halved = explained(Wrong("weight", lambda grad: grad / 2), rng.normal(size=(2, 3)))
    assert halved.endswith("a factor of 2: that of a square, or of a sum or mean over the 2 rows.")


def test_one_wrong_number_among_many_is_found(rng):
    def spoil_one(grad):
        grad = grad.copy()
        grad[2, 1] *= 1.001
        return grad

    assert "weight at [2, 1]" in explained(Wrong("weight", spoil_one), rng.normal(size=(6, 3)))


def test_a_transposed_gradient_is_told_as_such(rng):
    square, x = Wrong("weight", np.transpose, 3, 3), rng.uniform(size=(6, 3))
    assert explained(square, x).endswith("It is transposed.")


def test_an_input_drawn_with_the_commonest_seed_hides_no_mistake():
    # x and the weights of the check were the same numbers, and then x.T @ x is its own transpose.
    x = np.random.default_rng(0).standard_normal((6, 3))
    assert explained(Wrong("weight", np.transpose, 3, 3), x).endswith("It is transposed.")


def test_a_gradient_of_another_shape_is_told_with_both_shapes(rng):
    message = explained(Wrong("the input", np.transpose), rng.normal(size=(6, 3)))
    assert "the gradient of the input has shape (3, 6), but the input itself has shape (6, 3)" in (
        message
    )


def test_a_missing_sum_is_told_by_the_shape(rng):
    class NoSum(Linear):
        def backward(self, grad_output):
            grad_input = super().backward(grad_output)
            self.grads["bias"] = np.asarray(grad_output)  # a row for every sample
            return grad_input

    message = explained(NoSum(3, 2, rng=0, dtype=np.float64), rng.normal(size=(6, 3)))
    assert "the gradient of bias has shape (6, 2), but bias itself has shape (2,)" in message


def test_a_mistake_deep_in_a_network_is_found(rng):
    layer = Wrong("the input", lambda grad: -grad)
    network = Sequential([Linear(4, 3, rng=0, dtype=np.float64), TanH(), layer])
    assert "The sign is turned round" in explained(network, rng.normal(size=(6, 4)))


@pytest.mark.parametrize("rng_of_check", [0, 1, 2])
def test_what_is_right_passes_and_the_difference_is_returned(rng, rng_of_check):
    network = Sequential([Linear(3, 5, rng=0, dtype=np.float64), TanH()])
    assert 0 <= gradient_check(network, rng.normal(size=(6, 3)), rng=rng_of_check) < 1e-7


def test_right_losses_pass_and_wrong_ones_are_explained(rng):
    class Flipped(MSELoss):
        def backward(self):
            return -super().backward()

    class Summed(CrossEntropyWithLogSoftmax):
        def backward(self):
            return super().backward() * 6

    prediction, target = rng.normal(size=(2, 6, 3))
    assert gradient_check(MSELoss(), prediction, target) < 1e-7
    message = explained(Flipped(), prediction, target)
    assert message.startswith("Flipped(reduction='mean'): the gradient of the prediction at [")
    assert "The sign is turned round" in message
    assert "division by 6 rows is missing" in explained(Summed(), prediction, np.arange(6) % 3)


def test_the_tolerance_decides(rng):
    layer, x = Wrong("bias", lambda grad: grad * 1.001), rng.normal(size=(6, 3))
    assert gradient_check(layer, x, tolerance=0.01) == pytest.approx(0.001, rel=0.01)
    with pytest.raises(CheckFailed):
        gradient_check(layer, x, tolerance=0.0001)


def test_small_slopes_are_measured_against_the_largest(rng):
    # A layer of tiny weights has tiny slopes; a mistake in them is a mistake all the same.
    layer = Wrong("the input", lambda grad: -grad)
    layer.params["weight"] *= 1e-3
    assert "The sign is turned round" in explained(layer, rng.normal(size=(6, 3)))


def test_the_module_the_input_and_the_loss_are_left_as_they_were(rng):
    layer, x = Linear(3, 2, rng=0, dtype=np.float64), rng.normal(size=(6, 3))
    layer.forward(x[:2])
    layer.backward(np.ones((2, 2)))
    kept = {name: array.copy() for name, array in layer.params.items()}
    kept |= {f"grad of {name}": array.copy() for name, array in layer.grads.items()}
    x_before = x.copy()
    x.flags.writeable = False  # slopes are measured on a copy
    gradient_check(layer, x)
    now = layer.params | {f"grad of {name}": array for name, array in layer.grads.items()}
    for name, array in now.items():
        np.testing.assert_array_equal(array, kept[name])
    np.testing.assert_array_equal(x, x_before)
    layer.backward(np.ones((2, 2)))  # the last forward is still the one with two rows
    np.testing.assert_array_equal(layer.grads["bias"], [4, 4])

    loss = BinaryCrossEntropy()
    loss.forward([[0.5]], [[1]])
    gradient_check(loss, rng.uniform(0.1, 0.9, (6, 3)), rng.uniform(size=(6, 3)))
    np.testing.assert_array_equal(loss.backward(), [[-2]])


def test_float32_is_too_coarse_and_refused_with_a_way_out(rng):
    with pytest.raises(TypeError, match=r"weight is float32: build .* dtype=np\.float64"):
        gradient_check(Linear(3, 2), rng.normal(size=(6, 3)))


def test_only_modules_and_losses_have_gradients():
    with pytest.raises(TypeError, match="takes a Module or a Loss"):
        gradient_check(np.tanh, np.ones((2, 2)))


def test_a_failed_check_is_a_failed_assertion():
    assert issubclass(CheckFailed, AssertionError)


# Word for word


def cause(mistake, x=X):
    """Return the cause that is named for a mistake in the gradient of a square weight."""
    message = explained(Wrong("weight", mistake, 3, 3), x)
    return re.fullmatch(r".* slope measured there is \S+\d\. (.*)", message)[1]


ONE = "No single factor explains it: go through the derivation term by term."


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (np.negative, "The sign is turned round."),
        (np.zeros_like, "It is zero everywhere: is it computed, and added to grads?"),
        (lambda g: g / 6, "It is 6 times too small: a sum over the 6 rows was averaged."),
        (lambda g: g * 6, "It is 6 times too large: the loss's division by 6 rows is missing."),
        (lambda g: g * 2, "It is off by a factor of 2, as when a square is differentiated."),
        (lambda g: g / 2, "It is off by a factor of 2, as when a square is differentiated."),
        (np.transpose, "It is transposed."),
        (lambda g: g * 3, "All of it is 3 times the slope: a factor is wrong."),
        (lambda g: -1.25 * g, "All of it is -1.25 times the slope: a factor is wrong."),
        (lambda g: g + 0.1, ONE),
        (lambda g: g * np.where(g == g[0, 0], 2, 3), ONE),
        (
            lambda g: g * np.nan,
            "It is not a finite number: look for a division by zero or an overflow.",
        ),
    ],
)
def test_a_simple_mistake_is_named(change, says):
    assert cause(change) == says


@pytest.mark.parametrize("factor", [2, 0.5])
def test_of_two_rows_a_factor_of_two_may_be_either(factor):
    says = "It is off by a factor of 2: that of a square, or of a sum or mean over the 2 rows."
    assert cause(lambda g: factor * g, X[:2]) == says
    assert cause(lambda g: 3 * g, X[:2]) == "All of it is 3 times the slope: a factor is wrong."


def test_a_derivative_that_is_written_with_x_is_named():
    class Wrong(Tanh):
        def derivative(self, y):  # y is tanh(x)
            return 1 - np.tanh(y) ** 2

    says = "derivative is handed the output y = function(x), and is written with x."
    with pytest.raises(CheckFailed, match=re.escape(says) + "$"):
        gradient_check(Wrong(), X)


def test_place_gradient_and_slope_are_told():
    def spoil(gradient):
        gradient[2, 1] += 0.5
        return gradient

    found = re.fullmatch(
        r"(.*): the gradient of weight at \[2, 1\] is (\S+), but the slope measured there is "
        r"(\S+)\. .*",
        explained(Wrong("weight", spoil, 3, 3), X),
    )
    assert found[1] == "Linear(3, 3)"
    assert float(found[2]) - float(found[3]) == pytest.approx(0.5, abs=1e-4)


def test_a_gradient_of_another_shape_is_told_with_both():
    class Short(Linear):
        def backward(self, grad_output):
            grad_input = super().backward(grad_output)
            self.grads["weight"] = self.grads["weight"][:, :1]
            return grad_input

    told = r"the gradient of weight has shape \(3, 1\), but weight itself has shape \(3, 3\)"
    with pytest.raises(CheckFailed, match=told):
        gradient_check(Short(3, 3, rng=0, dtype=np.float64), X)


def test_what_is_checked_stays_as_it_was():
    layer, loss = Linear(3, 2, rng=0, dtype=np.float64), MSELoss()
    layer.forward(X)
    layer.backward(np.ones((6, 2)))
    kept = {name: grad.copy() for name, grad in layer.grads.items()}
    assert gradient_check(layer, X) < 1e-8
    assert all((layer.grads[name] == grad).all() for name, grad in kept.items())
    value = loss.forward(X, 2 * X)
    assert gradient_check(loss, X[:2], X[:2] + 1) < 1e-8
    np.testing.assert_allclose(loss.backward(), -2 * X / X.size)
    assert value == pytest.approx((X**2).mean())


def test_whole_numbers_are_a_point_like_any_other():
    assert gradient_check(Linear(3, 2, rng=0, dtype=np.float64), [[1, 2, 3], [4, 5, 6]]) < 1e-8


@pytest.mark.parametrize("tolerance", [0, -1, np.inf, "small"])
def test_a_tolerance_is_a_positive_number(tolerance):
    with pytest.raises((ValueError, TypeError), match=r"^tolerance must be a positive number, but"):
        gradient_check(Tanh(), X, tolerance=tolerance)


@pytest.mark.parametrize("x", [np.zeros((0, 3)), [[np.nan]], [[np.inf, 1]]])
def test_the_point_is_finite_and_not_empty(x):
    told = r"^gradient_check needs finite numbers, at least one, but got array\("
    with pytest.raises(ValueError, match=told):
        gradient_check(Tanh(), x)
    with pytest.raises(TypeError, match=r"^gradient_check expects real numbers"):
        gradient_check(Tanh(), [["a"]])


def test_only_modules_and_losses_are_checked_and_only_in_float64():
    with pytest.raises(TypeError, match=r"^gradient_check takes a Module or a Loss, but got 3"):
        gradient_check(3, X)
    with pytest.raises(TypeError, match=r"^Slopes need float64, but weight is float32: build"):
        gradient_check(Linear(3, 2), X)


def test_a_loss_that_keeps_a_list_of_its_inputs_is_left_alone():
    class Listed(Loss):
        def __init__(self):
            self.seen = []

        def forward(self, prediction, target):
            self.seen.append(prediction.shape)
            return float((prediction**2).sum())

        def backward(self):
            return 2 * X[:2]

    loss = Listed()
    assert gradient_check(loss, X[:2], None) < 1e-8
    assert loss.seen == []


def test_a_module_without_a_slope_passes_and_small_slopes_are_no_mistake():
    class Constant(Module):
        def forward(self, x):
            return np.ones_like(x)

        def backward(self, grad_output):
            return np.zeros_like(grad_output)

    assert gradient_check(Constant(), X) == 0


@pytest.mark.parametrize("scale", [0.01, 1, 1000])
def test_mistakes_are_judged_and_named_at_any_scale(scale):
    large = 200 * scale * abs(X).max()
    with pytest.raises(CheckFailed):
        gradient_check(Wrong("weight", lambda g: g + 1e-5 * scale, 3, 3), scale * X)
    assert gradient_check(Wrong("weight", lambda g: g + 1e-10 * large, 3, 3), scale * X) < 1e-6
    assert cause(np.negative, scale * X) == "The sign is turned round."
    assert cause(lambda g: g + scale / 10, scale * X) == ONE


def test_a_small_mistake_in_many_slopes_is_no_factor():
    assert cause(lambda g: g * (1 + np.arange(9).reshape(3, 3) * 5e-4)) == ONE
    assert cause(lambda g: g * 1.5) == "All of it is 1.5 times the slope: a factor is wrong."
