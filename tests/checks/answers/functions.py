"""Answers to the functions that the exercises ask for: wrong ones with their cause, and right ones.

Right answers look unlike the solutions on purpose.
"""

import math
import statistics
from collections import Counter
from itertools import product

import numpy as np
from scipy import stats

from . import Answer

ANSWERS = []


def of(kind, cause):
    """Collect a wrong answer; a cause of None is for right ones."""

    def collect(function):
        name = f"{cause or 'right'} ({len(ANSWERS)})"
        ANSWERS.append(Answer("functions", kind, name, cause, function))
        return function

    return collect


def several(kind, answers):
    for cause, function in answers:
        of(kind, cause)(function)


# --- weighted_sum ---------------------------------------------------------------------------------

several(
    "weighted_sum",
    [
        (None, lambda x, W, b: np.einsum("ij,jk->ik", x, W) + b),
        (None, lambda x, W, b: [[sum(r * c) + o for c, o in zip(W.T, b, strict=True)] for r in x]),
        (None, lambda x, W, b: np.hstack([x, np.ones((len(x), 1))]) @ np.vstack([W, b])),
        (None, lambda x, W, b: (W.T @ x.T + b[:, None]).T),
        ("the bias b is missing", lambda x, W, b: np.dot(x, W)),
        ("must be added to the product", lambda x, W, b: x @ (W + b)),
        ("subtracted", lambda x, W, b: x @ W - b),
        ("a bias of its own", lambda x, W, b: x @ W + np.sum(b)),
        ("the mean of b", lambda x, W, b: x @ W + np.mean(b)),
        ("every row needs", lambda x, W, b: (x @ W + b).sum(axis=0)),
        ("only the first row", lambda x, W, b: x[0] @ W + b),
        ("squeezed", lambda x, W, b: np.squeeze(x @ W + b)),
        ("transposed", lambda x, W, b: (x @ W + b).T),
        ("matmul|shapes", lambda x, W, b: W @ x + b),
        ("broadcast|shapes", lambda x, W, b: x * W + b),
        ("broadcast|shapes", lambda x, W, b: x @ W + b[:, None]),
        ("nothing was returned", lambda x, W, b: None),
    ],
)


@of("weighted_sum", "changed in place")
def centers_first(x, W, b):
    x -= 0.5
    return x @ W + b


# --- gradients ------------------------------------------------------------------------------------

several(
    "gradients",
    [
        (None, lambda x, W, G: [(W @ G.T).T, (G.T @ x).T, np.ones(len(G)) @ G]),
        (
            None,
            lambda x, W, G: (
                np.einsum("ik,jk->ij", G, W),
                sum(np.outer(a, g) for a, g in zip(x, G, strict=True)),
                np.add.reduce(G),
            ),
        ),
        ("mean over the rows; the bias", lambda x, W, G: (G @ W.T, x.T @ G, G.mean(axis=0))),
        ("mean over the rows; G holds", lambda x, W, G: (G @ W.T, x.T @ G / len(x), G.sum(axis=0))),
        ("transposed", lambda x, W, G: (G @ W.T, G.T @ x, G.sum(axis=0))),
        ("transposed", lambda x, W, G: (W @ G.T, x.T @ G, G.sum(axis=0))),
        ("the order is x, W, b", lambda x, W, G: (x.T @ G, G @ W.T, G.sum(axis=0))),
        ("along the columns", lambda x, W, G: (G @ W.T, x.T @ G, G.sum(axis=1))),
        ("one sum over everything", lambda x, W, G: (G @ W.T, x.T @ G, G.sum())),
        ("G itself", lambda x, W, G: (G @ W.T, x.T @ G, G)),
        ("table of one row", lambda x, W, G: (G @ W.T, x.T @ G, G.sum(axis=0, keepdims=True))),
        ("three arrays", lambda x, W, G: (G @ W.T, x.T @ G)),
        ("three arrays", lambda x, W, G: G @ W.T),
        ("shapes|matmul", lambda x, W, G: (G @ W, x.T @ G, G.sum(axis=0))),
        ("nothing was returned", lambda x, W, G: None),
    ],
)

# --- steepest -------------------------------------------------------------------------------------


def slopes(activation, x):
    activation.forward(x)
    return activation.backward(np.ones_like(x))


def column(low, high, number):
    return np.linspace(low, high, number)[:, None]


several(
    "steepest",
    [
        (None, lambda a: max(slopes(a, np.array([[x / 50]])).item() for x in range(-300, 300))),
        (None, lambda a: slopes(a, np.arange(-8, 8, 0.1, dtype=np.float32)[:, None]).max(axis=0)),
        (None, lambda a: np.max(np.diff(a.forward(column(-9, 9, 2000)), axis=0)) / (18 / 1999)),
        (None, lambda a: slopes(a, np.linspace(-5, 5, 500).reshape(1, -1)).max()),
        ("the slope at zero", lambda a: slopes(a, np.zeros((1, 1))).item()),
        ("not among the values of x", lambda a: slopes(a, column(0, 10, 1001)).max()),
        ("not among the values of x", lambda a: slopes(a, column(-1, 1, 201)).max()),
        ("not among the values of x", lambda a: slopes(a, column(-10, 10, 21)).max()),
        ("smallest slope", lambda a: slopes(a, column(-10, 10, 1001)).min()),
        ("largest value of the activation", lambda a: a.forward(column(-10, 10, 1001)).max()),
        (
            "the place where",
            lambda a: column(-10, 10, 2001)[slopes(a, column(-10, 10, 2001)).argmax()],
        ),
        ("one number", lambda a: slopes(a, column(-10, 10, 101))),
        ("nothing was returned", lambda a: None),
        ("take the largest", lambda a: slopes(a, column(-10, 10, 101)).sum()),
        ("For a single sample|expects", lambda a: slopes(a, np.linspace(-1, 1, 5)).max()),
    ],
)


@of("steepest", "Given x, it returns x times")
def handed_x(activation):
    x = column(-10, 10, 2001)
    activation.forward(x)
    return activation.backward(x).max()


@of("steepest", "Given y, it returns y times")
def handed_y(activation):
    return activation.backward(activation.forward(column(-10, 10, 2001))).max()


@of("steepest", "RuntimeError")
def without_forward(activation):
    return type(activation).__mro__[0].backward(activation, np.ones((5, 1))).max()


# --- best_constant --------------------------------------------------------------------------------

several(
    "best_constant",
    [
        (None, lambda y: y.sum() / y.size),
        (None, lambda y: y.mean(axis=0)),
        (None, lambda y: statistics.fmean(y.ravel().tolist())),
        (None, lambda y: np.linalg.lstsq(np.ones_like(y), y, rcond=None)[0]),
        ("median", lambda y: float(np.median(y))),
        ("half-way", lambda y: (y.max() + y.min()) / 2),
        ("the sum", lambda y: y.sum()),
        ("largest target", lambda y: y.max()),
        ("smallest target", lambda y: y.min()),
        ("first target", lambda y: y[0]),
        ("zero, whatever", lambda y: 0.0),
        ("not the number that reaches it", lambda y: ((y - y.mean()) ** 2).mean()),
        ("mean of the squares", lambda y: (y**2).mean()),
        ("rounded", lambda y: round(y.mean())),
        ("one for all|one number", lambda y: y.mean(axis=1)),
        ("solve it for c", lambda y: y.mean() + 0.5),
        ("solve it for c", lambda y: np.sqrt((y**2).mean())),
        ("solve it for c", lambda y: y.sum() / 4),
        ("solve it for c|finite", lambda y: y.sum() / (len(y) - 1)),
        ("nothing was returned", lambda y: None),
    ],
)

# --- count_parameters -----------------------------------------------------------------------------


def counted(number_of):
    return lambda network: sum(number_of(array) for array in network.params.values())


several(
    "count_parameters",
    [
        (None, lambda network: sum(np.prod(a.shape) for a in network.params.values())),
        (
            None,
            lambda network: len(
                np.concatenate([[]] + [a.ravel() for a in network.params.values()])
            ),
        ),
        (None, lambda network: sum(g.size for g in network.grads.values())),
        ("number of arrays", lambda network: len(network.params)),
        ("biases are missing", lambda n: sum(a.size for k, a in n.params.items() if "weight" in k)),
        ("weights are missing", lambda n: sum(a.size for k, a in n.params.items() if "bias" in k)),
        ("sides of the arrays", counted(lambda a: sum(a.shape))),
        ("number of rows", counted(len)),
        ("counted twice", lambda n: sum(a.size for d in (n.params, n.grads) for a in d.values())),
        ("bytes", counted(lambda a: a.nbytes)),
        ("shapes do not fit", counted(lambda a: a)),
        ("sizes of all arrays", lambda n: 33),
        (
            "has no attribute 'layers'",
            lambda n: sum(sum(a.size for a in layer.params.values()) for layer in n.layers),
        ),
        ("nothing was returned", lambda n: print(end="")),
    ],
)

# --- confusion ------------------------------------------------------------------------------------


def counts_of(labels, guesses, classes=10):
    counts = np.zeros((classes, classes), dtype=int)
    for label, guess in zip(labels, guesses, strict=True):
        counts[label, guess] += 1
    return counts


def shares_of(labels, guesses, classes=10):
    counts = counts_of(labels, guesses, classes)
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


@of("confusion", "counts row by row|adds 1 once")
def repeated_indices(labels, guesses, classes=10):
    counts = np.zeros((classes, classes))
    counts[labels, guesses] += 1
    return counts


@of("confusion", "`classes` says how large")
def as_many_as_there_are(labels, guesses, classes=10):
    return counts_of(labels, guesses, max(labels.max(), guesses.max()) + 1)


@of("confusion", None)
def by_one_number(labels, guesses, classes=10):
    return np.bincount(labels * classes + guesses, minlength=classes**2).reshape(classes, classes)


@of("confusion", None)
def by_one_hot_rows(labels, guesses, classes=10):
    return np.eye(classes)[labels].T @ np.eye(classes)[guesses]


@of("confusion", None)
def by_counter(labels, guesses, classes=10):
    found = Counter(zip(labels.tolist(), guesses.tolist(), strict=True))
    return [[found[k, j] for j in range(classes)] for k in range(classes)]


@of("confusion", "exchanged")
def guesses_first(labels, guesses, classes=10):
    return counts_of(guesses, labels, classes)


@of("confusion", "the diagonal is missing")
def mistakes_only(labels, guesses, classes=10):
    wrong = labels != guesses
    return counts_of(labels[wrong], guesses[wrong], classes)


KEPT = np.zeros((10, 10))


@of("confusion", "called once more")
def never_emptied(labels, guesses, classes=10):
    np.add.at(KEPT, (labels, guesses), 1)
    return KEPT[:classes, :classes].copy()


several(
    "confusion",
    [
        ("shares of the rows", shares_of),
        ("shares of all", lambda *given: counts_of(*given) / len(given[0])),
        ("ten rows and columns", lambda labels, guesses, classes=10: counts_of(labels, guesses)),
        ("missing|argument", lambda labels, guesses, classes: counts_of(labels, guesses, classes)),
        ("shape", lambda labels, guesses, classes=10: np.bincount(labels, minlength=classes)),
        ("nothing was returned", lambda labels, guesses, classes=10: None),
    ],
)

# --- geometric ------------------------------------------------------------------------------------


@of("geometric", None)
def step_by_step(first, last, steps):
    widths, factor = [first], (last / first) ** (1 / steps)
    for _ in range(steps):
        widths.append(round(widths[-1] * factor))
    return widths


several(
    "geometric",
    [
        (None, lambda first, last, steps: np.geomspace(first, last, steps + 1).round().astype(int)),
        (
            None,
            lambda a, b, n: tuple(
                int(np.exp(np.log(a) + (np.log(b) - np.log(a)) * i / n) + 0.5) for i in range(n + 1)
            ),
        ),
        (
            "the same \\*fraction",
            lambda a, b, n: [round(a + (b - a) * i / n) for i in range(n + 1)],
        ),
        ("not rounded", lambda a, b, n: [a * (b / a) ** (i / n) for i in range(n + 1)]),
        (
            "the last width is missing",
            lambda a, b, n: [round(a * (b / a) ** (i / n)) for i in range(n)],
        ),
        (
            "the first width is missing",
            lambda a, b, n: [round(a * (b / a) ** (i / n)) for i in range(1, n + 1)],
        ),
        (
            "the other way round",
            lambda a, b, n: [round(b * (a / b) ** (i / n)) for i in range(n + 1)],
        ),
        (
            "cut to whole numbers",
            lambda a, b, n: [int(a * (b / a) ** (i / n) + 1e-9) for i in range(n + 1)],
        ),
        ("rounded up", lambda a, b, n: np.ceil(np.geomspace(a, b, n + 1) - 1e-9)),
        ("a step too many", lambda a, b, n: np.geomspace(a, b, n + 2).round()),
        (
            "right for 2 steps only",
            lambda a, b, n: [round(a * (b / a) ** (i / 2)) for i in range(n + 1)],
        ),
        ("one example", lambda a, b, n: [784, 112, 16]),
        ("nothing was returned", lambda a, b, n: None),
    ],
)

# --- error_per_image ------------------------------------------------------------------------------

several(
    "error_per_image",
    [
        (None, lambda images, copies: np.mean(np.square(copies - images), 1)),
        (None, lambda images, copies: [float(np.dot(d, d)) / d.size for d in images - copies]),
        (
            None,
            lambda images, copies: (
                np.var(images - copies, axis=1) + np.mean(images - copies, axis=1) ** 2
            ),
        ),
        ("one number for all images", lambda x, y: ((x - y) ** 2).mean()),
        ("error of each pixel", lambda x, y: ((x - y) ** 2).mean(axis=0)),
        ("the sum over the pixels", lambda x, y: ((x - y) ** 2).sum(axis=1)),
        ("divided by 784", lambda x, y: ((x - y) ** 2).sum(axis=1) / 784),
        ("absolute errors", lambda x, y: abs(x - y).mean(axis=1)),
        ("the square is missing", lambda x, y: (x - y).mean(axis=1)),
        ("square is taken of the mean", lambda x, y: (x - y).mean(axis=1) ** 2),
        ("square root", lambda x, y: np.sqrt(((x - y) ** 2).mean(axis=1))),
        ("leave out keepdims", lambda x, y: ((x - y) ** 2).mean(axis=1, keepdims=True)),
        ("squared errors of pixels", lambda x, y: (x - y) ** 2),
        ("factor of 2|half", lambda x, y: ((x - y) ** 2).mean(axis=1) / 2),
        ("nothing was returned", lambda x, y: None),
    ],
)


@of("error_per_image", "changed in place")
def difference_in_place(images, copies):
    images -= copies
    return (images**2).mean(axis=1)


# --- add_noise ------------------------------------------------------------------------------------


def drawn(images, rng):
    return np.random.default_rng(rng).uniform(-1, 1, images.shape)


@of("add_noise", None)
def row_by_row(images, amplitude, rng):
    rng = np.random.default_rng(rng)
    return np.array([np.clip(x + rng.uniform(-amplitude, amplitude, len(x)), 0, 1) for x in images])


@of("add_noise", None)
def subtracted_in_float32(images, amplitude, rng):
    noise = 2 * np.random.default_rng(rng).random(images.shape, dtype=np.float32) - 1
    return np.minimum(np.maximum(images - amplitude * noise, 0), 1)


@of("add_noise", "changed in place")
def in_place(images, amplitude, rng):
    images += amplitude * drawn(images, rng)
    return images.clip(0, 1)


@of("add_noise", "default_rng")
def seeded_globally(images, amplitude, rng):
    np.random.seed(rng)  # noqa: NPY002
    return np.clip(images + np.random.uniform(-amplitude, amplitude, images.shape), 0, 1)  # noqa: NPY002


several(
    "add_noise",
    [
        ("np.clip", lambda x, a, rng: x + a * drawn(x, rng)),
        ("np.clip", lambda x, a, rng: np.clip(x + a * drawn(x, rng), -1, 1)),
        (
            "not uniform",
            lambda x, a, rng: np.clip(x + np.random.default_rng(rng).normal(0, a, x.shape), 0, 1),
        ),
        (
            "not uniform",
            lambda x, a, rng: np.clip(
                x + a / 3 * np.random.default_rng(rng).normal(size=x.shape), 0, 1
            ),
        ),
        (
            "not uniform",
            lambda x, a, rng: np.clip(
                x + a * np.random.default_rng(rng).choice([-1, 1], x.shape), 0, 1
            ),
        ),
        (
            "one sign only",
            lambda x, a, rng: np.clip(x + a * np.random.default_rng(rng).random(x.shape), 0, 1),
        ),
        (
            "0.5 times",
            lambda x, a, rng: np.clip(
                x + a * (np.random.default_rng(rng).random(x.shape) - 0.5), 0, 1
            ),
        ),
        ("0.4 times", lambda x, a, rng: np.clip(x + a * a * drawn(x, rng), 0, 1)),
        ("0 must change nothing", lambda x, a, rng: np.clip(x + drawn(x, rng), 0, 1)),
        ("the images are missing", lambda x, a, rng: np.clip(a * drawn(x, rng), 0, 1)),
        ("added, not multiplied", lambda x, a, rng: np.clip(x * (1 + 2 * a * drawn(x, rng)), 0, 1)),
        ("all pixels of an image", lambda x, a, rng: np.clip(x + a * drawn(x[:, :1], rng), 0, 1)),
        (
            "all pixels of an image",
            lambda x, a, rng: np.clip(x + np.random.default_rng(rng).uniform(-a, a), 0, 1),
        ),
        ("all images get the same", lambda x, a, rng: np.clip(x + a * drawn(x[0], rng), 0, 1)),
        ("the same seed gives other", lambda x, a, rng: np.clip(x + a * drawn(x, None), 0, 1)),
        ("another seed gives the same", lambda x, a, rng: np.clip(x + a * drawn(x, 0), 0, 1)),
        ("there is none", lambda x, a, rng: x.copy()),
        ("half of these pixels", lambda x, a, rng: abs(x + a * drawn(x, rng)).clip(0, 1)),
        ("default_rng", lambda x, a, rng: np.clip(x + rng.uniform(-a, a, x.shape), 0, 1)),
        ("shape", lambda x, a, rng: np.clip(x + a * drawn(x, rng), 0, 1).ravel()),
        ("nothing was returned", lambda x, a, rng: None),
    ],
)

# --- mean_filter ----------------------------------------------------------------------------------


def padded(images, mode, **keywords):
    return np.pad(images.reshape(-1, 28, 28), ((0, 0), (1, 1), (1, 1)), mode, **keywords)


def nine(square):
    return [square[:, i : i + 28, j : j + 28] for i, j in product(range(3), repeat=2)]


@of("mean_filter", None)
def by_two_matrices(images):
    band = np.eye(28) + np.eye(28, k=1) + np.eye(28, k=-1)
    band /= band.sum(axis=1, keepdims=True)
    return (band @ images.reshape(-1, 28, 28) @ band.T).reshape(images.shape)


@of("mean_filter", None)
def pixel_by_pixel(images):
    square, result = images.reshape(-1, 28, 28), []
    for i, j in product(range(28), repeat=2):
        near = square[:, max(i - 1, 0) : i + 2, max(j - 1, 0) : j + 2]
        result.append(near.reshape(len(images), -1).mean(axis=1))
    return np.transpose(result)


@of("mean_filter", None)
def by_ones(images):
    total, count = (
        sum(nine(padded(images, "constant"))),
        sum(nine(padded(np.ones(784), "constant"))),
    )
    return (total / count).reshape(-1, 784)


@of("mean_filter", "left as they are")
def border_left(images):
    result = images.reshape(-1, 28, 28).copy()
    result[:, 1:-1, 1:-1] = sum(nine(padded(images, "constant")))[:, 1:-1, 1:-1] / 9
    return result.reshape(images.shape)


@of("mean_filter", "the border is 0")
def border_empty(images):
    result = np.zeros((len(images), 28, 28))
    result[:, 1:-1, 1:-1] = sum(nine(padded(images, "constant")))[:, 1:-1, 1:-1] / 9
    return result.reshape(images.shape)


@of("mean_filter", "28 by 28")
def along_the_row(images):
    return sum(np.roll(images, 28 * i + j, axis=1) for i, j in product((-1, 0, 1), repeat=2)) / 9


@of("mean_filter", "in the given image")
def one_pixel_after_the_other(images):
    square = images.reshape(-1, 28, 28).copy()
    for i, j in product(range(28), repeat=2):
        near = square[:, max(i - 1, 0) : i + 2, max(j - 1, 0) : j + 2]
        square[:, i, j] = near.mean(axis=(1, 2))
    return square.reshape(images.shape)


@of("mean_filter", "changed in place")
def into_the_images(images):
    images[:] = by_two_matrices(images)
    return images


several(
    "mean_filter",
    [
        ("divides by 9", lambda x: (sum(nine(padded(x, "constant"))) / 9).reshape(x.shape)),
        ("opposite edge", lambda x: (sum(nine(padded(x, "wrap"))) / 9).reshape(x.shape)),
        (
            "its own pixels count twice",
            lambda x: (sum(nine(padded(x, "edge"))) / 9).reshape(x.shape),
        ),
        ("mirror image", lambda x: (sum(nine(padded(x, "reflect"))) / 9).reshape(x.shape)),
        ("this is the sum", lambda x: sum(nine(padded(x, "constant"))).reshape(x.shape)),
        (
            "median",
            lambda x: np.nanmedian(
                nine(padded(x, "constant", constant_values=np.nan)), axis=0
            ).reshape(x.shape),
        ),
        ("rows again at the end", lambda x: by_two_matrices(x).reshape(-1, 28, 28)),
        ("used twice", lambda x: by_two_matrices(by_two_matrices(x))),
        ("nothing is averaged", lambda x: x.copy()),
        ("only the first image", lambda x: by_two_matrices(x[:1])),
        ("reshape|shape", lambda x: by_two_matrices(x.reshape(28, 28)[None])),
        ("nothing was returned", lambda x: None),
    ],
)


@of("mean_filter", "the pixel itself is left out")
def eight(images):
    near = np.array(nine(padded(images, "constant", constant_values=np.nan)))
    return np.nanmean(np.delete(near, 4, axis=0), axis=0).reshape(images.shape)


# --- square_mask ----------------------------------------------------------------------------------


def masked(rows, columns):
    mask = np.zeros((28, 28), dtype=bool)
    mask[rows, columns] = True
    return mask.ravel()


several(
    "square_mask",
    [
        (
            None,
            lambda n, r, c: np.outer(
                *[(np.arange(28) >= s) & (np.arange(28) < s + n) for s in (r, c)]
            ).ravel(),
        ),
        (None, lambda n, r, c: [r <= p // 28 < r + n and c <= p % 28 < c + n for p in range(784)]),
        ("row and column are exchanged", lambda n, r, c: masked(slice(c, c + n), slice(r, r + n))),
        (
            "row and column are exchanged",
            lambda n, r, c: masked(slice(r, r + n), slice(c, c + n)).reshape(28, 28).ravel("F"),
        ),
        ("True and False are exchanged", lambda n, r, c: ~masked(slice(r, r + n), slice(c, c + n))),
        ("flatten it", lambda n, r, c: masked(slice(r, r + n), slice(c, c + n)).reshape(28, 28)),
        ("a pixel too large", lambda n, r, c: masked(slice(r, r + n + 1), slice(c, c + n + 1))),
        (
            "a pixel too small",
            lambda n, r, c: masked(slice(r, max(r, r + n - 1)), slice(c, max(c, c + n - 1))),
        ),
        (
            "begins a pixel too late",
            lambda n, r, c: masked(slice(r + 1, r + n + 1), slice(c + 1, c + n + 1)),
        ),
        ("the values are", lambda n, r, c: masked(slice(r, r + n), slice(c, c + n)).astype(int)),
        ("the values are", lambda n, r, c: masked(slice(r, r + n), slice(c, c + n)) * 1.0),
        ("in whole rows", lambda n, r, c: masked(slice(r, r + n), slice(None))),
        (
            "the middle",
            lambda n, r, c: masked(
                slice(max(0, r - n // 2), r - n // 2 + n), slice(max(0, c - n // 2), c - n // 2 + n)
            ),
        ),
        ("ends at row", lambda n, r, c: masked(slice(r, n), slice(c, n))),
        ("False everywhere", lambda n, r, c: np.zeros(784, bool)),
        ("nothing was returned", lambda n, r, c: None),
    ],
)

# --- keep_known -----------------------------------------------------------------------------------


@of("keep_known", None)
def into_a_copy(images, copies, mask):
    result = images.copy()
    result[:, mask] = copies[:, mask]
    return result


@of("keep_known", None)
def by_choice(images, copies, mask):
    return [[b if m else a for a, b, m in zip(*rows, mask, strict=True)]
            for rows in zip(images, copies, strict=True)]  # fmt: skip


@of("keep_known", "changed in place")
def into_the_images_themselves(images, copies, mask):
    images[:, mask] = copies[:, mask]
    return images


@of("keep_known", "changed in place")
def into_the_copies(images, copies, mask):
    result = copies
    result[:, ~mask] = images[:, ~mask]
    return result


several(
    "keep_known",
    [
        (None, lambda x, y, mask: x + (y - x) * mask),
        ("images and copies are exchanged", lambda x, y, mask: np.where(mask, x, y)),
        ("images and copies are exchanged", lambda x, y, mask: np.where(~mask, y, x)),
        ("the images alone", lambda x, y, mask: x),
        ("the copies alone", lambda x, y, mask: y),
        ("zeros; the images belong", lambda x, y, mask: y * mask),
        ("zeros; the copies belong", lambda x, y, mask: x * (1 - mask)),
        ("still there", lambda x, y, mask: x + y * mask),
        ("averaged", lambda x, y, mask: x + (y - x) * mask / 2),
        ("only the pixels inside", lambda x, y, mask: y[:, mask]),
        ("first image's copy", lambda x, y, mask: np.where(mask, y[0], x)),
        ("nothing was returned", lambda x, y, mask: None),
    ],
)


@of("keep_known", "nothing was returned")
def nothing_returned(images, copies, mask):
    images = images.copy()
    images[:, mask] = copies[:, mask]


# --- inpaint --------------------------------------------------------------------------------------


@of("inpaint", None)
def one_image_at_a_time(network, images, mask, rounds):
    guess = images * ~mask
    for _ in range(rounds):
        copies = np.vstack([network.forward(row[None]) for row in guess])
        guess = guess.copy()
        guess[:, mask] = copies[:, mask]
    return guess


@of("inpaint", None)
def by_itself(network, images, mask, rounds):
    if rounds == 0:
        return np.where(mask, 0.0, images)
    return np.where(mask, network.forward(by_itself(network, images, mask, rounds - 1)), images)


def filled(network, images, mask, rounds, start=0.0, keep=True):
    guess = np.where(mask, start, images)
    for _ in range(rounds):
        guess = network.forward(guess)
        guess = np.where(mask, guess, images) if keep else guess
    return guess


@of("inpaint", "runs once")
def from_the_empty_hole_each_time(network, images, mask, rounds):
    guess = np.where(mask, 0, images)
    for _ in range(rounds):
        guess = np.where(mask, network.forward(np.where(mask, 0, images)), images)
    return guess


@of("inpaint", "runs once")
def returned_too_early(network, images, mask, rounds):
    guess = np.where(mask, 0, images)
    for _ in range(rounds):
        return np.where(mask, network.forward(guess), images)
    return guess


@of("inpaint", "changed in place")
def hole_cut_into_the_images(network, images, mask, rounds):
    images[:, mask] = 0
    return filled(network, images, mask, rounds)


@of("inpaint", "NameError|UnboundLocalError|nothing was returned")
def no_round_no_result(network, images, mask, rounds):
    images = np.where(mask, 0, images)
    for _ in range(rounds):
        copies = np.where(mask, network.forward(images), images)
        images = copies
    return copies


several(
    "inpaint",
    [
        ("the hole is not emptied", lambda n, x, mask, rounds: filled(n, x, mask, rounds, start=x)),
        ("never kept", lambda n, x, mask, rounds: filled(n, x, mask, rounds, keep=False)),
        (
            "at the end only",
            lambda n, x, mask, rounds: np.where(mask, filled(n, x, mask, rounds, keep=False), x),
        ),
        ("one round too many", lambda n, x, mask, rounds: filled(n, x, mask, rounds + 1)),
        ("one round too few", lambda n, x, mask, rounds: filled(n, x, mask, max(0, rounds - 1))),
        ("True and False are exchanged", lambda n, x, mask, rounds: filled(n, x, ~mask, rounds)),
        ("0.5 at the start", lambda n, x, mask, rounds: filled(n, x, mask, rounds, start=0.5)),
        ("the network is not used", lambda n, x, mask, rounds: np.where(mask, 0, x)),
        (
            "not put back",
            lambda n, x, mask, rounds: (
                n.forward(filled(n, x, mask, rounds - 1)) if rounds else filled(n, x, mask, 0)
            ),
        ),
        ("nothing was returned", lambda n, x, mask, rounds: None),
    ],
)

# --- has_learned ----------------------------------------------------------------------------------

several(
    "has_learned",
    [
        (None, lambda errors, mean_image: np.less(errors / mean_image, 0.9)),
        (None, lambda errors, mean_image: np.where(errors < 0.9 * mean_image, 1, 0)),
        (None, lambda errors, mean_image: ~(np.asarray(errors) >= mean_image * 9 / 10)),
        ("the other way round", lambda errors, mean_image: errors > 0.9 * mean_image),
        ("0.9 is missing", lambda errors, mean_image: errors < mean_image),
        ("mean image's error is not used", lambda errors, mean_image: errors < 0.9),
        ("wrong side", lambda errors, mean_image: 0.9 * errors < mean_image),
        ("wrong side", lambda errors, mean_image: errors < mean_image / 0.9),
        ("0.9 times", lambda errors, mean_image: errors < 0.1 * mean_image),
        ("less than 0.9", lambda errors, mean_image: np.log(errors / mean_image) < 0.9),
        ("less than 0.9", lambda errors, mean_image: errors < 0.95 * mean_image),
        ("subtracted", lambda errors, mean_image: errors < mean_image - 0.9),
        ("each run", lambda errors, mean_image: (errors < 0.9 * mean_image).all()),
        ("each run", lambda errors, mean_image: (errors < 0.9 * mean_image).any()),
        ("each run", lambda errors, mean_image: errors.mean() < 0.9 * mean_image),
        ("how many", lambda errors, mean_image: (errors < 0.9 * mean_image).sum()),
        ("the places", lambda errors, mean_image: np.flatnonzero(errors < 0.9 * mean_image)),
        ("errors themselves", lambda errors, mean_image: errors[errors < 0.9 * mean_image]),
        ("True or False", lambda errors, mean_image: errors / mean_image),
        ("baseline", lambda errors, mean_image: errors < 0.9 * errors.mean()),
        ("truth value", lambda errors, mean_image: True if errors < 0.9 * mean_image else False),  # noqa: SIM210
        ("nothing was returned", lambda errors, mean_image: None),
    ],
)

# --- log_ratios -----------------------------------------------------------------------------------

several(
    "log_ratios",
    [
        (None, lambda a, b: np.log(a.sum(axis=1) / b.sum(axis=1))),
        (None, lambda a, b: np.log(a.mean(axis=-1)) - np.log(b.mean(axis=-1))),
        (
            None,
            lambda a, b: [float(-np.log(y.mean() / x.mean())) for x, y in zip(a, b, strict=True)],
        ),
        ("upside down", lambda a, b: np.log(b.mean(axis=1) / a.mean(axis=1))),
        ("the image is taken for the unit", lambda a, b: np.log(a / b)),
        ("the image is taken for the unit", lambda a, b: np.log(a / b).ravel()),
        ("the image is taken for the unit", lambda a, b: np.log(a.mean(axis=0) / b.mean(axis=0))),
        ("each image", lambda a, b: np.log(a / b).mean(axis=1)),
        ("each image", lambda a, b: np.log((a / b).mean(axis=1))),
        ("one number", lambda a, b: np.log(a.mean() / b.mean())),
        ("one number", lambda a, b: np.log(a.mean(axis=1) / b.mean(axis=1)).mean()),
        ("logarithm is missing", lambda a, b: a.mean(axis=1) / b.mean(axis=1)),
        ("base 10", lambda a, b: np.log10(a.mean(axis=1) / b.mean(axis=1))),
        ("base 2", lambda a, b: np.log2(a.mean(axis=1) / b.mean(axis=1))),
        ("log1p", lambda a, b: np.log1p(a.mean(axis=1) / b.mean(axis=1))),
        ("difference", lambda a, b: a.mean(axis=1) - b.mean(axis=1)),
        ("relative", lambda a, b: a.mean(axis=1) / b.mean(axis=1) - 1),
        ("logarithms are divided", lambda a, b: np.log(a.mean(axis=1)) / np.log(b.mean(axis=1))),
        ("unpaired|sorted", lambda a, b: np.log(np.sort(a.mean(axis=1)) / np.sort(b.mean(axis=1)))),
        ("unpaired", lambda a, b: np.log(a.mean(axis=1)[:, None] / b.mean(axis=1))),
        ("unpaired", lambda a, b: np.log(a.mean(axis=1)[:, None] / b.mean(axis=1)).ravel()),
        ("unpaired", lambda a, b: np.log(a.mean(axis=1) / b.mean())),
        ("unpaired", lambda a, b: np.log(a.mean() / b.mean(axis=1))),
        ("unpaired", lambda a, b: np.log(a.mean(axis=1) / b.mean(axis=1)[::-1])),
        ("unpaired", lambda a, b: np.log(a.mean(axis=1) / np.roll(b.mean(axis=1), 1))),
        ("take np.log", lambda a, b: np.log(a.max(axis=1) / b.max(axis=1))),
        ("sign", lambda a, b: abs(np.log(a.mean(axis=1) / b.mean(axis=1)))),
        ("exponential", lambda a, b: np.exp(a.mean(axis=1) / b.mean(axis=1))),
        ("median", lambda a, b: np.log(np.median(a, axis=1) / np.median(b, axis=1))),
        ("squared", lambda a, b: np.log((a**2).mean(axis=1) / (b**2).mean(axis=1))),
        ("root|half", lambda a, b: np.log(np.sqrt(a.mean(axis=1)) / np.sqrt(b.mean(axis=1)))),
        (
            "column|keepdims",
            lambda a, b: np.log(a.mean(axis=1, keepdims=True) / b.mean(axis=1, keepdims=True)),
        ),
        ("first seed", lambda a, b: np.log(a[0].mean() / b[0].mean())),
        ("nothing was returned", lambda a, b: None),
    ],
)


@of("log_ratios", "changed in place")
def divided_in_place(above, below):
    above /= below.mean(axis=1, keepdims=True)
    return np.log(above.mean(axis=1))


# --- interval -------------------------------------------------------------------------------------


def student(logs, level=0.975, less=1, ddof=1, root=None, t=None):
    n, mean, s = len(logs), np.mean(logs), np.std(logs, ddof=ddof)
    t = stats.t.ppf(level, n - less) if t is None else t
    return mean, t * s / np.sqrt(root or n)


def both_ways(mean, half):
    return np.exp(mean), np.exp(mean - half), np.exp(mean + half)


@of("interval", None)
def of_scipy(logs):
    low, high = stats.t.interval(0.95, len(logs) - 1, np.mean(logs), stats.sem(logs))
    return [np.exp(one) for one in (np.mean(logs), low, high)]


@of("interval", None)
def in_plain_python(logs):
    mean, s = statistics.fmean(logs), statistics.stdev(logs)
    half = float(stats.t.isf(0.025, len(logs) - 1)) * s * len(logs) ** -0.5
    return math.exp(mean), math.exp(mean) / math.exp(half), math.exp(mean) * math.exp(half)


@of("interval", None)
def with_the_root_in_the_other_place(logs):
    return np.array(both_ways(*student(logs, ddof=0, root=len(logs) - 1)))


@of("interval", None)
def as_columns(logs):
    return np.exp(np.array([[m, m - h, m + h] for m, h in [student(logs)]])).ravel()


@of("interval", "of the ratios, not of their logarithms|ratios themselves")
def of_the_ratios(logs):
    mean, half = student(np.exp(logs))
    return mean, mean - half, mean + half


@of("interval", "changed in place")
def centered_in_place(logs):
    mean = logs.mean()
    logs -= mean
    half = stats.t.ppf(0.975, len(logs) - 1) * np.sqrt(
        (logs**2).sum() / (len(logs) - 1) / len(logs)
    )
    return both_ways(mean, half)


@of("interval", "for some")
def exponential_of_the_mean_alone(logs):
    mean, half = student(logs)
    return np.exp(mean), mean - half, mean + half


@of("interval", "half")
def half_width_added_to_the_ratio(logs):
    mean, half = student(logs)
    return np.exp(mean), np.exp(mean) - half, np.exp(mean) + half


@of("interval", "variance")
def variance_for_standard_deviation(logs):
    half = stats.t.ppf(0.975, len(logs) - 1) * np.var(logs, ddof=1) / np.sqrt(len(logs))
    return both_ways(np.mean(logs), half)


@of("interval", "smallest and the largest")
def from_the_smallest_to_the_largest(logs):
    return np.exp([np.mean(logs), np.min(logs), np.max(logs)])


@of("interval", "percentile|quantile")
def between_percentiles(logs):
    return np.exp([np.mean(logs), *np.percentile(logs, [2.5, 97.5])])


@of("interval", "ends .* exchanged|low .* high")
def ends_exchanged(logs):
    ratio, low, high = both_ways(*student(logs))
    return ratio, high, low


@of("interval", "order")
def ratio_in_the_middle(logs):
    ratio, low, high = both_ways(*student(logs))
    return low, ratio, high


@of("interval", "three")
def the_ends_alone(logs):
    return both_ways(*student(logs))[1:]


@of("interval", "three")
def ratio_and_half_width(logs):
    mean, half = student(logs)
    return np.exp(mean), half


@of("interval", "logarithms already|logarithm .* twice")
def logarithm_once_more(logs):
    mean, half = student(np.log(np.abs(logs)))
    return both_ways(mean, half)


@of("interval", "normal")
def two_standard_errors(logs):
    return both_ways(*student(logs, t=2))


several(
    "interval",
    [
        ("n - 1", lambda logs: both_ways(*student(logs, ddof=0))),
        ("normal", lambda logs: both_ways(*student(logs, t=stats.norm.ppf(0.975)))),
        ("normal", lambda logs: both_ways(*student(logs, t=1.96))),
        ("n - 1.*normal|normal.*n - 1", lambda logs: both_ways(*student(logs, t=1.96, ddof=0))),
        ("degrees of freedom", lambda logs: both_ways(*student(logs, less=0))),
        ("degrees of freedom", lambda logs: both_ways(*student(logs, less=2))),
        ("0.975", lambda logs: both_ways(*student(logs, level=0.95))),
        ("0.975", lambda logs: both_ways(*student(logs, level=0.995))),
        ("exchanged", lambda logs: both_ways(*student(logs, level=0.025))),
        ("root of n|standard error", lambda logs: both_ways(*student(logs, root=1))),
        ("root", lambda logs: both_ways(*student(logs, root=len(logs) ** 2))),
        ("root of n", lambda logs: both_ways(*student(logs, root=len(logs) - 1))),
        ("t is missing", lambda logs: both_ways(*student(logs, t=1))),
        ("t is missing|root", lambda logs: both_ways(*student(logs, t=1, root=1))),
        ("five|5", lambda logs: both_ways(*student(logs, t=2.776445))),
        ("five|5", lambda logs: both_ways(*student(logs, root=5))),
        ("exponential", lambda logs: np.log(both_ways(*student(logs)))),
        ("upside down|sign", lambda logs: both_ways(*student(-logs))),
        ("five|5", lambda logs: both_ways(*student(logs, t=stats.t.ppf(0.975, 4)))),
        ("n - 1.*freedom", lambda logs: both_ways(*student(logs, ddof=0, less=0))),
        ("0.975", lambda logs: both_ways(*student(logs, level=0.9))),
        ("mean of the ratios", lambda logs: (np.exp(logs).mean(), *both_ways(*student(logs))[1:])),
        ("median", lambda logs: both_ways(np.median(logs), student(logs)[1])),
        ("half", lambda logs: both_ways(student(logs)[0], student(logs)[1] / 2)),
        ("base 10|10", lambda logs: 10 ** np.log(both_ways(*student(logs)))),
        ("nothing was returned", lambda logs: None),
    ],
)  # fmt: skip

# --- verdict --------------------------------------------------------------------------------------


def judged(holds, fails):
    """A function that gives a verdict by two rules."""

    def verdict(low, high, least, most):
        if holds(low, high, least, most):
            return "holds"
        return "fails" if fails(low, high, least, most) else "undecided"

    return verdict


def inside(low, high, least, most):
    return least < low and high < most


def outside(low, high, least, most):
    return high < least or low > most


@of("verdict", None)
def by_three_questions(low, high, least, most):
    overlap = max(low, least) < min(high, most)
    return "fails" if not overlap else ["undecided", "holds"][low >= least and high <= most]


@of("verdict", None)
def by_counting_ends(low, high, least, most):
    ends = [np.sign(np.searchsorted([least, most], end)) + (end > most) for end in (low, high)]
    return "undecided" if ends[0] != ends[1] else ("holds" if ends[0] == 1 else "fails")


@of("verdict", "printed|nothing was returned")
def printed(low, high, least, most):
    said = judged(inside, outside)(low, high, least, most)
    print(said, end="\r")


several(
    "verdict",
    [
        (None, judged(inside, outside)),
        ("contains 1", judged(inside, lambda low, high, *_: low > 1 or high < 1)),
        (
            "1 is excluded|excludes 1",
            judged(lambda low, high, least, most: low > 1, lambda low, high, least, most: high < 1),
        ),
        ("overlap|touches", judged(lambda *a: not outside(*a), outside)),
        (
            "contains 1",
            lambda lo, hi, *edges: (
                "undecided" if lo < 1 < hi else ("holds" if inside(lo, hi, *edges) else "fails")
            ),
        ),
        ("never .undecided|undecided", judged(inside, lambda *a: not inside(*a))),
        ("never gives .fails", judged(inside, lambda *a: False)),
        ("exchanged", judged(outside, inside)),
        ("upper edge|`most`", judged(lambda lo, hi, least, most: lo > least, outside)),
        ("lower edge|`least`", judged(lambda lo, hi, least, most: hi < most, outside)),
        ("above", judged(inside, lambda lo, hi, least, most: hi < least)),
        ("below", judged(inside, lambda lo, hi, least, most: lo > most)),
        ("or .* and|both", judged(lambda lo, hi, least, most: lo > least or hi < most, outside)),
        ("or .* and|at once", judged(inside, lambda lo, hi, least, most: hi < least and lo > most)),
        (
            "middle",
            judged(
                lambda lo, hi, least, most: least < (lo + hi) / 2 < most,
                lambda lo, hi, least, most: True,
            ),
        ),
        ("the range inside the interval", judged(lambda lo, hi, a, b: lo < a and b < hi, outside)),
        ("order of the arguments", lambda *a: judged(inside, outside)(a[2], a[3], a[0], a[1])),
        ("logarithm", lambda lo, hi, a, b: judged(inside, outside)(np.log(lo), np.log(hi), a, b)),
        ("one end", judged(lambda lo, hi, a, b: a < lo < b, lambda lo, hi, a, b: True)),
        ("spelt|exactly", lambda *a: judged(inside, outside)(*a).capitalize()),
        ("spelt|exactly", lambda *a: judged(inside, outside)(*a).replace("undecided", "open")),
        ("True and False|one of", lambda *a: bool(inside(*a))),
        ("one of", lambda *a: ["fails", "undecided", "holds"].index(judged(inside, outside)(*a))),
        ("always|whatever", lambda *a: "undecided"),
        ("NameError", lambda *a: holds),  # noqa: F821
        ("nothing was returned", lambda low, high, least, most: None),
    ],
)

# --- share_within ---------------------------------------------------------------------------------


@of("share_within", None)
def one_pair_after_the_other(above, below, least, most):
    found = [least < a / b < most for a, b in product(above, below)]
    return sum(found) / len(found)


@of("share_within", None)
def by_logarithms(above, below, least, most):
    logs = np.subtract.outer(np.log(above), np.log(below))
    return np.count_nonzero((logs > np.log(least)) & (logs < np.log(most))) / logs.size


@of("share_within", "each of `below`, none at random")
def by_chance(above, below, least, most):
    rng = np.random.default_rng(0)
    ratios = rng.choice(above, 1000) / rng.choice(below, 1000)
    return ((ratios > least) & (ratios < most)).mean()


@of("share_within", "same seed|left out")
def without_those_of_one_seed(above, below, least, most):
    ratios = [a / b for i, a in enumerate(above) for j, b in enumerate(below) if i != j]
    return np.mean([least < ratio < most for ratio in ratios])


@of("share_within", "row by row|same seed")
def of_one_seed_alone(above, below, least, most):
    found = [least < a / b < most for a, b in zip(above, below)]  # noqa: B905
    return sum(found) / len(found)


@of("share_within", "divided by")
def divided_by_too_few(above, below, least, most):
    found = [least < a / b < most for a, b in product(above, below)]
    return sum(found) / len(above)


@of("share_within", "not `or`")
def either_condition(above, below, least, most):
    ratios = above[:, None] / below
    return ((ratios > least) | (ratios < most)).mean()


def within(ratios, least, most):
    return (ratios > least) & (ratios < most)


several(
    "share_within",
    [
        (None, lambda a, b, low, high: within(a[:, None] / b, low, high).mean()),
        ("upside down", lambda a, b, low, high: within(b[:, None] / a, low, high).mean()),
        ("outside", lambda a, b, low, high: 1 - within(a[:, None] / b, low, high).mean()),
        ("how many", lambda a, b, low, high: within(a[:, None] / b, low, high).sum()),
        ("percent|100", lambda a, b, low, high: 100 * within(a[:, None] / b, low, high).mean()),
        ("upper edge|`most`", lambda a, b, low, high: (a[:, None] / b > low).mean()),
        ("lower edge|`least`", lambda a, b, low, high: (a[:, None] / b < high).mean()),
        ("difference", lambda a, b, low, high: within(a[:, None] - b, low, high).mean()),
        ("logarithm", lambda a, b, low, high: within(np.log(a[:, None] / b), low, high).mean()),
        ("mean", lambda a, b, low, high: within(a.mean() / b.mean(), low, high)),
        ("first", lambda a, b, low, high: within(a[0] / b, low, high).mean()),
        ("mean", lambda a, b, low, high: within(a / b.mean(), low, high).mean()),
        ("one number", lambda a, b, low, high: within(a[:, None] / b, low, high)),
        ("one number", lambda a, b, low, high: within(a[:, None] / b, low, high).mean(axis=0)),
        ("shapes|broadcast", lambda a, b, low, high: within(a / b, low, high).mean()),
        ("truth value", lambda a, b, low, high: np.mean(low < a[:, None] / b < high)),
        ("nothing was returned", lambda a, b, low, high: None),
    ],
)  # fmt: skip
