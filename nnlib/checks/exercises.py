"""Are the functions right that the exercises ask for?

Each check calls a function with several inputs. It names a mistake only if that mistake explains
every result: generators give what mistakes lead to, `yield cause, value`.
"""

import numpy as np

from nnlib.activations import Sigmoid, TanH
from nnlib.autoencoder import layer_widths
from nnlib.checks.functions import call, compare, compare_parts, one_number, result_like
from nnlib.checks.report import Case
from nnlib.datasets.corruption import square_mask as right_mask
from nnlib.linear import Linear
from nnlib.sequential import Sequential


def weighted_sum(function) -> None:
    """Check a function (x, W, b) that returns x W + b, (n, outputs)."""
    rng = np.random.default_rng(5)
    cases = [
        {"x": rng.normal(size=(n, 3)), "W": rng.normal(size=(3, 4)), "b": rng.normal(size=4)}
        for n in (6, 1)
    ]

    def mistakes(x, W, b):
        y, own = x @ W + b, "each output has a bias of its own."
        yield "the bias b is missing.", x @ W
        yield "b is subtracted; it must be added.", x @ W - b
        yield "b is added twice.", y + b
        yield "b is added to the weights; it must be added to the product.", x @ (W + b)
        yield f"b is added up (or averaged) first; {own}", x @ W + b.sum()
        yield f"the mean of b is added; {own}", x @ W + b.mean()
        yield "only the first row is computed; every row needs its outputs.", y[0]
        yield "the rows are added up; every row needs its own outputs.", y.sum(axis=0)
        yield "a table of one row was squeezed to a row; keep (1, outputs).", y.squeeze()

    compare("weighted_sum", function, lambda x, W, b: x @ W + b, mistakes, cases)


def gradients(function) -> None:
    """Check a function (x, W, G) that returns the gradients with respect to x, W and b."""
    rng = np.random.default_rng(6)
    x, W, G = (rng.normal(size=size) for size in ((7, 3), (3, 4), (7, 4)))
    case = Case("gradients(x, W, G)", x=x, W=W, G=G)
    right = of_x, of_W, of_b = G @ W.T, x.T @ G, G.sum(axis=0)
    transposed = "this is transposed: the factors come the other way round."
    mean, added = "this is a mean over the rows;", "the bias was added to every row, so"
    mistakes = [
        [(transposed, of_x.T)],
        [(transposed, of_W.T),
         (f"{mean} G holds that division already, so the rows add up.", of_W / len(x))],
        [(f"{mean} {added} they add up.", of_b / len(x)),
         ("this sums along the columns; each output has a bias, so go over the rows, axis=0.",
          G.sum(axis=1)),
         ("this is one sum over everything; each output has a bias of its own.", G.sum()),
         (f"this is G itself; {added} the rows add up.", G),
         ("this is a table of one row; b has the shape (outputs,).", of_b[None])],
    ]  # fmt: skip
    compare_parts(case, call(case, function), right, mistakes, "the order is x, W, b")


def steepest(function) -> None:
    """Check a function that returns the largest slope of an activation."""
    activations = TanH(), Sigmoid(), _Shifted(1.3), _Shifted(-1.3)
    slopes = 1.0, 0.25, 1.0, 1.0
    cases = [Case("steepest(activation)", activation=one) for one in activations]
    got = [one_number(call(case, function)) for case in cases]
    for case, value in zip(cases, got, strict=True):
        result_like(case, value, 0.0)

    def near(values):
        return np.allclose(got, np.ravel(values), atol=0.02)

    mistakes = zip(*map(_wrong_slopes, activations), strict=True)
    causes = [pairs[0][0] for pairs in mistakes if near([value for _, value in pairs])]
    for case, value, right in zip(cases, got, slopes, strict=True):
        otherwise = (
            "the steepest place is not among the values of x. Try many, from -10 to 10."
            if 0 < value < right
            else "with a grad_output of ones, backward returns the slope at each x: take the "
            "largest, for many x from -10 to 10."
        )
        case.require(abs(value - right) < 0.02, (causes or [otherwise])[0], value, right)


def _wrong_slopes(activation):
    """Yield causes and what comes out, for many x."""
    x = np.linspace(-12, 12, 2401)[:, None]
    y, slope = activation.forward(x), activation.backward(np.ones_like(x))
    at_zero = slope[abs(x).argmin()]
    yield "this is the slope at zero. An activation can be steepest elsewhere: try many x.", at_zero
    yield "this is the smallest slope.", slope.min()
    largest = "this is the largest value of the activation, not of its slope: backward gives that."
    yield largest, y.max()
    place = "this is the place where it is steepest, not how steep it is there."
    yield place, x[slope.argmax()]
    for name, v in {"x": x, "y": y}.items():
        said = f"backward must be given ones. Given {name}, it returns {name} times the slope."
        yield said, (v * slope).max()


class _Shifted(TanH):
    """A TanH that is steepest at another place than zero."""

    def __init__(self, place):
        super().__init__()
        self.place = place

    def forward(self, x):
        return super().forward(np.asarray(x) - self.place)

    def __repr__(self):
        return f"tanh(x - {self.place})".replace("- -", "+ ")


def best_constant(function) -> None:
    """Check a function that returns the number nearest to all targets in squared error."""
    cases = [{"y": np.array(y)[:, None]} for y in ([0.5, 0, 1, 3.2, 0.1], [-2.0, 0, 8], [4.5])]

    def mistakes(y):
        median = "this is the median: it has the smallest absolute error, not the smallest squared"
        yield f"{median} one.", np.median(y)
        between = "this is half-way between the smallest and the largest target; all of them count."
        yield between, (y.min() + y.max()) / 2
        yield "this is the sum: it is to be divided by the number of targets.", y.sum()
        yield "this is the largest target.", y.max()
        yield "this is the smallest target.", y.min()
        yield "this is the first target; all of them count.", y[0, 0]
        yield "this is zero, whatever the targets are.", 0
        error = "this is the smallest mean squared error, and not the number that reaches it."
        yield error, y.var()
        squares = "this is the mean of the squares; what is wanted is nearest to the targets."
        yield squares, (y**2).mean()
        yield "this is the number rounded: it may be any number.", np.round(y.mean())
        yield "each row gets a number of its own; it must be one number for all.", y.mean(axis=1)

    otherwise = "the derivative of the mean of (c - y)² is zero at another c: solve it for c."
    compare("best_constant", function, np.mean, mistakes, cases, otherwise)


def count_parameters(function) -> None:
    """Check a function that returns how many numbers a network learns."""
    inner = Sequential([Linear(5, 3), TanH()])
    networks = [
        Sequential([Linear(2, 8), TanH(), Linear(8, 1)]),
        Linear(7, 4),
        Sequential([inner, Linear(3, 6)]),
        TanH(),
    ]

    def total(network, number_of=np.size):
        return sum(number_of(array) for array in network.params.values())

    def mistakes(network):
        for said, number_of in {
            "this is the number of arrays; each holds many numbers, its .size.": lambda a: 1,
            "biases are missing.": lambda a: a.size * (a.ndim == 2),
            "weights are missing.": lambda a: a.size * (a.ndim == 1),
            "this adds up the sides of the arrays; a table of 2 by 8 holds 2 times 8 numbers.":
                lambda a: sum(a.shape),
            "this adds up len(array), which is the number of rows; an array knows its .size.": len,
            "everything is counted twice: grads hold no further parameters.": lambda a: 2 * a.size,
            "these are bytes; an array's .size counts its numbers.": lambda a: a.nbytes,
        }.items():  # fmt: skip
            yield said, total(network, number_of)

    otherwise = "add up the sizes of all arrays in network.params, which also has those of inner "
    otherwise += "networks."
    cases = [{"network": network} for network in networks]
    compare("count_parameters", function, total, mistakes, cases, otherwise)


def confusion(function) -> None:
    """Check a function (labels, guesses, classes=10) that counts which class is taken for which."""

    def right(labels, guesses, classes=10):
        counts = np.zeros((classes, classes))
        np.add.at(counts, (labels, guesses), 1)
        return counts

    def mistakes(labels, guesses, classes=10):
        counts, largest = right(labels, guesses, classes), max(labels.max(), guesses.max()) + 1
        once = "pairs that occur more than once are counted once: with an index that repeats, "
        once += "counts[labels, guesses] += 1 adds 1 once. Count row by row, or with np.add.at."
        yield once, counts.clip(0, 1)
        exchanged = "rows and columns are exchanged: a row is a true class, a column a guess."
        yield exchanged, counts.T
        shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        yield "these are shares of the rows; counts are asked for.", shares
        diagonal = "the diagonal is missing: right answers are counted, too."
        yield diagonal, counts - np.diag(np.diag(counts))
        yield "these are shares of all; counts are asked for.", counts / len(labels)
        large = "the table is as large as the largest number in it; `classes` says how large it "
        yield f"{large}must be.", right(labels, guesses, largest)
        yield "there are ten rows and columns, whatever `classes` is.", right(labels, guesses)

    few = {"labels": np.array([0, 0, 1, 2, 2, 2, 2]), "guesses": np.array([0, 1, 1, 0, 0, 0, 2])}
    rng = np.random.default_rng(8)
    many = {"labels": rng.integers(0, 10, 50), "guesses": rng.integers(0, 9, 50)}
    two = {"labels": np.array([1, 1, 0]), "guesses": np.array([1, 1, 1]), "classes": 2}
    compare("confusion", function, right, mistakes, [few | {"classes": 4}, two, many])


def geometric(function) -> None:
    """Check a function (first, last, steps) that returns widths, each the same part of the last."""

    def mistakes(first, last, steps):
        exact, right = np.geomspace(first, last, steps + 1), layer_widths(first, last, steps)
        same = "the same number is taken away in each step; the same *fraction* must be kept."
        yield same, np.round(np.linspace(first, last, steps + 1))
        yield "they are not rounded to whole numbers.", exact
        cut = "they are cut to whole numbers, not rounded: int(111.9) is 111; use round."
        yield cut, np.trunc(exact + 1e-9)
        yield "they are rounded up; use round.", np.ceil(exact - 1e-9)
        yield "the last width is missing: there are steps + 1 widths.", right[:-1]
        yield "the first width is missing: there are steps + 1 widths.", right[1:]
        yield "they come the other way round: `first` is the first.", right[::-1]
        yield "there is a step too many.", np.round(np.geomspace(first, last, steps + 2))
        halves = first * (last / first) ** (np.arange(steps + 1) / 2)
        two = "the exponent does not depend on `steps`: it is right for 2 steps only."
        yield two, np.round(halves)
        yield "these are the widths of one example, whatever is given.", [784, 112, 16]

    cases = [
        {"first": first, "last": last, "steps": steps}
        for first, last, steps in ((784, 16, 2), (784, 16, 4), (300, 1, 3), (50, 50, 3))
    ]
    compare("geometric", function, layer_widths, mistakes, cases)


def error_per_image(function) -> None:
    """Check a function (images, copies) that returns the mean squared error of each image."""
    rng = np.random.default_rng(3)
    cases = [{name: rng.uniform(size=(n, 7)) for name in ("images", "copies")} for n in (5, 1)]

    def mistakes(images, copies):
        d = images - copies
        mean, each = (d**2).mean(axis=1), "the mean goes over the pixels of"
        yield f"this is one number for all images; {each} each, axis=1.", (d**2).mean()
        yield f"this is the error of each pixel; {each} an image, axis=1.", (d**2).mean(axis=0)
        yield "this is the sum over the pixels; divide by their number.", (d**2).sum(axis=1)
        pixels = "the sum is divided by 784; the images of this check have 7 pixels: use the mean."
        yield pixels, (d**2).sum(axis=1) / 784
        yield "these are absolute errors; squared ones are asked for.", abs(d).mean(axis=1)
        yield "the square is missing: errors of unlike signs cancel.", d.mean(axis=1)
        square = "the square is taken of the mean; take the mean of the squares."
        yield square, d.mean(axis=1) ** 2
        root = "this is the square root of the mean squared error, which is asked for itself."
        yield root, np.sqrt(mean)
        yield "this is a column, (n, 1), and must be (n,): leave out keepdims.", mean[:, None]
        missing = "these are squared errors of pixels; their mean over each image, axis=1, is "
        yield f"{missing}missing.", d**2
        alone = "this is the mean square of the images; subtract the copies first."
        yield alone, (images**2).mean(axis=1)

    compare("error_per_image", function, lambda x, y: ((x - y) ** 2).mean(axis=1), mistakes, cases)


# --- Noise ----------------------------------------------------------------------------------------

MULTIPLY = "multiply numbers from -1 to 1 by the amplitude, once."
SEEDED = "rng may be a seed or a generator: np.random.default_rng(rng) makes one of both."


def add_noise(function) -> None:
    """Check a function (images, amplitude, rng) that adds uniform noise and cuts it off."""

    def draw(images, amplitude, rng):
        case = Case("add_noise(images, amplitude, rng)", SEEDED, images=images,
                    amplitude=amplitude, rng=rng)  # fmt: skip
        return case, result_like(case, call(case, function), images)

    case, same = draw(np.linspace(0, 1, 12).reshape(3, 4), 0.0, 7)
    case.require(same.any(), "the images are missing: noise must be added to them.", same)
    case.equal(same, case.given["images"], otherwise=f"0 must change nothing: {MULTIPLY}")
    gray = np.full((200, 200), 0.5)
    case, noisy = draw(gray, 0.4, 1)
    draw(gray, 0.4, np.random.default_rng(1))
    again, other = (draw(gray, 0.4, seed)[1] for seed in (1, 2))
    said = f"the same seed gives other noise. {SEEDED}"
    case.require(np.array_equal(noisy, again), said, noisy)
    said = f"another seed gives the same noise, or there is none. {SEEDED}"
    case.require(not np.array_equal(noisy, other), said, noisy)
    case.require_all(_noise(noisy, (noisy - gray) / 0.4), noisy)
    case, noisy = draw(np.tile([0.0, 1.0], (200, 100)), 1.0, 3)
    case.require_all(_cut_off(noisy, noisy[:, ::2], noisy[:, 1::2]), noisy)


def _noise(noisy, noise):
    """Yield what noise from -1 to 1 must fulfill, and the cause where it does not."""
    each = "draw with images.shape, so that each pixel gets a number of its own."
    rows, columns = (np.ptp(noise, axis=axis).max() for axis in (1, 0))
    yield rows >= 1e-9, f"all pixels of an image get the same noise: {each}"
    yield columns >= 1e-9, f"all images get the same noise: {each}"
    both = noise.min() <= -0.05 and noise.max() >= 0.05
    yield both, "the noise has one sign only: it goes from -amplitude to +amplitude."
    inside = noise[(noisy > 0) & (noisy < 1)]  # all of it, unless it is far too strong
    reach = abs(inside).max(initial=0)
    said = f"the noise does not end at the amplitude, but at {reach:.2g} times it: {MULTIPLY}"
    yield _is_uniform(noise) or not _is_uniform(inside / reach), said
    said = "the noise is not uniform: all numbers between -amplitude and +amplitude must be "
    yield _is_uniform(noise), f"{said}equally likely. (normal prefers those near 0.)"


def _cut_off(noisy, white, black):
    """Yield what images of 0 and 1 with noise must fulfill, and the cause where they do not."""
    inside = noisy.min() >= 0 and noisy.max() <= 1
    yield inside, "values lie outside 0 to 1: cut them off at both ends, with np.clip."
    yield white.any(), "a pixel of 0 stays 0: noise must be added, not multiplied."
    halves = 0.45 < (white == 0).mean() < 0.55 and 0.45 < (black == 1).mean() < 0.55
    said = "what goes beyond 0 or 1 must become 0 or 1, which half of these pixels do; folding "
    yield halves, f"{said}back, scaling or drawing again gives other noise."


def _is_uniform(noise):
    """Return whether many numbers lie evenly between -1 and 1."""
    even = np.linspace(-1, 1, noise.size)
    return abs(np.sort(noise, axis=None) - even).max() < 0.04


# --- Pictures -------------------------------------------------------------------------------------


def _around(images, pad="constant", how=np.nanmean, reach=1, **keywords):
    """Return how(the pixels around each), with some border: by default, nothing."""
    keywords = keywords or ({"constant_values": np.nan} if pad == "constant" else {})
    border = ((0, 0), (reach, reach), (reach, reach))
    padded = np.pad(images.reshape(-1, 28, 28), border, mode=pad, **keywords)
    side = range(2 * reach + 1)
    near = [padded[:, i : i + 28, j : j + 28] for i in side for j in side]
    return how(np.array(near), axis=0).reshape(images.shape)


def mean_filter(function) -> None:
    """Check a function that replaces each pixel by the mean of those around it that exist."""
    rng = np.random.default_rng(2)
    cases = [{"images": rng.uniform(size=(n, 784))} for n in (3, 1)]
    otherwise = "each pixel becomes the mean of itself and its neighbors in the given image: of 9 "
    otherwise += "pixels inside, 6 at an edge, 4 in a corner."
    compare("mean_filter", function, _around, _wrong_filters, cases, otherwise)


def _wrong_filters(x):
    right, inside = _around(x), np.pad(np.ones((26, 26), dtype=bool), 1).ravel()
    exist, empty = "a mean, of the pixels that exist.", "a border of zeros or NaN is needed, not"
    steps = [28 * i + j for i in (-1, 0, 1) for j in (-1, 0, 1)]
    zeros = _around(x, "constant", np.mean, constant_values=0)
    cross = _around(x, how=lambda near, axis: np.nanmean(near[[1, 3, 4, 5, 7]], axis=axis))
    eight = _around(x, how=lambda near, axis: np.nanmean(np.delete(near, 4, axis=0), axis=axis))
    yield from [
        ("at the border it divides by 9, but fewer pixels exist: 6 at an edge, 4 in a corner.",
         zeros),
        ("the pixels at the border are left as they are; they need a mean, of those that exist.",
         np.where(inside, right, x)),
        (f"the border is 0; it needs {exist}", np.where(inside, right, 0)),
        ("at the border, pixels from the opposite edge count as neighbors (np.roll does that).",
         _around(x, "wrap")),
        (f"at the border, its own pixels count twice: {empty} one of copies.", _around(x, "edge")),
        (f"at the border, pixels from inside count twice: {empty} a mirror image.",
         _around(x, "reflect")),
        ("this is the sum; divide by the number of pixels that exist.", _around(x, how=np.nansum)),
        ("this is the median; the mean is asked for.", _around(x, how=np.nanmedian)),
        ("this is the largest pixel around; the mean is asked for.", _around(x, how=np.nanmax)),
        ("the pixels around are 5 by 5, or the filter is used twice; 3 by 3 are asked for.",
         _around(x, reach=2)),
        ("the pixel itself is left out; it is one of the nine.", eight),
        ("the filter is used twice.", _around(right)),
        ("this is the image itself: nothing is averaged.", x),
        ("neighbors are looked for in the rows of 784, where the left edge follows the right one: "
         "work on pictures of 28 by 28.", sum(np.roll(x, step, axis=1) for step in steps) / 9),
        ("only the pixel itself and the four beside, above and below it count; corners do, too.",
         cross),
        ("images are rows, (n, 784), and must be rows again at the end.",
         right.reshape(-1, 28, 28)),
        ("only the first image is filtered.", right[:1]),
    ]  # fmt: skip


def square_mask(function) -> None:
    """Check a function (size, row, column) that returns a mask, True inside a square, (784,)."""

    def between(size, row, column, low=0, high=0):
        mask = np.zeros((28, 28), dtype=bool)
        mask[max(0, row + low) : row + size + high, max(0, column + low) : column + size + high] = 1
        return mask.ravel()

    def mistakes(*given):
        (size, row, column), right = given, right_mask(*given)
        rows = np.isin(np.arange(28), row + np.arange(size))
        middle = between(*given, -(size // 2), -(size // 2))
        yield "row and column are exchanged.", right_mask(size, column, row)
        yield "True and False are exchanged: it must be True inside the square.", ~right
        yield "it is a picture, (28, 28); flatten it to (784,).", right.reshape(28, 28)
        large = "the square is a pixel too large: a slice ends *before* its second number."
        yield large, between(*given, high=1)
        small = "the square is a pixel too small: a slice ends before its second number."
        yield small, between(*given, high=-1)
        yield "the square begins a pixel too late.", between(*given, low=1, high=1)
        ends = "the square ends at row + size and column + size, not at size."
        yield ends, right & right_mask(size, 0, 0)
        yield "(row, column) is taken for the middle; it is the upper left pixel.", middle
        yield "it is False everywhere.", np.zeros(784)
        yield "it is True in whole rows; the columns matter, too.", np.repeat(rows, 28)

    cases = [
        {"size": size, "row": row, "column": column}
        for size, row, column in ((6, 11, 9), (1, 0, 27), (3, 25, 2), (28, 0, 0), (0, 3, 3))
    ]
    compare("square_mask", function, right_mask, mistakes, cases)
    case = Case("square_mask(size, row, column)", **cases[0])
    mask = np.asarray(case.run(function, *cases[0].values()))
    said = f"the values are {mask.dtype}, and must be True and False (dtype=bool): as an index, "
    case.require(mask.dtype == bool, f"{said}0 and 1 would be the numbers of two pixels.", mask)


def keep_known(function) -> None:
    """Check a function (images, copies, mask) that takes copies inside the mask, else images."""
    rng = np.random.default_rng(4)
    given = {name: rng.uniform(size=(3, 9)) for name in ("images", "copies")}
    cases = [given | {"mask": np.arange(9) % 4 == 1}, given | {"mask": np.zeros(9, dtype=bool)}]

    def right(images, copies, mask):
        return np.where(mask, copies, images)

    def mistakes(images, copies, mask):
        takes = "the copy takes its place."
        swapped = "images and copies are exchanged: inside the mask, where it is True, belongs the "
        yield f"{swapped}copy.", right(copies, images, mask)
        yield "these are the images alone.", images
        yield "these are the copies alone.", copies
        yield "outside the mask there are zeros; the images belong there.", copies * mask
        yield "inside the mask there are zeros; the copies belong there.", images * ~mask
        there = f"inside the mask, the image is still there, too: {takes}"
        yield there, images + copies * mask
        averaged = f"inside the mask, image and copy are averaged; {takes}"
        yield averaged, right(images, (images + copies) / 2, mask)
        pixels = "only the pixels inside the mask are returned; whole images are asked for."
        yield pixels, copies[:, mask]
        yield "every image gets the first image's copy.", right(images, copies[0], mask)

    compare("keep_known", function, right, mistakes, cases)


def inpaint(function) -> None:
    """Check a function (network, images, mask, rounds) that lets a network guess a hole."""
    network = Sequential([Linear(6, 6, init="lecun", rng=9), Sigmoid()])
    images = np.random.default_rng(10).uniform(size=(4, 6))
    mask = np.array([True, True, False, False, True, False])

    def right(network, images, mask, rounds, start=0.0, keep=True):
        guess = np.where(mask, start, images)
        for _ in range(rounds):
            copied = network.forward(guess)
            guess = np.where(mask, copied, images) if keep else copied
        return guess

    def mistakes(network, x, mask, rounds):
        def filled(rounds=rounds, mask=mask, **keywords):
            return right(network, x, mask, rounds, **keywords)

        known, end = filled(keep=False), filled(max(rounds - 1, 0))
        said = "the hole is not emptied: the first guess knows what was there."
        yield said, filled(start=x)
        said = "the network runs once, however many `rounds` there are: the next round must start "
        yield f"{said}from the guess of the one before.", filled(min(rounds, 1))
        said = "what is known is never kept: outside the hole belong the images, after each round."
        yield said, known
        said = "what is known is kept at the end only; it must be put back after each round."
        yield said, np.where(mask, known, x)
        yield "there is one round too many.", filled(rounds + 1)
        yield "there is one round too few.", end
        said = "True and False are exchanged: the hole is where the mask is True."
        yield said, filled(mask=~mask)
        for number, what in ((0.5, "0.5"), (1.0, "1, black,")):
            said = f"the hole is filled with {what} at the start; zeros are asked for."
            yield said, filled(start=number)
        yield "the network is not used.", filled(0)
        said = "after the last round, what is known is not put back."
        yield said, network.forward(end) if rounds else end

    given = {"network": network, "images": images, "mask": mask}
    cases = [given | {"rounds": rounds} for rounds in (3, 1, 0)]
    compare("inpaint", function, right, mistakes, cases)
