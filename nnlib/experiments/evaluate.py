"""How well networks reconstruct whole images, denoise noisy ones and inpaint masked ones.

All networks see the same corrupted images: the difference between two of them is never that one had
the easier noise.
"""

import numpy as np

from nnlib._outputs import outputs
from nnlib._validation import check_2d
from nnlib.datasets.corruption import add_noise, apply_mask, random_masks
from nnlib.datasets.mnist import SIDE
from nnlib.module import underflow_is_zero

NOISES = tuple(tenths / 10 for tenths in range(11))  # amplitudes, as in `add_noise`
MASKS = range(21)  # pixels along an edge of the square that is cut out, as in `random_masks`
NOISE_SEED, MASK_SEED = 2025, 2026

#: Every kind of corruption and its level. Level 0, the whole image, begins both series.
CORRUPTIONS = (
    *(("noise", amplitude) for amplitude in NOISES),
    *(("mask", size) for size in MASKS),
)
MEASURES = ("mse", "bce", "ssim", "mse_masked")
COLUMNS = ("corruption", "level", *MEASURES, *(f"digit_{digit}" for digit in range(10)))
CHUNK = 500  # images at a time: few enough to stay in the processor's cache


def forward_in_parts(network, X) -> np.ndarray:
    """Return `network.forward(X)` by way of a few rows at a time.

    Each layer keeps what went through it, for `backward`. Of 14,000 images at once that is
    hundreds of megabytes, which a network then holds on to. Here it keeps nothing.
    """
    return outputs(network, X)


def evaluate(models, X, labels, corruptions=CORRUPTIONS):
    """Yield the scores of every model for every corruption.

    Args:
        models: by name, networks or other objects whose `forward` turns corrupted images, (n, 784),
            into images with values in [0, 1]. One with `knows_mask = True` (of `baselines`) is
            called with a second argument: True where pixels are missing.
        X: the clean images, (n, 784), values in [0, 1]; float32 takes half the time of float64.
        labels: their digits, (n,) integers.
        corruptions: pairs of a kind and a level, see `corrupt`.

    Yields:
        (name, row): a dict of COLUMNS, each a mean over all images. `mse` and `bce` are those of
        `MSELoss()` and `BinaryCrossEntropy()`, per pixel, against the clean images; `ssim` is
        that of `ssim`; `mse_masked` counts the missing pixels only, and is None if there are
        none; `digit_0` to `digit_9` are the `mse` of the images of that digit, or None.

    Raises:
        ValueError: no images; not one label an image; a model's output of another shape than its
            input, or with values outside [0, 1].
    """
    X, labels = check_2d(X, "evaluate", SIDE * SIDE), np.asarray(labels)
    if len(X) == 0 or labels.shape != (len(X),):
        raise ValueError(f"evaluate got {len(X)} images and labels of shape {labels.shape}.")
    for corruption, level in corruptions:
        corrupted, mask = corrupt(X, corruption, level)
        scores = {name: np.empty((len(MEASURES), len(X))) for name in models}
        for start in range(0, len(X), CHUNK):
            part = slice(start, start + CHUNK)
            metrics = ImageMetrics(X[part], mask[part])
            for name, model in models.items():
                knows_mask = getattr(model, "knows_mask", False)
                seen = (corrupted[part], mask[part]) if knows_mask else (corrupted[part],)
                scores[name][:, part] = metrics.score(model.forward(*seen), name)
        for name in models:
            yield name, {"corruption": corruption, "level": level} | summarize(scores[name], labels)


def corrupt(X, corruption: str, level) -> tuple[np.ndarray, np.ndarray]:
    """Return corrupted images, (n, 784), and their mask, (n, 784): True where pixels are missing.

    Args:
        X: clean images, (n, 784). The same images are always corrupted in the same way.
        corruption: "noise", clipped to [0, 1], or "unclipped", the same but not clipped, with the
            amplitude as `level`; or "mask", a square of zeros anywhere, with the pixels along its
            edge as `level`.
    """
    if corruption in ("noise", "unclipped"):
        clip = corruption == "noise"
        return add_noise(X, level, rng=NOISE_SEED, clip=clip), np.zeros(X.shape, bool)
    if corruption == "mask":
        mask = random_masks(len(X), level, side=SIDE, rng=MASK_SEED)
        return apply_mask(X, mask), mask
    raise ValueError(f"corruption={corruption!r} is not known; choose from noise, unclipped, mask.")


class ImageMetrics:
    """Compares images with the clean ones, and works out only once what concerns these alone.

    Args:
        clean: (n, 784), values in [0, 1].
        mask: (n, 784), True where pixels are missing.
    """

    @underflow_is_zero
    def __init__(self, clean, mask):
        self.clean, self.inverse = clean, 1 - clean
        self.moments = moments(clean)
        self.masked = mask.sum(axis=1)
        self.mask = mask.astype(clean.dtype) if self.masked.any() else None

    @underflow_is_zero
    def score(self, output, name="the model") -> np.ndarray:
        """Return MEASURES of each image of `output`, (4, n)."""
        if output.shape != self.clean.shape:
            raise ValueError(f"{name} turned images {self.clean.shape} into {output.shape}.")
        pixels = output.shape[1]
        scores = np.full((len(MEASURES), len(output)), np.nan)
        error = output - self.clean
        scores[0] = np.vecdot(error, error) / pixels
        scores[1] = self.cross_entropies(output) / pixels
        if not np.isfinite(scores[1]).all():
            raise ValueError(f"{name} gave values outside [0, 1].")
        scores[2] = ssim(output, self.clean, self.moments)
        if self.mask is not None:
            error *= self.mask
            scores[3] = np.vecdot(error, error) / self.masked
        return scores

    def cross_entropies(self, p) -> np.ndarray:
        """Return -y log p - (1 - y) log(1 - p), added up over the pixels of each image, (n,).

        Where p is outside [0, 1], the result is not a number.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            log = np.log(p)
            total = np.vecdot(np.maximum(log, -100, out=log), self.clean)
            np.log(np.subtract(1, p, out=log), out=log)
            total += np.vecdot(np.maximum(log, -100, out=log), self.inverse)
        return -total


def summarize(scores, labels) -> dict:
    """Return the columns of `evaluate` from MEASURES, scores, (4, n), and `labels`, (n,)."""
    row = {name: float(values.mean()) for name, values in zip(MEASURES, scores, strict=True)}
    if np.isnan(row["mse_masked"]):
        row["mse_masked"] = None
    for digit in range(10):
        mse = scores[0, labels == digit]
        row[f"digit_{digit}"] = float(mse.mean()) if len(mse) else None
    return row


# Structural similarity


def _window() -> np.ndarray:
    """Return the matrix, (18, 28), that weighs 11 neighbors at each place where they all exist."""
    weights = np.exp(-(np.arange(-5, 6) ** 2) / (2 * 1.5**2))
    window = np.zeros((SIDE - 10, SIDE))
    for place, row in enumerate(window):
        row[place : place + 11] = weights / weights.sum()
    return window


WINDOW = _window()
C1, C2 = 0.01**2, 0.03**2  # they keep regions of zeros from dividing nothing by nothing


@underflow_is_zero
def ssim(x, y, moments_of_y=None) -> np.ndarray:
    """Return the structural similarity of each image of `x` with that of `y`, (n,).

    It compares brightness, contrast and pattern in every 11 × 11 window wholly within the image,
    weighed by a Gaussian of standard deviation 1.5: with local means μ, variances σ² and
    covariance σxy, (2 μx μy + C1)(2 σxy + C2) / ((μx² + μy² + C1)(σx² + σy² + C2)), averaged over
    the windows. It is 1 for the same image, near 0 for mere noise, and below 0 for a negative.

    From Wang, Bovik, Sheikh and Simoncelli, "Image quality assessment: from error visibility to
    structural similarity", IEEE Transactions on Image Processing 13 (2004).

    Args:
        x, y: (n, 784), values in [0, 1]. In float32, the fourth digit of two bright images without
            any contrast is uncertain; those of handwritten digits are right to five.
        moments_of_y: what `moments` says of `y`, if it is known already.
    """
    mean_x, square_x = moments(x)
    mean_y, square_y = moments(y) if moments_of_y is None else moments_of_y
    means_product = mean_x * mean_y
    means_squared = mean_x * mean_x + mean_y * mean_y
    covariance = local_means(x * y) - means_product
    variances = square_x + square_y - means_squared
    similarity = (2 * means_product + C1) * (2 * covariance + C2)
    similarity /= (means_squared + C1) * (variances + C2)
    return similarity.mean(axis=0)


def moments(images) -> tuple[np.ndarray, np.ndarray]:
    """Return the local means of `images` and those of their squares, each (324, n)."""
    return local_means(images), local_means(images * images)


def local_means(images) -> np.ndarray:
    """Return the weighted mean in each of 18 × 18 windows, (324, n), of images, (n, 784).

    With the window F of one dimension that is F X Fᵀ for each image X. Here it takes two products
    for all images: each lets F weigh the last axis, and brings it to the front.
    """
    window = WINDOW.astype(images.dtype)
    columns = window @ images.reshape(-1, SIDE).T  # 18 × (n · 28)
    return (window @ columns.reshape(-1, SIDE).T).reshape(-1, len(images))
