import numpy as np
import pytest
from helpers import tables
from hypothesis import given
from hypothesis.strategies import floats, integers

from nnlib.datasets.corruption import add_noise, apply_mask, random_masks, square_mask

pytestmark = pytest.mark.filterwarnings("error")

# Noise


@given(tables(0, 1), floats(0, 2))
def test_noise_is_no_larger_than_its_amplitude(X, amplitude):
    before = X.copy()
    noisy = add_noise(X, amplitude, rng=0, clip=False)
    assert (abs(noisy - X) <= amplitude + 1e-12).all()
    assert not np.shares_memory(noisy, X)
    np.testing.assert_array_equal(X, before)


@given(tables(0, 1), floats(0, 2))
def test_clipped_noise_stays_within_0_and_1(X, amplitude):
    noisy = add_noise(X, amplitude, rng=0)
    assert ((noisy >= 0) & (noisy <= 1)).all()
    unclipped = add_noise(X, amplitude, rng=0, clip=False)
    np.testing.assert_array_equal(noisy, np.clip(unclipped, 0, 1))


@pytest.mark.parametrize("a", [0.2, 0.6, 1])
def test_clipping_takes_contrast_away_as_the_docstring_says(a):
    x = np.array([0, a * (1 - a), 0.25, 0.5, 0.75, 1])
    mean = add_noise(np.tile(x, (100_000, 1)), a, rng=0).mean(axis=0)
    expected = x + np.maximum(0, a - x) ** 2 / (4 * a) - np.maximum(0, a - 1 + x) ** 2 / (4 * a)
    np.testing.assert_allclose(mean, expected, atol=0.006 * a)
    np.testing.assert_allclose(expected[[0, 3, 5]], [a / 4, 0.5, 1 - a / 4])
    line = a / 4 + (1 - a / 2) * x  # exact at 0, 1/2 and 1; elsewhere for an amplitude of 1 only
    assert abs(line - expected).max() == pytest.approx(a * (1 - a) ** 2 / 4, abs=1e-12)
    unclipped = add_noise(np.tile(x, (100_000, 1)), a, rng=0, clip=False).mean(axis=0)
    np.testing.assert_allclose(unclipped, x, atol=0.006 * a)


def test_a_seed_is_that_of_numpy_and_the_noise_is_added_as_drawn():
    X, drawn = np.full((3, 4), 0.5), np.random.default_rng(7).uniform(-1, 1, (3, 4))
    np.testing.assert_allclose(add_noise(X, 0.4, rng=7), 0.5 + 0.4 * drawn, rtol=1e-15)


def test_a_generator_goes_on(rng):
    X = np.zeros((2, 3))
    assert (add_noise(X, 1, rng=rng, clip=False) != add_noise(X, 1, rng=rng, clip=False)).all()


def test_no_noise_is_a_copy():
    X = np.eye(3)
    same = add_noise(X, 0)
    np.testing.assert_array_equal(same, X)
    assert not np.shares_memory(same, X)


def test_noise_keeps_float32():
    assert add_noise(np.zeros((2, 3), np.float32), np.float64(0.5)).dtype == np.float32


@pytest.mark.parametrize("amplitude", [-0.1, np.inf, np.nan])
def test_an_amplitude_is_a_number_from_zero_up(amplitude):
    with pytest.raises(ValueError, match="amplitude must be a number from 0 up"):
        add_noise(np.zeros((2, 3)), amplitude)


# Masks


def test_a_square_mask_by_hand():
    mask = square_mask(2, row=1, column=2, side=4)
    expected = [[0, 0, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 0, 0]]
    np.testing.assert_array_equal(mask.reshape(4, 4), np.array(expected, bool))
    assert mask.dtype == bool


def test_a_mask_is_as_long_as_an_image_of_mnist():
    assert square_mask(8, 10, 10).shape == (784,)
    assert square_mask(8, 10, 10).sum() == 64


@pytest.mark.parametrize(
    ("square", "says"),
    [
        ((2, 3, 0), "row must be a whole number from 0 to 2"),
        ((2, 0, 3), "column must be a whole number from 0 to 2"),
        ((5, 0, 0), "size must be a whole number from 0 to 4"),
        ((-1, 0, 0), "size must be a whole number from 0 to 4"),
        ((1, -1, 0), "row must be a whole number from 0 to 3"),
        ((1, 0, -1), "column must be a whole number from 0 to 3"),
    ],
)
def test_a_square_that_is_not_within_the_image_is_refused(square, says):
    with pytest.raises(ValueError, match=f"^{says}, but got"):
        square_mask(*square, side=4)


def test_an_image_has_a_side_and_masks_are_counted():
    for masks in (lambda: square_mask(0, 0, 0, side=0), lambda: random_masks(1, 0, side=0)):
        with pytest.raises(ValueError, match=r"^side must be a whole number from 1"):
            masks()
    with pytest.raises(ValueError, match=r"^n must be a whole number from 0"):
        random_masks(-1, 2)
    assert square_mask(1, 0, 0, side=1).tolist() == [True]
    assert random_masks(2, 1, side=1).tolist() == [[True], [True]]


def test_what_is_no_number_is_told_with_the_function():
    for spoil in (lambda X: add_noise(X, 0.1), lambda X: apply_mask(X, [True])):
        with pytest.raises(TypeError, match=r"^(add_noise|apply_mask) expects real numbers"):
            spoil([["a"]])
    with pytest.raises(TypeError, match=r"^apply_mask expects real numbers"):
        apply_mask([[1.0]], ["a"])
    with pytest.raises(TypeError, match=r"^fill must be a number, but got 'white'"):
        apply_mask([[1.0]], [True], fill="white")


def test_a_mask_of_numbers_is_refused():
    with pytest.raises(ValueError, match="expects booleans as a mask"):
        apply_mask([[1.0, 2.0]], [0, 1])


@given(integers(0, 5), integers(0, 6))
def test_random_masks_are_whole_squares(n, size):
    masks = random_masks(n, size, side=6, rng=0)
    assert masks.shape == (n, 36)
    assert masks.dtype == bool
    assert (masks.sum(axis=1) == size**2).all()


def test_random_masks_reach_every_place():
    masks = random_masks(500, 2, side=4, rng=0)
    assert len({mask.tobytes() for mask in masks}) == 9  # 3 × 3 places for a 2 × 2 square
    assert masks.any(axis=0).all()


def test_random_masks_follow_their_seed():
    masks = random_masks(9, 5, rng=1)
    np.testing.assert_array_equal(masks, random_masks(9, 5, rng=1))
    assert (masks != random_masks(9, 5, rng=2)).any()


@pytest.mark.parametrize("size", [-1, 29])
def test_a_random_square_must_fit(size):
    with pytest.raises(ValueError, match="size must be a whole number from 0 to 28"):
        random_masks(3, size)


# Cutting out


def test_one_mask_cuts_the_same_place_from_all_images():
    X = np.arange(1.0, 7).reshape(2, 3)
    cut = apply_mask(X, [False, True, False])
    np.testing.assert_array_equal(cut, [[1, 0, 3], [4, 0, 6]])
    np.testing.assert_array_equal(X, [[1, 2, 3], [4, 5, 6]])


def test_as_many_masks_as_images_cut_each_its_own():
    mask = [[True, False, False], [False, False, True]]
    cut = apply_mask(np.ones((2, 3), np.float32), mask, fill=0.5)
    np.testing.assert_array_equal(cut, [[0.5, 1, 1], [1, 1, 0.5]])
    assert cut.dtype == np.float32


def test_no_mask_is_a_copy():
    X = np.ones((2, 3))
    assert not np.shares_memory(apply_mask(X, np.zeros(3, bool)), X)


@pytest.mark.parametrize("shape", [(2,), (2, 1), (1, 3), (3, 3), ()])
def test_a_mask_that_numpy_would_stretch_is_refused(shape):
    with pytest.raises(ValueError, match=r"a mask of shape \(3,\) or \(2, 3\), but got"):
        apply_mask(np.ones((2, 3)), np.ones(shape, bool))
