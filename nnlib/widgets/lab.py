"""The laboratory: noise and masks on an image, and the outputs of two networks."""

from traitlets import Bytes, CFloat, CInt, Int, List, TraitError, Unicode, validate

from nnlib.datasets import fashion_mnist
from nnlib.datasets.mnist import SIDE
from nnlib.experiments.grid import KEPT, LATENT_DIMS, STEPS, Checkpoint, Config, path
from nnlib.widgets.assets import DIFFICULTIES
from nnlib.widgets.base import Widget, script

#: The first and the last checkpoint with each loss; with those between, the published page would
#: carry twice as many files.
TRAININGS = [("mse", 10), ("mse", 20), ("bce", 10), ("bce", 50)]
SPECIALISTS = {"specialist-noise": "to denoise", "specialist-mask": "to inpaint"}
DIGITS = 10 * len(DIFFICULTIES)
LIMITS = {
    "digit": (0, DIGITS + len(fashion_mnist.CLASSES) - 1),
    "noise": (0, 1),
    "mask_size": (0, 20),
    "mask_row": (0, SIDE),
    "mask_column": (0, SIDE),
    "noise_seed": (0, 2**32 - 1),
}


def networks() -> list:
    """Return what there is to choose from, in groups: [group, [[name of the file, text], …]]."""
    groups = [
        [
            f"{loss.upper()}, {epochs} epochs",
            [
                option(Checkpoint(Config(loss, 32, latent_dim, steps), epochs))
                for latent_dim in LATENT_DIMS
                for steps in STEPS
            ],
        ]
        for loss, epochs in TRAININGS
    ]
    told = [[name, f"trained {what}: 8 layers, latent 16"] for name, what in SPECIALISTS.items()]
    clothes = [option(one, "fashion_mnist") for one in KEPT["fashion_mnist"]]
    return [*groups, ["denoising autoencoders", told], ["trained on clothes", clothes]]


def option(checkpoint: Checkpoint, data_set: str = "mnist") -> list[str]:
    """Return what there is to choose of a network: the name of its file, and a text."""
    loss, _, latent_dim, steps = checkpoint.config
    text = f"{loss.upper()} {checkpoint.epochs}: {2 * steps} layers, latent {latent_dim}"
    return [path(checkpoint, data_set).stem, text if data_set == "mnist" else f"clothes, {text}"]


def images() -> list:
    """Return the images to choose from, digits and clothes, in groups as for `networks`."""
    kinds = list(enumerate(DIFFICULTIES))
    digits = [
        [str(digit), [[len(kinds) * digit + at, f"{digit}, {name}"] for at, name in kinds]]
        for digit in range(10)
    ]
    clothes = [[DIGITS + at, name] for at, name in enumerate(fashion_mnist.CLASSES)]
    return [*digits, ["clothes", clothes]]


NAMES = [name for _, group in networks() for name, _ in group]


class Lab(Widget):
    """Corrupt an image with noise and a square mask, and compare the outputs of two networks.

    Attributes:
        digit: which image: 0 to 39 are four of each digit, from a typical one to the hardest to
            reconstruct, 40 to 49 one of each class of clothes.
        drawing: what was drawn instead, 784 bytes from 0 (background) to 255 (foreground), or
            nothing.
        noise: amplitude, 0 to 1, as in `nnlib.corruption.add_noise`, clipped at 0 and 1.
        noise_seed: which noise; the same for both networks.
        mask_size: pixels along an edge of the mask, 0 to 20.
        mask_row, mask_column: its upper left pixel, 0 to 28; where the mask would reach beyond the
            image, it is moved inside.
        left, right: names of networks, one of `NAMES`.
    """

    _esm = script("lab")
    _min_heights = List(Int(), [750, 1190]).tag(sync=True)
    _assets = List(Unicode(), ["digits", "clothes", *(f"networks/{name}" for name in NAMES)]).tag(
        sync=True
    )
    _digits = List(images()).tag(sync=True)
    _networks = List(networks()).tag(sync=True)

    digit = CInt(8).tag(sync=True)
    drawing = Bytes(b"").tag(sync=True)
    noise = CFloat(0.4).tag(sync=True)
    noise_seed = CInt(1).tag(sync=True)
    mask_size = CInt(0).tag(sync=True)
    mask_row = CInt(11).tag(sync=True)
    mask_column = CInt(11).tag(sync=True)
    left = Unicode("mse-epochs-20-batch-32-code-16-steps-4").tag(sync=True)
    right = Unicode("bce-epochs-50-batch-32-code-16-steps-4").tag(sync=True)

    @validate(*LIMITS)
    def _within(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        least, most = LIMITS[name]
        if not least <= value <= most:
            raise TraitError(f"{name} must lie from {least} to {most}, not at {value}.")
        return value

    @validate("left", "right")
    def _known(self, proposal):
        if proposal["value"] not in NAMES:
            raise TraitError(
                f"{proposal['trait'].name} must be the name of a network, such as {NAMES[0]!r} "
                f"(all are in nnlib.widgets.lab.NAMES), not {proposal['value']!r}."
            )
        return proposal["value"]

    @validate("drawing")
    def _an_image(self, proposal):
        if len(proposal["value"]) not in (0, SIDE * SIDE):
            raise TraitError(f"drawing must be {SIDE * SIDE} bytes, not {len(proposal['value'])}.")
        return proposal["value"]
