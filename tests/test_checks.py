import re

import numpy as np
import pytest

from nnlib import BinaryCrossEntropy, CrossEntropyWithLogSoftmax, Linear, MSELoss, Sequential, TanH
from nnlib.checks import CheckFailed, gradient_check


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
