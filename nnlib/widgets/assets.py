"""What widgets ask for by name: weights, digits and codes, as bytes.

A network is four bytes with the length of a header, the header (a list of layers in JSON), and the
weights and biases of each layer in half precision, the one after the other.
"""

import json
from functools import cache

import numpy as np

from nnlib.activations import Sigmoid, Softmax, TanH
from nnlib.autoencoder import AutoEncoder
from nnlib.datasets import fashion_mnist, mnist
from nnlib.datasets.paths import data_dir
from nnlib.datasets.split import Split
from nnlib.experiments import multiverse, results, verdicts
from nnlib.linear import Linear
from nnlib.sequential import Sequential, parts

ACTIVATIONS = {TanH: "tanh", Sigmoid: "sigmoid", Softmax: "softmax"}
CODES = 600  # test digits whose codes are shown
#: How many digits of 14 by 14 pixels there are, in this order.
SMALL_DIGITS = {"watched": 10, "test": 200, "train": 2000}
CLASSIFIER = "lesson-digits"
REFERENCE_NETWORK = "mse-epochs-20-batch-32-code-16-steps-4"  # it tells how hard a digit is
DIFFICULTIES = {"typical": 0.5, "not easy": 0.9, "hard": 0.99, "the hardest": 1.0}


def load(name: str) -> bytes:
    """Return an asset.

    Args:
        name: "networks/" and the name of a file in data/networks, without its suffix; "copies/" and
            such a name, for its reconstructions of ten digits; or one of FIXED_ASSETS.

    Raises:
        ValueError: there is no asset of that name.
        OSError: its file cannot be read.
    """
    kind, _, rest = str(name).partition("/")
    if name in FIXED_ASSETS:
        return FIXED_ASSETS[name]()
    if kind in NETWORK_ASSETS and "/" not in rest and file(rest).is_file():
        return NETWORK_ASSETS[kind](rest)
    known = [*(f"{kind}/NAME" for kind in NETWORK_ASSETS), *FIXED_ASSETS]
    raise ValueError(f"There is no asset {name!r}: there are {', '.join(known)}.")


def file(name: str):
    """Return the path of a network in the book's data."""
    return data_dir() / "networks" / f"{name}.npz"


def pack(network) -> bytes:
    """Return a network as bytes, for `readNetwork` in net.mjs.

    Raises:
        ValueError: a layer that net.mjs does not know.
    """
    layers = []
    for module in parts(network):
        if isinstance(module, Linear):
            layers.append([module.params, "none"])
        elif type(module) in ACTIVATIONS and layers and layers[-1][1] == "none":
            layers[-1][1] = ACTIVATIONS[type(module)]
        elif not isinstance(module, Sequential):
            raise ValueError(
                "A page computes linear layers, each with TanH, Sigmoid, Softmax or nothing behind "
                f"it, but not {module} here."
            )
    header = [
        dict(zip(("inputs", "outputs"), params["weight"].shape, strict=True), activation=after)
        for params, after in layers
    ]
    values = [params[name] for params, _ in layers for name in ("weight", "bias")]
    return with_header(header, [value.astype("<f2") for value in values])


def with_header(header, arrays) -> bytes:
    """Return four bytes with the length of a header, the header in JSON, and the arrays."""
    text = json.dumps(header).encode()
    content = b"".join(value.tobytes() for value in arrays)
    return len(text).to_bytes(4, "little") + text + content


@cache
def few() -> Split:
    """Return the first images of MNIST's two sets: all that the assets need but for `digits`."""
    X_train, Y_train, X_test, Y_test = mnist.load()
    train, test = SMALL_DIGITS["train"], max(CODES, SMALL_DIGITS["test"])
    kept = X_train[:train], Y_train[:train], X_test[:test], Y_test[:test]
    return Split(*(array.copy() for array in kept))  # a view would keep all 70,000


def codes() -> bytes:
    """Return the codes of test digits: for each, its label and two numbers, as float32."""
    data, network = few(), AutoEncoder.load(file("lesson-code-2"))
    found = np.column_stack([data.Y_test[:CODES], network.encode(data.X_test[:CODES])])
    return found.astype("<f4").tobytes()


def coded_digits() -> bytes:
    """Return the test digits of `codes`, in 16 shades."""
    return as_shades(few().X_test[:CODES])


@cache
def digits() -> bytes:
    """Return the test images that the laboratory offers, 784 bytes each, 0 to 255.

    Four of each digit, by the reconstruction error of one network: among all test images of the
    digit, the one in the middle, two that 90 and 99 in 100 are easier than, and the hardest.
    """
    data, network = mnist.load(), AutoEncoder.load(file(REFERENCE_NETWORK))
    errors = ((network.forward(data.X_test) - data.X_test) ** 2).mean(axis=1)
    chosen = []
    for digit in range(10):
        of_digit = np.flatnonzero(data.Y_test == digit)
        ranked = of_digit[np.argsort(errors[of_digit])]
        chosen += [ranked[round(share * (len(ranked) - 1))] for share in DIFFICULTIES.values()]
    return as_bytes(data.X_test[chosen])


def clothes() -> bytes:
    """Return a test image of each class of clothes, 784 bytes each, 0 to 255."""
    return as_bytes(fashion_mnist.examples())


def ten() -> np.ndarray:
    """Return the first test image of each digit, (10, 784)."""
    return mnist.first_of_each_digit(few().X_test, few().Y_test)


def small_digits() -> bytes:
    """Return digits of 14 by 14 pixels in 16 shades, of which a byte holds two.

    These are the first test image of each digit, and the first images for tests and for training.
    """
    data = few()
    images = np.concatenate(
        [ten(), data.X_test[: SMALL_DIGITS["test"]], data.X_train[: SMALL_DIGITS["train"]]]
    )
    half = mnist.SIDE // 2
    return as_shades(images.reshape(-1, half, 2, half, 2).mean(axis=(2, 4)))


@cache
def claims() -> bytes:
    """Return the report's claims and the ratios that they are about, for `readClaims` in judge.mjs.

    Four bytes with the length of a header, the header (a list of claims in JSON), and the ratios as
    float32: of each statement in each configuration by column, and of each column by seed. There
    is one column instead of all where only the MSE was measured. Which of the networks compared
    have learned is told by a letter for each seed, "a" for all, "s" for some and "n" for none; by
    nothing, if all have with each seed.
    """
    errors, values = multiverse.restrict(results.ErrorTable(), multiverse.Choices()), []

    def pack_statement(statements) -> list:
        """Keep the ratios of one statement by column; return what the header says of them."""
        measured = [one for one, column in zip(statements, multiverse.COLUMNS, strict=True)
                    if one.ratio.numerator[0].column == column]  # fmt: skip
        ratios = [[*verdicts.ratios(one, errors).values()] for one in measured]
        values.extend(ratios)
        seeds = zip(*verdicts.learned(statements[0], errors).values(), strict=False)
        learned = "".join("a" if all(one) else "s" if any(one) else "n" for one in seeds)
        return [len(ratios), len(ratios[0]), *([learned] if learned.strip("a") else [])]

    def pack_configs(claim, clipped) -> list:
        """Return of each configuration, the report's first, its values and its statements."""
        claims = [multiverse.restate(claim, multiverse.Choices(column=column, clipped=clipped))
                  for column in multiverse.COLUMNS]  # fmt: skip
        return [
            [values, [pack_statement(one) for one in zip(*by_column, strict=True)]]
            for values in [verdicts.reported_values(claims[0]), *verdicts.other_values(claims[0])]
            for by_column in [[verdicts.statements_at(claim, values) for claim in claims]]
        ]

    header = [
        {
            "id": claim.id,
            "text": claim.text,
            "universal": claim.universal,
            "fields": [verdicts.FIELD_LABELS[field].name for field in claim.varied_fields],
            "says": [[one.text, [multiverse.EDGES[bound] for bound in one.bounds]]
                     for one in claim.statements],
            "clipped": pack_configs(claim, True),
            "unclipped": pack_configs(claim, False) if multiverse.is_about_noise(claim) else None,
        }
        for claim in multiverse.REPORTED
    ]  # fmt: skip
    return with_header(header, [np.array(ratios, "<f4") for ratios in values])


def copies(name: str) -> bytes:
    """Return the reconstructions of the ten images by an autoencoder, as 7,840 bytes."""
    return as_bytes(AutoEncoder.load(file(name)).forward(ten()))


def weights(name: str) -> bytes:
    """Return a network, packed."""
    kind = Sequential if name == CLASSIFIER else AutoEncoder
    return pack(kind.load(file(name)))


def as_bytes(X) -> bytes:
    """Return values from 0 to 1 as bytes from 0 to 255."""
    return (X * 255).round().astype(np.uint8).tobytes()


def as_shades(X) -> bytes:
    """Return values from 0 to 1 in 16 shades, two in a byte, for `readShades` in net.mjs."""
    shades = (15 * X).round().astype(np.uint8).reshape(-1, 2)
    return (16 * shades[:, 0] + shades[:, 1]).tobytes()


FIXED_ASSETS = {
    "claims": claims,
    "clothes": clothes,
    "codes": codes,
    "coded-digits": coded_digits,
    "digits": digits,
    "small-digits": small_digits,
    "ten": lambda: as_bytes(ten()),
}
NETWORK_ASSETS = {"networks": weights, "copies": copies}
