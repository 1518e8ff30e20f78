"""What the autoencoders are compared with: methods that are no neural networks.

Each has a `forward` like a network: it turns corrupted images, (n, 784), into better ones, with
values in [0, 1]. Those that fill in missing pixels know which ones are missing, as the networks do
not: they have `knows_mask = True`, and leave all other pixels as they are.
"""

import numpy as np
from scipy.linalg.blas import dsyrk

from nnlib.datasets.corruption import add_noise
from nnlib.datasets.mnist import SIDE
from nnlib.experiments import jobs, results
from nnlib.experiments.evaluate import CORRUPTIONS, evaluate
from nnlib.experiments.folders import MNIST, OTHER_SPLIT

COMPONENTS = (16, 32)  # the latent dimensions of the autoencoders
TRIALS, TRIAL_SEED = 500, 7  # training images, and their noise, that choose hyperparameters
WEIGHTS = [{"weight": weight} for weight in np.geomspace(0.005, 0.5, 17).round(4).tolist()]
PATCHES = [
    {"patch_size": size, "h": h}
    for size in (3, 5)
    for h in np.geomspace(0.02, 0.4, 14).round(3).tolist()
]


def measure_all(processes: int = 2, images=MNIST) -> None:
    """Measure all of them on the test set and write the table `baselines`."""
    components = principal_components(images.load().X_train)
    measured = jobs.run(
        measure,
        CORRUPTIONS,
        title="baselines",
        processes=processes,
        arguments=lambda *corruption: (*corruption, components, images),
    )
    rows, table = dict(measured), images.table("baselines", work=".")
    results.write(table, [row for corruption in CORRUPTIONS for row in rows[corruption]])


def measure(corruption: str, level, components, images=MNIST) -> list[dict]:
    """Return one row for each method that suits the corruption: its scores on the test set.

    Of MNIST with another split, only "none", the corrupted images: claims ask for no other.

    Columns: `method`, its `setting` as far as that was chosen by training images, and those of
    `nnlib.experiments.evaluate.evaluate`.
    """
    X_train, _, X_test, Y_test = images.load()
    methods = {"none": Identity()}
    if images.data_set != OTHER_SPLIT:
        methods |= {f"pca-{count}": PCA(components, count) for count in COMPONENTS}
        methods |= (
            denoising(X_train[:TRIALS], level) if corruption == "noise" else inpainting(components)
        )
    return [
        {"method": name, "setting": methods[name].setting} | row
        for name, row in evaluate(methods, X_test, Y_test, [(corruption, level)])
    ]


def denoising(trials, level) -> dict:
    """Return the methods against noise; training images, `trials`, choose their settings."""
    return {
        "mean": MeanFilter(),
        "median": MedianFilter(),
        "total-variation": select_by_mse(TotalVariation, WEIGHTS, trials, level),
        "non-local-means": select_by_mse(NonLocalMeans, PATCHES, trials, level),
    }


def inpainting(components) -> dict:
    """Return the methods that know which pixels are missing."""
    by_pca = {f"pca-{count}-known": fill_by_pca(components, count) for count in COMPONENTS}
    return {"neighbors": fill_by_neighbors()} | by_pca


class Method:
    """What the methods share: the `setting` is what was chosen by training images, as text."""

    setting = ""
    knows_mask = False


class Identity(Method):
    """The corrupted images as they are: what any method has to beat."""

    def forward(self, X):
        """Return `X`."""
        return X


# Principal components


def principal_components(X):
    """Return what `PCA` needs of images, (n, d): mean, variances and directions.

    The directions are the columns of a (d, d) matrix, eigenvectors of the covariance; the
    variances, (d,), largest first, are its eigenvalues. All in float64.
    """
    mean = X.mean(axis=0, dtype=np.float64)
    parts = (X[start : start + 1000] - mean for start in range(0, len(X), 1000))
    # BLAS itself, since in a browser NumPy has none, and takes thirty times as long. It fills the
    # upper half of the symmetric matrix.
    upper = sum(dsyrk(1, part.T) for part in parts) / len(X)
    variances, directions = np.linalg.eigh(upper, UPLO="U")
    return mean, variances[::-1].clip(min=0), directions[:, ::-1]


class PCA(Method):
    """The best linear reconstruction from a latent code of `count` values: the first components.

    With the mean μ and the directions V, the latent code of an image x is (x - μ) V, and its
    reconstruction μ + (x - μ) V Vᵀ. A linear autoencoder that is fully trained on the squared error
    does the same (Baldi and Hornik 1989). Only the reconstruction is clipped at 0 and 1.
    """

    def __init__(self, components, count: int):
        mean, _, directions = components
        self.mean = mean.astype(np.float32)
        self.directions = directions[:, :count].astype(np.float32)

    def forward(self, X):
        """Return the reconstructions of images, (n, d)."""
        code = (X - self.mean) @ self.directions
        return (code @ self.directions.T + self.mean).clip(0, 1)


# Filling in


class GaussianInpainter(Method):
    """Missing pixels as a Gaussian distribution expects them, given all others.

    With the mean μ and the precision Q, the inverse of the covariance, the missing pixels m of an
    image x are expected at μ_m - (Q_mm)⁻¹ Q_mk (x_k - μ_k), where k are the known ones (Bishop,
    *Pattern Recognition and Machine Learning*, 2006, section 2.3.1). Q may have any scale.

    Args:
        mean: (d,).
        precision: (d, d), symmetric.
    """

    knows_mask = True

    def __init__(self, mean, precision):
        self.mean, self.precision = mean, precision

    def forward(self, X, mask):
        """Return images, (n, d), filled in where `mask`, (n, d), is True."""
        filled, alike = X.copy(), {}
        for image, missing in enumerate(mask):
            alike.setdefault(missing.tobytes(), []).append(image)
        for images in alike.values():  # solve once for all images with the same mask
            missing = mask[images[0]]
            known, rows = ~missing, self.precision[missing]
            pull = rows[:, known] @ (X[np.ix_(images, known)] - self.mean[known]).T
            expected = self.mean[missing] - np.linalg.solve(rows[:, missing], pull).T
            filled[np.ix_(images, missing)] = expected
        return filled.clip(0, 1)


def fill_by_neighbors(side: int = SIDE) -> GaussianInpainter:
    """Return a method that makes every masked pixel the mean of its four neighbors.

    These may be masked too, so it is a system of linear equations: 4 for a pixel itself, -1 for
    each neighbor. Around the image all is 0, which is background.
    """
    beside = np.eye(side, k=1) + np.eye(side, k=-1)
    neighbors = np.kron(beside, np.eye(side)) + np.kron(np.eye(side), beside)
    return GaussianInpainter(np.zeros(side**2), 4 * np.eye(side**2) - neighbors)


def fill_by_pca(components, count: int) -> GaussianInpainter:
    """Return a method that finds the latent code by the known pixels alone, and inpaints by it.

    It is the likeliest under probabilistic PCA (Tipping and Bishop 1999): images are Gaussian
    with variances λ along the directions V that are kept, and σ², the mean of the variances that
    are left out, along all others. Times σ², its precision is I - V (I - σ²/Λ) Vᵀ. It differs from
    least squares, which are the case σ² = 0, where a large mask leaves a code undetermined: that
    one then stays near the mean.
    """
    mean, variances, directions = components
    kept = directions[:, :count]
    shrunk = 1 - variances[count:].mean() / variances[:count]
    return GaussianInpainter(mean, np.eye(len(mean)) - (kept * shrunk) @ kept.T)


# Filters against noise


class Filter(Method):
    """A method that looks at pixels around each pixel; `filter_stack` takes one, (n, 28, 28)."""

    def forward(self, X):
        """Return the filtered images, (n, 784)."""
        return self.filter_stack(X.reshape(-1, SIDE, SIDE)).reshape(X.shape).clip(0, 1)


class MeanFilter(Filter):
    """Every pixel becomes the mean of the 3 × 3 around it; the image is mirrored at its edge."""

    def filter_stack(self, images):
        from scipy.ndimage import uniform_filter

        return uniform_filter(images, size=(1, 3, 3))


class MedianFilter(Filter):
    """Every pixel becomes the median of the 3 × 3 around it; the image is mirrored at its edge."""

    def filter_stack(self, images):
        from scipy.ndimage import median_filter

        return median_filter(images, size=(1, 3, 3))


class TotalVariation(Filter):
    """The image u with the smallest ½ Σ (u - x)² + weight · Σ ‖∇u‖: flat, but with edges.

    From Rudin, Osher and Fatemi (1992), by the algorithm of Chambolle (2004).
    """

    def __init__(self, weight):
        self.weight, self.setting = weight, f"weight={weight}"

    def filter_stack(self, images):
        from skimage.restoration import denoise_tv_chambolle

        return denoise_tv_chambolle(images, self.weight, channel_axis=0)  # one image at a time


class NonLocalMeans(Filter):
    """Every pixel becomes a mean of those whose surroundings look like its own.

    From Buades, Coll and Morel (2005): patches of `patch_size` pixels a side are looked for up to
    6 pixels away, and count the less, the more they differ, on a scale of `h`.
    """

    def __init__(self, patch_size, h):
        self.arguments = {"patch_size": patch_size, "h": h, "patch_distance": 6}
        self.setting = f"patch_size={patch_size} h={h}"

    def filter_stack(self, images):
        from skimage.restoration import denoise_nl_means

        return np.stack([denoise_nl_means(image, **self.arguments) for image in images])


def select_by_mse(method, settings, images, level):
    """Return the method with those of the `settings` that remove noise best, by squared error.

    Args:
        method: a class.
        settings: dicts of its arguments.
        images: (n, 784), clean; of the training set, or the test set would choose for itself.
        level: the amplitude of the noise.
    """
    noisy = add_noise(images, level, rng=TRIAL_SEED)
    tried = [method(**setting) for setting in settings]
    return min(tried, key=lambda one: np.mean((one.forward(noisy) - images) ** 2))
