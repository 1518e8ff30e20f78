import numpy as np
import pytest

from nnlib import Linear, Loss, Module, MSELoss, Optim, Sequential, TanH
from nnlib._validation import check_2d, check_grad_output
from nnlib.checks import gradient_check


class Scale(Module):
    """A module of one's own, to show how: every column times a number that is learnt."""

    def __init__(self, columns):
        super().__init__()
        self.in_features = self.out_features = columns
        self.params = {"factor": np.ones(columns)}
        self.grads = {"factor": np.zeros(columns)}

    def forward(self, x):
        self.x = x
        return x * self.params["factor"]

    def backward(self, grad_output):
        self.grads["factor"] += (grad_output * self.x).sum(axis=0)
        return grad_output * self.params["factor"]


def test_a_module_of_ones_own_has_right_gradients_in_a_network(rng):
    network = Sequential([Linear(3, 2, rng=0, dtype=np.float64), Scale(2), TanH()])
    assert list(network.params) == ["0.weight", "0.bias", "1.factor"]
    assert gradient_check(network, rng.normal(size=(4, 3))) < 1e-7


def test_a_module_of_ones_own_learns(rng):
    X = rng.normal(size=(50, 2))
    scale = Scale(2)
    Optim(scale, MSELoss(), 0.5).SGD(X, X * [3, -2], batch_size=10, num_epochs=20, rng=0)
    np.testing.assert_allclose(scale.params["factor"], [3, -2], atol=1e-6)


def test_an_object_prints_the_arguments_that_it_keeps():
    class Kept(Module):
        def __init__(self, scale=2, name="a", *, shift=0.5, layer=None):
            super().__init__()
            self.scale, self.name, self.shift, self.layer = scale, name, shift, layer

    class Renamed(Module):
        def __init__(self, scale=2):
            super().__init__()
            self.s = scale

    assert repr(Kept()) == "Kept(2)"
    assert repr(Kept(3, "b", shift=0.1, layer=TanH())) == "Kept(3, name='b', shift=0.1)"
    assert repr(Renamed(5)) == "Renamed()"  # rather than a wrong number


def test_the_base_classes_name_the_class_that_lacks_a_method():
    class Unfinished(Module):
        pass

    class UnfinishedLoss(Loss):
        pass

    with pytest.raises(NotImplementedError, match="Unfinished has no forward"):
        Unfinished().forward(np.zeros((1, 1)))
    with pytest.raises(NotImplementedError, match="Unfinished has no backward"):
        Unfinished().backward(np.zeros((1, 1)))
    with pytest.raises(NotImplementedError, match="UnfinishedLoss has no forward"):
        UnfinishedLoss().forward(np.zeros((1, 1)), np.zeros((1, 1)))
    with pytest.raises(NotImplementedError, match="UnfinishedLoss has no backward"):
        UnfinishedLoss().backward()


def test_a_module_starts_without_parameters_widths_or_training():
    module = Module()
    assert module.params == module.grads == {}
    assert module.in_features is module.out_features is module.trained_with is None
    assert repr(module) == "Module()"


def test_modules_do_not_share_their_dicts():
    assert Module().params is not Module().params
    assert Module().grads is not Module().grads


def test_zero_grad_clears_every_gradient_in_place():
    module = Module()
    held = {"weight": np.ones((2, 3)), "bias": np.ones(3), "scalar": np.ones(())}
    module.grads = dict(held)
    module.zero_grad()
    assert all((grad == 0).all() for grad in held.values())
    assert all(module.grads[name] is grad for name, grad in held.items())


def test_rows_of_floats_are_handed_on_without_a_copy():
    x = np.ones((2, 3), np.float32)
    assert check_2d(x, "me") is x


@pytest.mark.parametrize(
    ("given", "becomes"),
    [("float16", "float16"), ("float64", "float64"), ("int64", "float32"), ("bool", "float32")],
)
def test_floating_types_are_kept_and_whole_numbers_become_float32(given, becomes):
    assert check_2d(np.ones((2, 3), given), "me").dtype == becomes


def test_lists_are_rows_too():
    np.testing.assert_array_equal(check_2d([[1, 2], [3, 4]], "me"), [[1, 2], [3, 4]])


def test_a_wrong_shape_is_told_with_both_shapes_and_the_owner():
    with pytest.raises(ValueError, match=r"me expects .*\(rows, 3\), but got shape \(2, 4\)"):
        check_2d(np.zeros((2, 4)), "me", width=3)
    with pytest.raises(ValueError, match=r"\(rows, columns\), but got shape \(1, 2, 3\)"):
        check_2d(np.zeros((1, 2, 3)), "me")


def test_a_single_sample_is_refused_with_a_way_out_and_nothing_else_gets_that_hint():
    with pytest.raises(ValueError, match=r"shape \(3,\)\. For a single sample use x\[None, :\]\.$"):
        check_2d(np.zeros(3), "me", width=3)
    with pytest.raises(ValueError, match=r"shape \(1, 2, 3\)\.$"):
        check_2d(np.zeros((1, 2, 3)), "me", width=3)


def test_rows_have_at_least_one_column_and_one_is_enough():
    assert check_2d(np.zeros((2, 1)), "me").shape == (2, 1)
    with pytest.raises(ValueError, match=r"\(rows, columns\), but got shape \(2, 0\)"):
        check_2d(np.zeros((2, 0)), "me")


@pytest.mark.parametrize("x", [[["a"]], [[1j]], [[None]]])
def test_what_is_no_real_number_is_refused(x):
    with pytest.raises(TypeError, match="me expects real numbers"):
        check_2d(x, "me")


def test_a_gradient_of_another_shape_is_refused_though_numpy_would_stretch_it():
    with pytest.raises(ValueError, match=r"shape \(4, 3\).*but got \(4, 1\)"):
        check_grad_output(np.zeros((4, 1)), "me", kept=np.zeros((4, 3)))


def test_a_gradient_needs_an_output_before_it():
    with pytest.raises(
        RuntimeError, match=r"^me has no output yet: call forward before backward\."
    ):
        check_grad_output(np.zeros((4, 3)), "me", kept=None)


def test_a_gradient_that_is_no_number_is_told_with_the_owner():
    with pytest.raises(TypeError, match="me expects real numbers"):
        check_grad_output([["a", "b"]], "me", kept=np.zeros((1, 2)))


def test_a_gradient_of_the_right_type_is_handed_on_without_a_copy():
    grad_output = np.ones((4, 3))
    assert check_grad_output(grad_output, "me", kept=np.zeros((4, 3))) is grad_output


def test_a_gradient_takes_the_type_of_its_output():
    assert (
        check_grad_output(np.zeros((2, 2)), "me", np.zeros((2, 2), np.float32)).dtype == np.float32
    )


def test_to_call_is_to_go_forward():
    class Seen(Loss):
        def forward(self, prediction, target):
            return prediction, target

    x, y = np.ones((2, 2)), np.zeros((2, 2))
    np.testing.assert_array_equal(Scale(2)(2 * x), 2 * x)
    assert Seen()(x, y) == (x, y)


def test_a_class_with_a_formula_of_its_own_is_not_fused_unless_it_says_so():
    class Told(Linear):
        pass

    class Changed(Linear):
        def forward(self, x):
            return super().forward(x)

    class ChangedAndSaidSo(Linear):
        fusible = True

        def backward(self, grad_output):
            return super().backward(grad_output)

    assert Linear.fusible
    assert not Module.fusible
    assert not Scale.fusible
    assert Told.fusible
    assert not Changed.fusible
    assert ChangedAndSaidSo.fusible
