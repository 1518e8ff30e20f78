import csv

import numpy as np
import pytest

from nnlib import AutoEncoder, BinaryCrossEntropy, MSELoss, mnist
from nnlib.datasets.corruption import add_noise, random_masks
from nnlib.experiments import evaluate as module
from nnlib.experiments import results
from nnlib.experiments.evaluate import (
    CORRUPTIONS,
    MASKS,
    NOISES,
    ImageMetrics,
    corrupt,
    evaluate,
    forward_in_parts,
    ssim,
)

pytestmark = pytest.mark.filterwarnings("error")
SMALL = (("noise", 0.0), ("noise", 0.4), ("mask", 0), ("mask", 7))


class Echo:
    """Gives back what it sees, and keeps it."""

    def __init__(self):
        self.seen = []

    def forward(self, X):
        self.seen.append(X.copy())
        return X


class Constant:
    def __init__(self, output):
        self.output = output

    def forward(self, X):
        return np.broadcast_to(np.asarray(self.output, X.dtype), X.shape)


class Oracle:
    """Knows the clean images."""

    knows_mask = True

    def __init__(self, clean):
        self.clean = iter(np.array_split(clean, range(module.CHUNK, len(clean), module.CHUNK)))

    def forward(self, X, mask):
        assert mask.shape == X.shape
        assert mask.dtype == bool
        return next(self.clean)


@pytest.fixture(scope="module")
def digits():
    """The first hundred images of the test set, with their labels."""
    data = mnist.load()
    return data.X_test[:100], data.Y_test[:100]


def table(models, X, labels, corruptions=SMALL):
    rows = evaluate(models, X, labels, corruptions)
    return {(name, row["corruption"], row["level"]): row for name, row in rows}


# What is measured


def test_the_levels():
    assert NOISES == (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1)
    assert list(MASKS) == list(range(21))
    assert len(set(CORRUPTIONS)) == 32


def test_every_model_has_one_row_for_every_corruption(digits):
    rows = list(evaluate({"a": Constant(0.5), "b": Echo()}, *digits))
    keys = [(name, row["corruption"], row["level"]) for name, row in rows]
    assert keys == [(name, *corruption) for corruption in CORRUPTIONS for name in "ab"]
    for _, row in rows:
        assert tuple(row) == module.COLUMNS


def test_all_models_see_the_same_images_each_time(digits):
    first, second, again = Echo(), Echo(), Echo()
    list(evaluate({"first": first, "second": second}, *digits, SMALL))
    list(evaluate({"again": again}, *digits, SMALL[::-1]))
    np.testing.assert_array_equal(first.seen, second.seen)
    np.testing.assert_array_equal(first.seen, again.seen[::-1])


def test_noise_and_masks_are_those_of_the_library(digits):
    X, _ = digits
    noisy, nothing = corrupt(X, "noise", 0.4)
    np.testing.assert_array_equal(noisy, add_noise(X, 0.4, rng=module.NOISE_SEED))
    assert not nothing.any()
    cut, mask = corrupt(X, "mask", 7)
    np.testing.assert_array_equal(mask, random_masks(len(X), 7, rng=module.MASK_SEED))
    assert (cut[mask] == 0).all()
    np.testing.assert_array_equal(cut[~mask], X[~mask])


@pytest.mark.parametrize("corruption", ["noise", "mask"])
def test_level_0_is_the_clean_image(digits, corruption):
    corrupted, mask = corrupt(digits[0], corruption, 0)
    np.testing.assert_array_equal(corrupted, digits[0])
    assert not mask.any()


def test_an_unknown_corruption_is_refused(digits):
    with pytest.raises(ValueError, match="choose from noise, unclipped, mask"):
        corrupt(digits[0], "blur", 1)


# The scores


def test_a_perfect_model(digits, monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 30)
    for corruption in SMALL:
        row = table({"oracle": Oracle(digits[0])}, *digits, [corruption])["oracle", *corruption]
        assert row["mse"] == row["digit_7"] == 0
        assert row["ssim"] == pytest.approx(1, abs=1e-5)
        assert row["mse_masked"] == (0 if corruption == ("mask", 7) else None)


def test_scores_by_hand():
    clean = np.zeros((2, 784))
    clean[1, :196] = 1  # a quarter of the second image is ink
    rows = table({"half": Constant(0.5), "quarter": Constant(0.25)}, clean, [3, 8])
    row = rows["half", "noise", 0.0]
    assert row["mse"] == row["digit_3"] == row["digit_8"] == pytest.approx(0.25)
    assert row["bce"] == pytest.approx(np.log(2))
    row = rows["quarter", "noise", 0.0]
    assert row["digit_3"] == pytest.approx(1 / 16)
    assert row["digit_8"] == pytest.approx((9 / 16 + 3 * 1 / 16) / 4)
    assert row["mse"] == pytest.approx((row["digit_3"] + row["digit_8"]) / 2)
    assert row["bce"] == pytest.approx(-(7 * np.log(3 / 4) + np.log(1 / 4)) / 8)
    assert [row[f"digit_{digit}"] for digit in (0, 1, 2, 4, 5, 6, 7, 9)] == [None] * 8


def test_mse_and_bce_are_those_of_the_losses(digits, rng):
    X, labels = digits
    network = AutoEncoder(784, 16, 2, rng=rng)
    row = table({"network": network}, X, labels)["network", "noise", 0.4]
    output = network.forward(corrupt(X, "noise", 0.4)[0])
    assert row["mse"] == pytest.approx(MSELoss().forward(output, X), rel=1e-6)
    assert row["bce"] == pytest.approx(BinaryCrossEntropy().forward(output, X), rel=1e-6)


def test_certain_and_wrong_costs_100(rng):
    X = np.array([[0.0, 1.0, 0.25] + [0.0] * 781], np.float32)
    output = np.array([[1.0, 0.0, 1.0] + [0.0] * 781], np.float32)
    row = table({"wrong": Constant(output)}, X, [0])["wrong", "noise", 0.0]
    assert row["bce"] == pytest.approx(275 / 784)
    assert row["bce"] == pytest.approx(BinaryCrossEntropy().forward(output, X), rel=1e-6)


def test_only_the_missing_pixels_count_for_the_masked_error(digits):
    X, labels = digits
    _, mask = corrupt(X, "mask", 7)
    rows = table({"cut": Echo()}, X, labels)
    row = rows["cut", "mask", 7]
    assert row["mse_masked"] == pytest.approx((X[mask] ** 2).mean(), rel=1e-5)
    assert row["mse"] == pytest.approx(row["mse_masked"] * 49 / 784)  # all else is as it was
    for corruption in SMALL[:3]:
        assert rows["cut", *corruption]["mse_masked"] is None


def test_the_digits_weigh_back_to_the_total(digits):
    X, labels = digits
    row = table({"echo": Echo()}, X, labels)["echo", "noise", 0.4]
    shares = np.bincount(labels) / len(labels)
    total = sum(share * row[f"digit_{digit}"] for digit, share in enumerate(shares))
    assert total == pytest.approx(row["mse"], rel=1e-12)


def test_chunks_change_nothing(digits, monkeypatch, rng):
    X, labels = digits
    models = {"echo": Echo(), "network": AutoEncoder(784, 16, 2, rng=rng)}
    whole = table(models, X, labels)
    monkeypatch.setattr(module, "CHUNK", 7)
    for key, row in table(models, X, labels).items():
        for column in module.COLUMNS[2:]:
            if row[column] is None:
                assert whole[key][column] is None
            else:
                assert row[column] == pytest.approx(whole[key][column], abs=1e-7), (key, column)


def test_the_clean_images_stay_as_they_are(digits):
    X, labels = digits[0].copy(), digits[1]
    table({"echo": Echo()}, X, labels)
    np.testing.assert_array_equal(X, digits[0])


def test_float32_is_enough(digits):
    X, labels = digits
    model = {"pale": Constant(0.2), "echo": Echo()}
    exact = table(model, X.astype(float), labels, SMALL[1:])
    for key, row in table(model, X, labels, SMALL[1:]).items():
        for column in ("mse", "bce", "ssim", "digit_1"):
            assert row[column] == pytest.approx(exact[key][column], rel=1e-6, abs=1e-7), (
                key,
                column,
            )


# What is refused


@pytest.mark.parametrize("output", [-0.01, 1.01, np.nan, np.inf])
def test_values_outside_0_and_1_are_refused(digits, output):
    with pytest.raises(ValueError, match="net gave values outside"):
        list(evaluate({"net": Constant(output)}, *digits, SMALL))


def test_an_output_of_another_shape_is_refused(digits):
    with pytest.raises(ValueError, match=r"net turned images \(100, 784\) into \(100, 16\)"):
        list(evaluate({"net": AutoEncoder(784, 16, 1).encoder}, *digits, SMALL))


def test_one_label_for_each_image(digits):
    X, labels = digits
    for images, given in ((X, labels[:-1]), (X, labels[:, None]), (X[:0], labels[:0])):
        with pytest.raises(ValueError, match="images and labels of shape"):
            list(evaluate({}, images, given))
    with pytest.raises(ValueError, match=r"expects an array of shape \(rows, 784\)"):
        list(evaluate({}, X[:, 1:], labels))


# Structural similarity


def pairs(digits, rng):
    """Images beside others: the same, noisy, inverted, another digit, zeros, ones, gray, noise."""
    X = digits[0][:10]
    zeros, noise = np.zeros_like(X), rng.uniform(size=X.shape).astype(np.float32)
    return {
        "same": (X, X),
        "noisy": (add_noise(X, 0.4, rng=1), X),
        "inverted": (1 - X, X),
        "other": (X[::-1], X),
        "zeros": (zeros, X),
        "zeros and zeros": (zeros, zeros),
        "ones": (X, zeros + 1),
        "ones and ones": (zeros + 1, zeros + 1),
        "gray": (X, zeros + np.float32(0.3)),
        "noise": (noise, noise[::-1]),
    }


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_ssim_is_that_of_scikit_image(digits, rng, dtype):
    from skimage.metrics import structural_similarity

    for name, (x, y) in pairs(digits, rng).items():
        expected = [
            structural_similarity(
                a.reshape(28, 28).astype(float),
                b.reshape(28, 28).astype(float),
                gaussian_weights=True,
                sigma=1.5,
                use_sample_covariance=False,
                data_range=1.0,
            )
            for a, b in zip(x, y, strict=True)
        ]
        found = ssim(x.astype(dtype), y.astype(dtype))
        assert found.dtype == dtype
        tolerance = 1e-5 if dtype == "float32" else 1e-10
        np.testing.assert_allclose(found, expected, atol=tolerance, err_msg=name)


def test_ssim_is_symmetric_and_at_most_1(digits, rng):
    for x, y in pairs(digits, rng).values():
        np.testing.assert_allclose(ssim(x, y), ssim(y, x), atol=1e-5)
        assert (ssim(x, y) < 1 + 1e-5).all()
        assert (ssim(x, x) > 1 - 1e-5).all()


def test_ssim_of_two_greys_by_hand():
    x, y = np.full((1, 784), 0.25), np.full((1, 784), 0.5)
    expected = (2 * 0.125 + 1e-4) / (0.0625 + 0.25 + 1e-4)  # no contrast: brightness alone
    assert ssim(x, y) == pytest.approx(expected)


def test_known_moments_are_used(digits):
    x, y = digits[0][:5], digits[0][5:10]
    np.testing.assert_array_equal(ssim(x, y, module.moments(y)), ssim(x, y))


def test_local_means_are_those_of_each_window(rng):
    X = rng.uniform(size=(3, 784))
    weights = np.exp(-(np.arange(-5, 6) ** 2) / 4.5)
    window = np.outer(weights, weights) / weights.sum() ** 2
    means = module.local_means(X).reshape(18, 18, 3)  # row, column, image
    patch = X[2].reshape(28, 28)[4:15, 9:20]
    assert means[4, 9, 2] == pytest.approx((window * patch).sum())
    np.testing.assert_allclose(module.local_means(np.ones((2, 784))), 1)


def test_a_scorer_serves_many_outputs(digits):
    X = digits[0]
    metrics = ImageMetrics(X, np.zeros(X.shape, bool))
    gray = np.full_like(X, 0.5)
    first = metrics.score(gray)
    metrics.score(X)
    np.testing.assert_array_equal(metrics.score(gray), first)


# Tables


def test_a_table_is_written_short_and_whole(tmp_path):
    path = tmp_path / "table.csv"
    results.write(path, [{"name": "a", "level": 0.1, "mse": 1 / 3, "digit_0": None}])
    with path.open(newline="") as file:
        assert list(csv.reader(file)) == [
            ["name", "level", "mse", "digit_0"],
            ["a", "0.1", "0.333333", ""],
        ]
    assert list(tmp_path.iterdir()) == [path]


def test_a_table_that_fails_leaves_the_old_one(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("old")
    with pytest.raises(ValueError, match="not in fieldnames"):
        results.write(path, [{"a": 1}, {"a": 1, "b": 2}])
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


# A few rows at a time


def test_in_parts_all_rows_come_back_in_order_and_no_network_holds_them_all(digits):
    X, _ = digits
    model = Echo()
    many = np.tile(X, (1 + module.CHUNK * 2 // len(X), 1))
    np.testing.assert_array_equal(forward_in_parts(model, many), many)
    assert len(model.seen) > 1
    network = AutoEncoder(784, 16, 2, rng=0)
    np.testing.assert_allclose(forward_in_parts(network, X), network.forward(X), rtol=1e-5)
