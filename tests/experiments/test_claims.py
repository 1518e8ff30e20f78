import pytest

from nnlib.experiments.claims import (
    BETTER,
    CORRUPTED,
    EQUAL,
    Claim,
    Ratio,
    Statement,
    bce,
    configs,
    error,
    mse,
    ratio,
)
from nnlib.experiments.grid import Checkpoint, Config
from nnlib.experiments.results import Measurement


@pytest.mark.parametrize(
    ("images", "measured"),
    [
        ({}, ("noise", 0.0, False)),
        ({"noise": 0.4}, ("noise", 0.4, False)),
        ({"mask": 6}, ("mask", 6, False)),
        ({"missing": 6}, ("mask", 6, True)),
    ],
)
def test_an_error_is_measured_on_the_images_that_are_named(images, measured):
    assert error(mse(), **images) == Ratio((Measurement(mse(), *measured),))
    both = ratio(CORRUPTED, bce(), **images)
    assert both.numerator == (Measurement(None, *measured),)
    assert both.denominator == (Measurement(bce(), *measured),)


def test_ratios_divide_as_fractions_do():
    early, late = ratio(bce(10), mse(10)), ratio(bce(20), mse(20))
    gap = early / late
    assert gap.numerator == (Measurement(bce(10)), Measurement(mse(20)))
    assert gap.denominator == (Measurement(mse(10)), Measurement(bce(20)))
    assert gap.errors == gap.numerator + gap.denominator


def test_a_claim_has_its_statements_beside_their_words():
    one = Claim("B1", "a", "here", {"more": ratio(bce(), mse()).within(BETTER)})
    assert one.statements == (Statement(ratio(bce(), mse()), BETTER, "more"),)
    assert one.varied_fields == ("batch_size", "latent_dim", "steps")
    assert not one.universal


def test_a_ratio_can_be_asked_of_other_networks():
    here = ratio(CORRUPTED, mse(), missing=6) / ratio(bce(), mse(10), noise=0.4)
    there = here.at(batch_size=64, steps=8)
    assert there == ratio(CORRUPTED, mse(batch_size=64, steps=8), missing=6) / ratio(
        bce(batch_size=64, steps=8), mse(10, batch_size=64, steps=8), noise=0.4
    )
    assert here.at() == here
    assert here.within(EQUAL).bounds == EQUAL


def test_the_configurations_that_claims_compare_come_once():
    assert mse() == Checkpoint(Config("mse", 32, 16, 4), 20)
    assert configs(["R3", "R11"]) == [
        Config("bce", 32, 16, 4),
        Config("mse", 32, 16, 4),
        Config("mse", 32, 32, 8),
        Config("mse", 32, 16, 8),
    ]
