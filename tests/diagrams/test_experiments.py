"""The diagrams of the experiments: what they show, against the library and the tables."""

import re

import numpy as np
import pytest
from reading import elements, texts

from nnlib import AutoEncoder, diagrams
from nnlib.datasets.corruption import add_noise, apply_mask, square_mask
from nnlib.experiments import claims, grid, verdicts
from nnlib.experiments.statistics import estimate


@pytest.fixture(scope="module")
def X():
    """Images that are half background and half foreground."""
    return np.tile([[0.0] * 392 + [1.0] * 392], (5, 1)).astype(np.float32)


@pytest.fixture(scope="module")
def network():
    return AutoEncoder(784, 16, 2, rng=0)


def test_the_design_has_a_cell_for_each_run_a_dot_for_each_checkpoint_a_layer_for_each_seed():
    seeds = dict.fromkeys(grid.CONFIGS, 5) | {grid.CONFIGS[0]: 10}
    picture = diagrams.design(seeds)
    assert len(elements(picture, "rect")) == len(grid.CONFIGS) == 24
    legend = 1
    assert len(elements(picture, "circle")) - legend == len(grid.CHECKPOINTS) == 84
    behind = sum(seeds.values()) - len(seeds)
    assert len(elements(picture, "path")) - 2 * legend == behind
    assert "24 training runs" in picture.title
    assert "84 checkpoints" in picture.title
    assert "5 or 10 seeds" in picture.title


def test_the_design_fills_what_a_claim_compares():
    picture = diagrams.design(dict.fromkeys(grid.CONFIGS, 5), claims=["R1", "R2"])
    compared = {claims.mse(10), claims.mse(20), claims.bce(10), claims.bce(20)}
    legend = 1
    assert len(elements(picture, "circle", "value")) - legend == len(compared)
    assert len(elements(picture, "rect", "value-area")) == len({one.config for one in compared})


def test_denoising_shows_the_errors_and_the_means(network, X):
    picture = diagrams.denoising(network, X, 0.6, shown=2, seed=3)
    noisy = add_noise(X, 0.6, rng=3)
    shown = texts(picture)
    for image in (noisy, network.forward(noisy)):
        assert f"MSE {((image[2] - X[2]) ** 2).mean():.3f}" in shown
    # In theory, background rises to a/4 and foreground falls to 1 - a/4.
    said = re.findall(r"(background|foreground) (−?\d\.\d\d)", " ".join(shown))
    assert [part for part, _ in said] == ["background", "foreground"] * 2
    means = [float(mean.replace("−", "-")) for _, mean in said]
    assert means == pytest.approx([0, 1, 0.15, 0.85], abs=0.03)
    assert all(f"{part} is {mean}" in picture.title for part, mean in said)


def test_inpainting_splits_the_error_of_the_image(network, X):
    mask = square_mask(10, 9, 9)
    change = (network.forward(apply_mask(X[:1], mask)) - X[:1])[0] ** 2
    errors = {10: (change[mask].mean(), change.mean())}
    picture = diagrams.inpainting(network, X[0], mask, errors)
    in_mask, rest, whole = change[mask].sum() / 784, change[~mask].sum() / 784, change.mean()
    assert texts(picture)[-3:] == [f"{value:.4f}" for value in (in_mask, rest, whole)]
    (left,), (right,) = (
        elements(picture, "rect", f"{look}-area") for look in ("gradient", "value")
    )
    ratio = float(left.get("width")) / float(right.get("width"))
    assert ratio == pytest.approx(in_mask / rest, rel=1e-3)


def test_decisions_are_those_of_the_statistics():
    bounds = claims.SLIGHTLY
    ratios = {"A": [1.1, 1.12, 1.14], "B": [1.5, 1.52, 1.49], "C": [1.0, 1.2, 1.4]}
    estimates = {name: estimate(of_one, *bounds) for name, of_one in ratios.items()}
    picture = diagrams.decisions(estimates, bounds)
    shown = [text for text in texts(picture) if text in ("holds", "fails", "undecided")]
    assert shown == [one.verdict() for one in estimates.values()] == ["holds", "fails", "undecided"]
    assert "1.50 (1.47 to 1.54), fails" in picture.title
    # Where it is drawn agrees: only the interval that holds is inside the shaded range.
    (area,) = elements(picture, "rect", "claim-area")
    left = float(area.get("x"))
    right = left + float(area.get("width"))
    lines = [one.get("d") for one in elements(picture, "path") if one.get("stroke-width") == "2.5"]
    spans = [[float(x) for x in re.findall(r"[ML]([\d.]+) ", line)] for line in lines[:2]]
    assert left < spans[0][0] < spans[0][1] < right < spans[1][0]


def test_a_range_without_an_end_is_shaded_to_the_edge():
    one = estimate([1.2, 1.21, 1.22], *claims.BETTER)
    picture = diagrams.decisions({"A": one}, claims.BETTER)
    assert verdicts.in_words(*claims.BETTER) in picture.title
    assert texts(picture)[-1] == "1.05"


def test_the_key_has_all_verdicts():
    assert {"holds", "fails", "undecided"} < set(texts(diagrams.verdict_key()))
