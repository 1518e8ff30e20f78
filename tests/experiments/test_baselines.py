import re

import nbformat
import numpy as np
import pytest
from helpers import ROOT

from nnlib import mnist
from nnlib.datasets.corruption import add_noise, apply_mask, square_mask
from nnlib.experiments import baselines, evaluate, folders, results
from nnlib.experiments.baselines import (
    PCA,
    GaussianInpainter,
    Identity,
    MeanFilter,
    MedianFilter,
    NonLocalMeans,
    TotalVariation,
    fill_by_neighbors,
    fill_by_pca,
    principal_components,
    select_by_mse,
)

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture(scope="module")
def images():
    """A thousand training images."""
    return mnist.load().X_train[:1000]


@pytest.fixture(scope="module")
def components(images):
    return principal_components(images)


def error(a, b):
    return float(np.mean((a - b) ** 2))


def stack(image):
    return np.asarray(image, np.float32).reshape(1, -1)


# Principal components


def test_components_are_those_of_the_singular_values(rng):
    X = (rng.normal(size=(60, 12)) * np.arange(1, 13)).astype(np.float32)
    mean, variances, directions = principal_components(X)
    _, singular, right = np.linalg.svd(X - X.mean(axis=0, dtype=float), full_matrices=False)
    np.testing.assert_allclose(mean, X.mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(variances, singular**2 / 60, rtol=1e-6)
    np.testing.assert_allclose(abs(np.sum(directions * right.T, axis=0)), 1, rtol=1e-6)


def test_components_of_many_parts_are_those_of_the_whole(images):
    X = images[:, 300:320].repeat(3, axis=0)[:2500]  # not a multiple of a part
    _, variances, _ = principal_components(X)
    assert variances.sum() == pytest.approx(X.var(axis=0, dtype=float).sum())


def test_the_error_of_a_copy_is_the_variance_left_out(rng):
    X = (0.5 + 0.05 * rng.normal(size=(200, 784))).astype(np.float32).clip(0, 1)
    components = principal_components(X)
    copies = PCA(components, 16).forward(X)
    assert error(copies, X) * 784 == pytest.approx(components[1][16:].sum(), rel=1e-4)


def test_more_components_copy_better(images, components):
    errors = [error(PCA(components, count).forward(images), images) for count in (0, 1, 16, 32, 64)]
    assert errors == sorted(errors, reverse=True)
    assert error(PCA(components, 784).forward(images), images) == pytest.approx(0, abs=1e-10)


def test_copies_stay_within_0_and_1(images, components):
    copies = PCA(components, 16).forward(images)
    assert copies.shape == images.shape
    assert copies.dtype == np.float32
    assert copies.min() == 0
    assert copies.max() <= 1


# Filling in


def cut(images, size=6, row=11, column=11):
    mask = np.tile(square_mask(size, row, column), (len(images), 1))
    return apply_mask(images, mask), mask


def test_neighbors_continue_a_ramp_exactly():
    rows, columns = np.mgrid[:28, :28] / 100
    ramps = np.concatenate([stack(rows + columns), stack(0.5 + columns - rows)])
    np.testing.assert_allclose(fill_by_neighbors().forward(*cut(ramps)), ramps, atol=1e-6)


def test_every_missing_pixel_is_the_mean_of_its_neighbors(images):
    corrupted, mask = cut(images[:3], 9, 0, 19)  # in a corner: around it, all is 0
    filled = np.pad(fill_by_neighbors().forward(corrupted, mask).reshape(-1, 28, 28), 1)[1:-1]
    beside = [np.roll(filled, shift, axis) for axis in (1, 2) for shift in (-1, 1)]
    missing = np.pad(mask.reshape(-1, 28, 28), 1)[1:-1]
    np.testing.assert_allclose(filled[missing], np.mean(beside, axis=0)[missing], atol=1e-6)
    assert filled[missing].max() > 0.1


def test_a_single_missing_pixel_by_hand():
    image = np.zeros((28, 28))
    image[4, 5], image[6, 5], image[5, 4], image[5, 6] = 0.2, 0.4, 0.6, 1
    corrupted, mask = cut(stack(image), 1, 5, 5)
    assert fill_by_neighbors().forward(corrupted, mask)[0, 5 * 28 + 5] == pytest.approx(0.55)


def test_known_components_recover_an_image_that_is_made_of_them(rng):
    code, directions = rng.normal(size=(300, 16)), rng.normal(size=(16, 784))
    X = (0.5 + code @ directions / 50).clip(0.1, 0.9)
    X = X[(X > 0.1).all(axis=1) & (X < 0.9).all(axis=1)]
    assert len(X) > 100
    fill = fill_by_pca(principal_components(X), 16)
    corrupted, mask = cut(X, 20, 3, 5)
    np.testing.assert_allclose(fill.forward(corrupted, mask), X, atol=1e-6)


@pytest.mark.parametrize("size", [5, 20])
def test_the_code_is_that_of_ridge_regression(images, components, size):
    """The same as by the code: (VᵀV + σ² (Λ - σ²)⁻¹)⁻¹ Vᵀ (x - μ), over the known pixels."""
    mean, variances, directions = components
    corrupted, mask = cut(images[:4], size, 4, 4)
    noise, missing = variances[16:].mean(), mask[0]
    V = directions[~missing, :16]
    ridge = np.diag(noise / (variances[:16] - noise))
    code = np.linalg.solve(V.T @ V + ridge, V.T @ (corrupted[:, ~missing] - mean[~missing]).T)
    expected = (mean[missing] + (directions[missing, :16] @ code).T).clip(0, 1)
    filled = fill_by_pca(components, 16).forward(corrupted, mask)
    np.testing.assert_allclose(filled[:, missing], expected, atol=1e-5)


def test_known_pixels_stay_and_each_image_has_its_own_mask(images, components):
    X = images[:6]
    masks = np.array([square_mask(8, 10, column) for column in (5, 9, 5, 12, 9, 5)])
    corrupted = apply_mask(X, masks)
    for fill in (fill_by_neighbors(), fill_by_pca(components, 16)):
        filled = fill.forward(corrupted, masks)
        np.testing.assert_array_equal(filled[~masks], X[~masks])
        assert filled.dtype == X.dtype
        for i in range(6):
            one = fill.forward(corrupted[i : i + 1], masks[i : i + 1])
            np.testing.assert_allclose(filled[i : i + 1], one, atol=1e-6)


def test_inpainting_beats_zeros(images, components):
    X = images[:50]
    corrupted, mask = cut(X, 8, 10, 10)
    zeros = error(corrupted[mask], X[mask])
    for fill in (fill_by_neighbors(), fill_by_pca(components, 16), fill_by_pca(components, 32)):
        assert error(fill.forward(corrupted, mask)[mask], X[mask]) < zeros


def test_nothing_missing_changes_nothing(images, components):
    nothing = np.zeros((3, 784), bool)
    for fill in (fill_by_neighbors(), fill_by_pca(components, 16)):
        np.testing.assert_array_equal(fill.forward(images[:3], nothing), images[:3])


def test_a_gaussian_of_two_pixels_by_hand():
    covariance = np.array([[1.0, 0.5], [0.5, 1.0]])
    fill = GaussianInpainter(np.array([0.2, 0.4]), np.linalg.inv(covariance))
    filled = fill.forward(np.array([[0.6, 0.0]]), np.array([[False, True]]))
    np.testing.assert_allclose(filled, [[0.6, 0.4 + 0.5 * (0.6 - 0.2)]])


# Filters


@pytest.mark.parametrize("kind", [MeanFilter(), MedianFilter()])
def test_a_filter_looks_at_nine_pixels_of_one_image(kind):
    spike = np.zeros((28, 28))
    spike[10, 10] = 0.9
    filtered = kind.forward(np.concatenate([stack(spike), stack(0 * spike)]))
    expected = np.zeros((28, 28))
    if isinstance(kind, MeanFilter):
        expected[9:12, 9:12] = 0.1
    np.testing.assert_allclose(filtered, [expected.ravel(), 0 * expected.ravel()], atol=1e-6)


def test_a_median_keeps_an_edge():
    edge = np.zeros((28, 28))
    edge[:, 14:] = 1
    np.testing.assert_array_equal(MedianFilter().forward(stack(edge)), stack(edge))


@pytest.mark.parametrize(
    "kind", [MeanFilter(), MedianFilter(), TotalVariation(0.2), NonLocalMeans(5, 0.2)]
)
def test_filters_take_noise_off(images, kind):
    X = images[:20]
    noisy = add_noise(X, 0.5, rng=0)
    before = noisy.copy()
    cleaned = kind.forward(noisy)
    assert error(cleaned, X) < 0.8 * error(noisy, X)
    assert cleaned.dtype == np.float32
    assert cleaned.min() >= 0
    assert cleaned.max() <= 1
    np.testing.assert_array_equal(noisy, before)
    for filtered_alone in (kind.forward(noisy[:1]), kind.forward(noisy[::-1])[-1:]):
        np.testing.assert_allclose(cleaned[:1], filtered_alone, atol=1e-6)


def test_total_variation_minimizes_what_it_says(images):
    noisy = add_noise(images[:1], 0.4, rng=0)

    def cost(X, weight=0.1):
        u = X.reshape(28, 28)
        down, right = np.diff(u, axis=0, append=u[-1:]), np.diff(u, axis=1, append=u[:, -1:])
        return np.sum((X - noisy) ** 2) / 2 + weight * np.hypot(down, right).sum()

    u, less, more = (TotalVariation(weight).forward(noisy) for weight in (0.1, 0.05, 0.2))
    others = [noisy, images[:1], less, more, u + 0.01, 0.9 * u, 0.9 * u + 0.1 * noisy, 0 * u]
    assert all(cost(u) < cost(other) for other in others)


# The choice of settings


class Probe:
    """Adds `amount` and keeps what it saw."""

    seen: list = []  # noqa: RUF012

    def __init__(self, amount):
        self.amount = amount

    def forward(self, X):
        self.seen.append(X)
        return X + self.amount


def test_the_best_setting_is_the_one_with_the_smallest_error(images):
    settings = [{"amount": amount} for amount in (0.3, 0.001, 0.2)]
    assert select_by_mse(Probe, settings, images[:5], 0.0).amount == 0.001
    assert len(Probe.seen) == 3
    np.testing.assert_array_equal(Probe.seen, [images[:5]] * 3)  # no other images, no noise


def test_more_noise_asks_for_more_smoothing(images):
    chosen = [
        select_by_mse(TotalVariation, baselines.WEIGHTS, images[:20], level).weight
        for level in (0.1, 0.6)
    ]
    assert 0 < chosen[0] < chosen[1]


# The table


def test_all_is_measured_and_written(tmp_path, monkeypatch, images):
    few = mnist.Split(images[:90], np.arange(90) % 10, images[90:100], np.arange(10))
    small = (("noise", 0.3), ("mask", 0), ("mask", 5))
    (tmp_path / "results").mkdir()
    monkeypatch.setenv("NNLIB_DATA", str(tmp_path))
    monkeypatch.setattr(folders, "_whole", lambda data_set: few)
    monkeypatch.setattr(baselines, "TRIALS", 3)
    monkeypatch.setattr(baselines, "CORRUPTIONS", small)
    seen = []
    monkeypatch.setattr(
        baselines,
        "select_by_mse",
        lambda *given: seen.append(given[2]) or select_by_mse(*given),
        raising=True,
    )

    baselines.measure_all(processes=1)
    for trials in seen:
        np.testing.assert_array_equal(trials, few.X_train[:3])
    rows = results.read(results.path("baselines"))
    both = {"none", "pca-16", "pca-32"}
    denoising = both | {"mean", "median", "total-variation", "non-local-means"}
    masked = both | {"neighbors", "pca-16-known", "pca-32-known"}
    for (corruption, level), methods in zip(small, (denoising, masked, masked), strict=True):
        found = [r for r in rows if (r["corruption"], r["level"]) == (corruption, level)]
        assert {row["method"] for row in found} == methods
        assert len(found) == len(methods)
    settings = {row["method"]: row["setting"] for row in rows if row["corruption"] == "noise"}
    assert settings["total-variation"].startswith("weight=")
    assert settings["non-local-means"].startswith("patch_size=")
    assert settings["median"] is None


def test_doing_nothing_does_nothing(images):
    assert Identity().forward(images) is images


@pytest.fixture(scope="module")
def rows():
    """The table of the real measurements, by method, corruption and level."""
    table = results.read(results.path("baselines"))
    return {(row["method"], row["corruption"], row["level"]): row for row in table}


def test_the_table_has_every_level(rows):
    for corruption, level in baselines.CORRUPTIONS:
        methods = [method for method, *other in rows if other == [corruption, level]]
        assert len(methods) == (7 if corruption == "noise" else 6)


def test_the_chosen_settings_lie_within_what_was_tried(rows):
    """At the end of the range, a better one might lie beyond it."""
    for method, settings in (("total-variation", "WEIGHTS"), ("non-local-means", "PATCHES")):
        last = [str(list(setting.values())[-1]) for setting in getattr(baselines, settings)]
        for level in evaluate.NOISES[1:]:
            chosen = rows[method, "noise", level]["setting"].split("=")[-1]
            assert chosen in set(last) - {last[0], last[-1]}, (method, level)


# What is said of them

FILTERS = re.compile("median|total variation|non-local means|mean filter")


def misnamed(cell):
    """Return the filters that the alt text of a cell names, and that the cell does not draw."""
    alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
    printed = "".join(output.get("text", "") for output in cell.outputs)
    return set(FILTERS.findall(alt)) - set(FILTERS.findall(cell.source + printed))


def test_alt_texts_name_the_filters_that_are_drawn():
    notebook = nbformat.read(ROOT / "book" / "denoising_autoencoder.ipynb", as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    named = [cell for cell in cells if FILTERS.search(str(cell.metadata))]
    assert len(named) >= 2
    assert not [misnamed(cell) for cell in named if misnamed(cell)]
    named[0].metadata["mystnb"]["image"]["alt"] = "median filter and total variation"
    assert misnamed(named[0]) == {"total variation"}


@pytest.mark.parametrize(
    "name", ["datasets/corruption", *(f"experiments/{n}" for n in ("baselines", "evaluate"))]
)
def test_zeros_are_not_called_black(name):
    """The book draws them white, as paper."""
    source = (ROOT / "nnlib" / f"{name}.py").read_text(encoding="utf-8")
    assert not re.findall(r".*\b(?:black|white)\b.*", source)
