"""The fifteen claims of the report, stated before anything was measured. Floor 5.

Each claim is one statement or several; each statement is a range for a ratio of errors. The numbers
here were set before the sweep was trained, and are not to be changed by what it found:

- an effect matters from 5 % of the error on (`MATTERS`);
- "slightly" is from 5 % to 25 %, "about equal" and "insignificant" are within 5 %;
- "greatly" is at least 25 %;
- the score is the mean squared error per pixel, and the second opinion is 1 - SSIM.

What the report shows on one image a digit is asked here of all 14,000 test images.
"""

from dataclasses import dataclass
from math import inf

from nnlib.zoo.grid import Member, Setting

MATTERS, SLIGHT = 1.05, 1.25
BETTER, GREATLY, SLIGHTLY = (MATTERS, inf), (SLIGHT, inf), (MATTERS, SLIGHT)
EQUAL, NOT_WORSE = (1 / MATTERS, MATTERS), (1 / MATTERS, inf)
SMALL_MASK, LARGE_MASK = 6, 14  # pixels a side: a stroke's width and half, half of the image


@dataclass(frozen=True)
class Error:
    """The error of one network on the test set: as it is, behind noise, or behind masks.

    Attributes:
        member: the network; None is the spoiled image itself.
        corruption, level: "noise" and its amplitude, or "mask" and its pixels a side.
        masked: look at the missing pixels only.
    """

    member: Member | None
    corruption: str = "noise"
    level: float = 0.0
    masked: bool = False


@dataclass(frozen=True)
class Statement:
    """That a ratio of errors lies within a range.

    Attributes:
        text: in words.
        above, below: the errors of the ratio; of several, the product.
        range: the least and the most.
    """

    text: str
    above: tuple[Error, ...]
    below: tuple[Error, ...]
    range: tuple[float, float]


@dataclass(frozen=True)
class Claim:
    """What the report says, and the statements that must all hold for it.

    Attributes:
        id: R1 to R15 are the report's; those of the book itself follow as B1, B2, …
        text: the claim, in our words.
        setting: where the report looked.
        statements: a tuple.
        others: the fields of `Setting` that the report kept fixed and that may be otherwise: the
            claim is asked again for every other value of them.
    """

    id: str
    text: str
    setting: str
    statements: tuple[Statement, ...]
    others: tuple[str, ...] = ("batch_size", "latent_dim", "steps")


def mse(epochs=20, batch_size=32, latent_dim=16, steps=4) -> Member:
    """Return a network trained with MSE; the defaults are what the report mostly shows."""
    return Member(Setting("mse", batch_size, latent_dim, steps), epochs)


def bce(epochs=50, batch_size=32, latent_dim=16, steps=4) -> Member:
    """Return a network trained with BCE."""
    return Member(Setting("bce", batch_size, latent_dim, steps), epochs)


def compare(text, above, below, range, *, corruption="noise", level=0.0, masked=False) -> Statement:
    """Return the statement about the error of one network over that of another, on like images."""
    where = (corruption, level, masked)
    return Statement(text, (Error(above, *where),), (Error(below, *where),), range)


def depth(kind, text) -> tuple[Statement, ...]:
    """Return the two statements of R4 and R5, about 4, 8 and 16 layers."""
    four, eight, sixteen = (Error(kind(steps=steps)) for steps in (2, 4, 8))
    return (
        Statement(f"{text}: 4 layers err greatly more than 16", (four,), (sixteen,), GREATLY),
        Statement(
            f"{text}: the step from 4 to 8 layers brings more than that from 8 to 16",
            (four, sixteen),
            (eight, eight),
            BETTER,
        ),
    )


def restored(text, member, corruption, level, masked=False) -> Statement:
    """Return the statement that a network at least halves the error of the spoiled images."""
    where = (corruption, level, masked)
    return Statement(text, (Error(None, *where),), (Error(member, *where),), (2, inf))


CLAIMS = (
    Claim(
        "R1",
        "Training with MSE reconstructs better than training with BCE.",
        "10 epochs, 8 layers, code 16, batch 32",
        (compare("BCE errs more than MSE after 10 epochs", bce(10), mse(10), BETTER),),
    ),
    Claim(
        "R2",
        "After 20 epochs, the gap between BCE and MSE is smaller than after 10.",
        "20 epochs, 8 layers, code 16, batch 32",
        (
            Statement(
                "BCE over MSE is larger after 10 epochs than after 20",
                (Error(bce(10)), Error(mse(20))),
                (Error(mse(10)), Error(bce(20))),
                BETTER,
            ),
        ),
    ),
    Claim(
        "R3",
        "BCE after 50 epochs is as good as MSE after 20.",
        "8 layers, code 16, batch 32",
        (compare("BCE after 50 epochs errs as much as MSE after 20", bce(50), mse(20), EQUAL),),
    ),
    Claim(
        "R4",
        "More layers help greatly, and the step from 4 to 8 more than that from 8 to 16.",
        "MSE, 20 epochs, code 16, batch 32",
        depth(mse, "MSE"),
        ("batch_size", "latent_dim"),
    ),
    Claim(
        "R5",
        "The same for BCE.",
        "BCE, 50 epochs, code 16, batch 32",
        depth(bce, "BCE"),
        ("batch_size", "latent_dim"),
    ),
    Claim(
        "R6",
        "A code of 32 is slightly better than one of 16.",
        "MSE, 20 epochs, 8 layers, batch 32",
        (compare("code 16 errs slightly more than 32", mse(), mse(latent_dim=32), SLIGHTLY),),
        ("batch_size", "steps"),
    ),
    Claim(
        "R7",
        "The same for BCE.",
        "BCE, 50 epochs, 8 layers, batch 32",
        (compare("code 16 errs slightly more than 32", bce(), bce(latent_dim=32), SLIGHTLY),),
        ("batch_size", "steps"),
    ),
    Claim(
        "R8",
        "At equal numbers of updates, the batch size makes no difference that matters.",
        "BCE, 8 layers, code 16; batch 32 for 20 epochs, batch 64 for 40",
        (
            compare(
                "batch 64 after 40 epochs errs as much as batch 32 after 20",
                bce(40, batch_size=64),
                bce(20),
                EQUAL,
            ),
        ),
        ("latent_dim", "steps"),
    ),
    Claim(
        "R9",
        "More epochs always help.",
        "all settings; shown here for 8 layers, code 16, batch 32",
        (
            compare("MSE: 10 epochs err more than 20", mse(10), mse(20), BETTER),
            compare("BCE: 10 epochs err more than 20", bce(10), bce(20), BETTER),
            compare("BCE: 20 epochs err more than 30", bce(20), bce(30), BETTER),
            compare("BCE: 30 epochs err more than 40", bce(30), bce(40), BETTER),
            compare("BCE: 40 epochs err more than 50", bce(40), bce(50), BETTER),
        ),
    ),
    Claim(
        "R10",
        "Noise of up to ±0.4 is removed very well with either code, slightly better with 32.",
        "MSE, 20 epochs, 16 layers, batch 32",
        (
            restored("code 16 halves the error of noise ±0.4", mse(steps=8), "noise", 0.4),
            restored(
                "code 32 halves the error of noise ±0.4",
                mse(latent_dim=32, steps=8),
                "noise",
                0.4,
            ),
            compare(
                "code 16 errs slightly more than 32 behind noise ±0.4",
                mse(steps=8),
                mse(latent_dim=32, steps=8),
                SLIGHTLY,
                level=0.4,
            ),
        ),
        ("batch_size", "steps"),
    ),
    Claim(
        "R11",
        "Noise of up to ±0.6 is removed by a code of 16 as well as by one of 32, or better.",
        "MSE, 20 epochs, 16 layers, batch 32",
        (
            compare(
                "code 32 errs as much as 16 or more behind noise ±0.6",
                mse(latent_dim=32, steps=8),
                mse(steps=8),
                NOT_WORSE,
                level=0.6,
            ),
        ),
        ("batch_size", "steps"),
    ),
    Claim(
        "R12",
        "A network trained with MSE denoises better than one trained with BCE.",
        "MSE 20 epochs, BCE 50, 16 layers, code 16, batch 32",
        tuple(
            compare(
                f"BCE errs more than MSE behind noise ±{level}",
                bce(steps=8),
                mse(steps=8),
                BETTER,
                level=level,
            )
            for level in (0.4, 0.6)
        ),
    ),
    Claim(
        "R13",
        "A small missing square is filled in well, at about equal cost with codes of 16 and 32.",
        "MSE, 20 epochs, 16 layers, batch 32",
        (
            restored(
                "code 16 halves the error of the missing pixels",
                mse(steps=8),
                "mask",
                SMALL_MASK,
                masked=True,
            ),
            restored(
                "code 32 halves the error of the missing pixels",
                mse(latent_dim=32, steps=8),
                "mask",
                SMALL_MASK,
                masked=True,
            ),
            compare(
                "codes of 16 and 32 err about equally on the missing pixels",
                mse(steps=8),
                mse(latent_dim=32, steps=8),
                EQUAL,
                corruption="mask",
                level=SMALL_MASK,
                masked=True,
            ),
        ),
        ("batch_size", "steps"),
    ),
    Claim(
        "R14",
        "BCE fills in well too, at slightly higher cost than MSE.",
        "MSE 20 epochs, BCE 50, 16 layers, code 16, batch 32",
        (
            restored(
                "BCE halves the error of the missing pixels",
                bce(steps=8),
                "mask",
                SMALL_MASK,
                masked=True,
            ),
            compare(
                "BCE errs slightly more than MSE on the missing pixels",
                bce(steps=8),
                mse(steps=8),
                SLIGHTLY,
                corruption="mask",
                level=SMALL_MASK,
                masked=True,
            ),
        ),
    ),
    Claim(
        "R15",
        "Filling in works while the region is small, and is slightly worse than denoising.",
        "MSE, 20 epochs, 16 layers, code 16, batch 32",
        (
            restored(
                "a small square: the error of the missing pixels is halved",
                mse(steps=8),
                "mask",
                SMALL_MASK,
                masked=True,
            ),
            Statement(
                "a large square: the error of the missing pixels is not halved",
                (Error(None, "mask", LARGE_MASK, True),),
                (Error(mse(steps=8), "mask", LARGE_MASK, True),),
                (0, 2),
            ),
            Statement(
                "behind a small square the image errs slightly more than behind noise ±0.4",
                (Error(mse(steps=8), "mask", SMALL_MASK),),
                (Error(mse(steps=8), "noise", 0.4),),
                SLIGHTLY,
            ),
        ),
        ("batch_size", "latent_dim", "steps"),
    ),
)


def settings(ids) -> list[Setting]:
    """Return the settings of the networks that claims compare, where the report looked.

    Args:
        ids: of the claims, such as ["R1", "R11"].
    """
    asked = [statement for claim in CLAIMS if claim.id in ids for statement in claim.statements]
    errors = [error for statement in asked for error in (*statement.above, *statement.below)]
    return list(dict.fromkeys(error.member.setting for error in errors if error.member))
