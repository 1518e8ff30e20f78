"""The fifteen claims of the report, stated before anything was measured.

Each claim is one statement or several; each statement is a range for a ratio of errors:

    ratio(bce(10), mse(10)).within(BETTER)

says that the error of the network trained with BCE for 10 epochs is 1.05 times that of the one
trained with MSE, or more. The numbers here were set before the sweep was trained, and are not to be
changed by what it found:

- an effect matters from 5 % of the error on (`MATTERS`);
- "slightly" is from 5 % to 25 %, "about equal" and "insignificant" are within 5 %;
- "greatly" is at least 25 %, "well" at least halves the error of the corrupted images;
- the metric is the mean squared error per pixel, and the second opinion is 1 - SSIM.

Added later, when the results were known: the field `Claim.universal`. It changes no statement and
no bound. Until then R9, "more epochs always help", was judged like the others, by the one
configuration that is shown, and came out as "holds". But it speaks of all configurations, and in
half of the others it is undecided. What a claim says about all of them is decided by all of them.

What the report shows on one image a digit is asked here of all 14,000 test images.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import inf

from nnlib.experiments.grid import GRID_AXES, Checkpoint, Config
from nnlib.experiments.results import Measurement

MATTERS, SLIGHT = 1.05, 1.25
BETTER, GREATLY, SLIGHTLY = (MATTERS, inf), (SLIGHT, inf), (MATTERS, SLIGHT)
EQUAL, NOT_WORSE = (1 / MATTERS, MATTERS), (1 / MATTERS, inf)
HALVED, NOT_HALVED = (2, inf), (0, 2)
SMALL_MASK, LARGE_MASK = 6, 14  # pixels a side: a stroke's width and half, half of the image
CORRUPTED = None  # in the place of a network: the corrupted image as it is, with nothing done


@dataclass(frozen=True)
class Ratio:
    """A product of errors over another. Ratios divide as fractions do."""

    numerator: tuple[Measurement, ...]
    denominator: tuple[Measurement, ...] = ()

    def __truediv__(self, other: "Ratio") -> "Ratio":
        return Ratio(self.numerator + other.denominator, self.denominator + other.numerator)

    def within(self, bounds: tuple[float, float]) -> "Statement":
        """Return the statement that the ratio lies within `bounds`, the least and the most."""
        return Statement(self, bounds)

    def at(self, **fields) -> "Ratio":
        """Return the same ratio of networks that have other values of these fields of `Config`."""

        def move(error: Measurement) -> Measurement:
            if error.checkpoint is CORRUPTED:
                return error
            config, epochs = error.checkpoint
            return replace(error, checkpoint=Checkpoint(config._replace(**fields), epochs))

        return Ratio(tuple(map(move, self.numerator)), tuple(map(move, self.denominator)))

    @property
    def errors(self) -> tuple[Measurement, ...]:
        """All errors that it is made of."""
        return self.numerator + self.denominator


@dataclass(frozen=True)
class Statement:
    """That a ratio lies within bounds, the least and the most; `text` says so in words."""

    ratio: Ratio
    bounds: tuple[float, float]
    text: str = ""


@dataclass(frozen=True)
class Claim:
    """What the report says, and the statements that must all hold for it.

    Attributes:
        id: R1 to R15 are the report's; those of the book itself follow as B1, B2, …
        text: the claim, in our words.
        where: where the report looked.
        says: its statements, each by what it says in words.
        varied_fields: the fields of `Config` that the report kept fixed and that may be otherwise:
            the claim is asked again for every other value of them.
        universal: whether the claim itself is about all configurations. Then it holds if it holds
            in each of them, fails if it fails in one, and is undecided otherwise.
    """

    id: str
    text: str
    where: str
    says: Mapping[str, Statement]
    varied_fields: tuple[str, ...] = tuple(GRID_AXES)
    universal: bool = False

    @property
    def statements(self) -> tuple[Statement, ...]:
        """What it says, with the words."""
        return tuple(replace(statement, text=text) for text, statement in self.says.items())


def mse(epochs=20, batch_size=32, latent_dim=16, steps=4) -> Checkpoint:
    """Return a network trained with MSE; the defaults are what the report mostly shows."""
    return Checkpoint(Config("mse", batch_size, latent_dim, steps), epochs)


def bce(epochs=50, batch_size=32, latent_dim=16, steps=4) -> Checkpoint:
    """Return a network trained with BCE."""
    return Checkpoint(Config("bce", batch_size, latent_dim, steps), epochs)


def error(network, *, noise=0.0, mask=0, missing=0) -> Ratio:
    """Return the error of a network, or of CORRUPTED, to be divided by another.

    Args:
        network: a `Checkpoint`, or CORRUPTED.
        noise: its error on images under noise of this amplitude; 0 are the clean ones;
        mask: … on images with a masked square, of so many pixels a side;
        missing: … on the masked pixels of such images only.
    """
    if mask or missing:
        return Ratio((Measurement(network, "mask", mask or missing, masked=bool(missing)),))
    return Ratio((Measurement(network, "noise", noise),))


def ratio(numerator, denominator, **images) -> Ratio:
    """Return the error of one network over that of another, on the same images (see `error`)."""
    return error(numerator, **images) / error(denominator, **images)


#: The networks of 16 layers that the report denoises and inpaints with, by loss and dimension.
MSE_16, MSE_32, BCE_16 = mse(steps=8), mse(latent_dim=32, steps=8), bce(steps=8)


def depth(loss: str, network) -> dict[str, Statement]:
    """Return the two statements of R4 and R5, about 4, 8 and 16 layers."""
    four, eight, sixteen = (network(steps=steps) for steps in (2, 4, 8))
    return {
        f"{loss}: 4 layers err greatly more than 16": ratio(four, sixteen).within(GREATLY),
        f"{loss}: the increase from 4 to 8 layers brings more than that from 8 to 16": (
            (ratio(four, eight) / ratio(eight, sixteen)).within(BETTER)
        ),
    }


CLAIMS = (
    Claim(
        "R1",
        "Training with MSE reconstructs better than training with BCE.",
        "10 epochs, 8 layers, latent code of 16, batch 32",
        {"BCE errs more than MSE after 10 epochs": ratio(bce(10), mse(10)).within(BETTER)},
    ),
    Claim(
        "R2",
        "After 20 epochs, the gap between BCE and MSE is smaller than after 10.",
        "20 epochs, 8 layers, latent code of 16, batch 32",
        {
            "BCE over MSE is larger after 10 epochs than after 20": (
                (ratio(bce(10), mse(10)) / ratio(bce(20), mse(20))).within(BETTER)
            ),
        },
    ),
    Claim(
        "R3",
        "BCE after 50 epochs is as good as MSE after 20.",
        "8 layers, latent code of 16, batch 32",
        {"BCE after 50 epochs errs as much as MSE after 20": ratio(bce(50), mse(20)).within(EQUAL)},
    ),
    Claim(
        "R4",
        "More layers help greatly, and the increase from 4 to 8 more than that from 8 to 16.",
        "MSE, 20 epochs, latent code of 16, batch 32",
        depth("MSE", mse),
        ("batch_size", "latent_dim"),
    ),
    Claim(
        "R5",
        "The same for BCE.",
        "BCE, 50 epochs, latent code of 16, batch 32",
        depth("BCE", bce),
        ("batch_size", "latent_dim"),
    ),
    Claim(
        "R6",
        "A latent code of 32 is slightly better than one of 16.",
        "MSE, 20 epochs, 8 layers, batch 32",
        {
            "a latent code of 16 errs slightly more than 32": ratio(
                mse(), mse(latent_dim=32)
            ).within(SLIGHTLY)
        },
        ("batch_size", "steps"),
    ),
    Claim(
        "R7",
        "The same for BCE.",
        "BCE, 50 epochs, 8 layers, batch 32",
        {
            "a latent code of 16 errs slightly more than 32": ratio(
                bce(), bce(latent_dim=32)
            ).within(SLIGHTLY)
        },
        ("batch_size", "steps"),
    ),
    Claim(
        "R8",
        "At equal numbers of updates, the batch size makes no difference that matters.",
        "BCE, 8 layers, latent code of 16; batch 32 for 20 epochs, batch 64 for 40",
        {
            "batch 64 after 40 epochs errs as much as batch 32 after 20": (
                ratio(bce(40, batch_size=64), bce(20)).within(EQUAL)
            ),
        },
        ("latent_dim", "steps"),
    ),
    Claim(
        "R9",
        "More epochs always help.",
        "all configurations; shown here for 8 layers, latent code of 16, batch 32",
        {
            "MSE: 10 epochs err more than 20": ratio(mse(10), mse(20)).within(BETTER),
            "BCE: 10 epochs err more than 20": ratio(bce(10), bce(20)).within(BETTER),
            "BCE: 20 epochs err more than 30": ratio(bce(20), bce(30)).within(BETTER),
            "BCE: 30 epochs err more than 40": ratio(bce(30), bce(40)).within(BETTER),
            "BCE: 40 epochs err more than 50": ratio(bce(40), bce(50)).within(BETTER),
        },
        universal=True,
    ),
    Claim(
        "R10",
        "Noise of up to ±0.4 is removed very well by either latent code, slightly better by 32.",
        "MSE, 20 epochs, 16 layers, batch 32",
        {
            "a latent code of 16 halves the error of noise ±0.4": (
                ratio(CORRUPTED, MSE_16, noise=0.4).within(HALVED)
            ),
            "a latent code of 32 halves the error of noise ±0.4": (
                ratio(CORRUPTED, MSE_32, noise=0.4).within(HALVED)
            ),
            "a latent code of 16 errs slightly more than 32 under noise ±0.4": (
                ratio(MSE_16, MSE_32, noise=0.4).within(SLIGHTLY)
            ),
        },
        ("batch_size", "steps"),
    ),
    Claim(
        "R11",
        "Noise of up to ±0.6 is removed by a latent code of 16 as well as by one of 32, or better.",
        "MSE, 20 epochs, 16 layers, batch 32",
        {
            "a latent code of 32 errs as much as 16 or more under noise ±0.6": (
                ratio(MSE_32, MSE_16, noise=0.6).within(NOT_WORSE)
            ),
        },
        ("batch_size", "steps"),
    ),
    Claim(
        "R12",
        "A network trained with MSE denoises better than one trained with BCE.",
        "MSE 20 epochs, BCE 50, 16 layers, latent code of 16, batch 32",
        {
            "BCE errs more than MSE under noise ±0.4": (
                ratio(BCE_16, MSE_16, noise=0.4).within(BETTER)
            ),
            "BCE errs more than MSE under noise ±0.6": (
                ratio(BCE_16, MSE_16, noise=0.6).within(BETTER)
            ),
        },
    ),
    Claim(
        "R13",
        "A small mask is inpainted well, at about equal error with latent codes of 16 and 32.",
        "MSE, 20 epochs, 16 layers, batch 32",
        {
            "a latent code of 16 halves the error of the masked pixels": (
                ratio(CORRUPTED, MSE_16, missing=SMALL_MASK).within(HALVED)
            ),
            "a latent code of 32 halves the error of the masked pixels": (
                ratio(CORRUPTED, MSE_32, missing=SMALL_MASK).within(HALVED)
            ),
            "latent codes of 16 and 32 err about equally on the masked pixels": (
                ratio(MSE_16, MSE_32, missing=SMALL_MASK).within(EQUAL)
            ),
        },
        ("batch_size", "steps"),
    ),
    Claim(
        "R14",
        "BCE inpaints well too, at slightly higher error than MSE.",
        "MSE 20 epochs, BCE 50, 16 layers, latent code of 16, batch 32",
        {
            "BCE halves the error of the masked pixels": (
                ratio(CORRUPTED, BCE_16, missing=SMALL_MASK).within(HALVED)
            ),
            "BCE errs slightly more than MSE on the masked pixels": (
                ratio(BCE_16, MSE_16, missing=SMALL_MASK).within(SLIGHTLY)
            ),
        },
    ),
    Claim(
        "R15",
        "Inpainting works while the mask is small, and is slightly worse than denoising.",
        "MSE, 20 epochs, 16 layers, latent code of 16, batch 32",
        {
            "a small mask: the error of the masked pixels is halved": (
                ratio(CORRUPTED, MSE_16, missing=SMALL_MASK).within(HALVED)
            ),
            "a large mask: the error of the masked pixels is not halved": (
                ratio(CORRUPTED, MSE_16, missing=LARGE_MASK).within(NOT_HALVED)
            ),
            "the error of the image is slightly larger under a small mask than under noise ±0.4": (
                (error(MSE_16, mask=SMALL_MASK) / error(MSE_16, noise=0.4)).within(SLIGHTLY)
            ),
        },
    ),
)


def corruptions() -> tuple[tuple[str, float], ...]:
    """Return the kinds and levels of corruption that some claim asks for, none of them twice."""
    asked = (error for claim in CLAIMS for one in claim.statements for error in one.ratio.errors)
    return tuple(sorted({(error.corruption, error.level) for error in asked}))


def configs(ids) -> list[Config]:
    """Return the configurations of the networks that claims compare, where the report looked.

    Args:
        ids: of the claims, such as ["R1", "R11"].
    """
    asked = [one for claim in CLAIMS if claim.id in ids for one in claim.statements]
    networks = [one.checkpoint for statement in asked for one in statement.ratio.errors]
    return list(dict.fromkeys(network.config for network in networks if network))
