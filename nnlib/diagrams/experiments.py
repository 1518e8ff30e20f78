"""The experiments: which networks there are, what is done to images, how a claim is decided."""

import numpy as np

from nnlib.datasets.corruption import add_noise, apply_mask
from nnlib.diagrams.svg import Diagram, number
from nnlib.experiments import grid
from nnlib.experiments.claims import CLAIMS
from nnlib.experiments.statistics import AT_EDGE, UNLEARNED, WIDE
from nnlib.experiments.verdicts import FIELD_LABELS, in_words

LOSS_NAMES = {"mse": "MSE", "bce": "BCE"}
PARTS = {"background": ("gradient", 0), "foreground": ("value", 1)}  # the look, and the intensity
#: How a verdict is drawn: the color and the shape say the same.
VERDICT_LOOKS = {"holds": "value", "fails": "gradient", "undecided": "text"}

# What drawings say, for those who translate them.
DOT, FILLED = "checkpoint, every 10 epochs", "checkpoint that is compared"
BEHIND = "one layer per seed"
STAGES = "Before clipping", "After clipping"
IMAGES = "clean", "noisy, clipped", "masked", "output"
MASKING = "mask"
LATENT_CODE = "latent code"
TERMS = "m · MSE of the mask", "(1 − m) · MSE of the rest"
CLAIMED = "claimed range"
KEY = {"holds": "inside", "fails": "outside", "undecided": "over an edge"}
WHY = {AT_EDGE: "ratio at the edge", WIDE: "interval too wide", UNLEARNED: "nothing learned"}


def design(seeds, claims=()) -> Diagram:
    """Draw all training runs as cells, with a dot for each checkpoint and a layer for each seed.

    Args:
        seeds: how many seeds a configuration was trained with, by `grid.Config`.
        claims: ids such as "R1"; the checkpoints that they compare are filled.
    """
    used = {
        error.checkpoint
        for claim in CLAIMS if claim.id in claims
        for statement in claim.statements
        for error in statement.ratio.errors
    }  # fmt: skip
    dots = {config: [] for config in grid.CONFIGS}
    for checkpoint in grid.CHECKPOINTS:
        dots[checkpoint.config].append(checkpoint)
    several = sorted(set(seeds.values()))
    told = f"{len(dots)} training runs as cells, {len(grid.CHECKPOINTS)} checkpoints as dots, "
    told += f"{' or '.join(map(str, several))} seeds for each cell."
    if used:
        told += f" Filled: the {len(used)} checkpoints that {', '.join(claims)} compare."
    picture = Diagram(340, 272, told)

    wide, high, left, top = 36, 30, 74, 62
    columns = {latent: left + at * 136 for at, latent in enumerate(grid.LATENT_DIMS)}
    for latent, x in columns.items():
        picture.text(x + 56, 12, FIELD_LABELS["latent_dim"].of_value(latent))
        for at, steps in enumerate(grid.STEPS):
            picture.text(x + at * 42 + wide / 2 - 3, 31, 2 * steps, "quiet", size=11)
    picture.text(62, 31, "layers", "quiet", "end", 11)
    for row, loss in enumerate(LOSS_NAMES):
        y = top + row * 96
        picture.text(4, y + 38, LOSS_NAMES[loss], anchor="start", size=13, font_weight="bold")
        for line, batch in enumerate(grid.BATCH_SIZES):
            picture.text(62, y + line * 46 + high / 2, batch, "quiet", "end", 11)
    picture.text(62, top - 12, "batch", "quiet", "end", 11)

    for config, checkpoints in dots.items():
        x = columns[config.latent_dim] + 42 * grid.STEPS.index(config.steps)
        y = top + 96 * list(LOSS_NAMES).index(config.loss)
        y += 46 * grid.BATCH_SIZES.index(config.batch_size)
        # The layers behind: what the cell in front leaves to see of each.
        for behind in range(1, seeds[config]):
            shift = 1.5 * behind
            corners = ((x + shift, y - shift), (x + wide - 8 + shift, y - shift),
                       (x + wide - 8 + shift, y + high - shift))  # fmt: skip
            picture.line(*corners, look="faint")
        compared = used.intersection(checkpoints)
        picture.box(x, y, wide - 8, high, "value-area" if compared else "box")
        for at, checkpoint in enumerate(checkpoints):
            row, column = divmod(at, 3)
            place = x + 6 + 8 * column, y + high / 2 + (row - (len(checkpoints) > 3) / 2) * 10
            picture.circle(*place, 2.8, "value" if not used or checkpoint in used else "box")
    picture.circle(10, 256, 2.8, "value")
    picture.text(18, 256, DOT if not used else FILLED, "quiet", "start", 11)
    picture.line((206, 252), (216, 252), (216, 262), look="faint")
    picture.line((209, 249), (219, 249), (219, 259), look="faint")
    picture.text(226, 256, BEHIND, "quiet", "start", 11)
    return picture


def _flow(picture, images, names, doing, code):
    """Draw a clean image, what is done to it, and what a network makes of that, left to right.

    Args:
        images, names: three of each: clean, corrupted, and the output. A name may have two lines.
        doing: what corrupts the image, in a word.
        code: (latent_dim,), the latent code of the corrupted image, drawn as bars.
    """
    top, size, places = 4, 76, (2, 112, 262)
    for x, image, name in zip(places, images, names, strict=True):
        picture.image(x, top, size, image)
        for at, line in enumerate(name.split("\n")):
            picture.text(x + size / 2, top + size + 11 + 14 * at, line, "quiet", size=11)
    middle = top + size / 2
    picture.line((82, middle), (108, middle), arrow=True)
    picture.text(95, middle - 11, doing, size=11)
    # Encoder and decoder: a funnel on either side of the latent code.
    for x, to in ((194, 208), (256, 242)):
        picture.line((x, middle - 32), (to, middle - 14), (to, middle + 14), (x, middle + 32),
                     (x, middle - 32))  # fmt: skip
    step = 30 / len(code)
    for at, value in enumerate(code):
        tall = max(0.5, 12 * abs(float(value)))
        y = middle - tall if value > 0 else middle
        picture.box(210 + step * at, y, 0.75 * step, tall, "value")
    picture.text(225, top + size + 11, LATENT_CODE, "quiet", size=11)


def denoising(network, X, amplitude, *, shown=0, seed=0) -> Diagram:
    """Draw how an image is corrupted and denoised, and what clipping does to its pixels.

    Args:
        network: an `AutoEncoder`.
        X: clean images, (n, 784), from 0 to 1; of all, the pixels are counted that are exactly 0
            (background) or 1 (foreground).
        amplitude: of the noise, more than 0, at most 1.
        shown: which of the images is shown.
        seed: of the noise.
    """
    stages = dict(zip(STAGES, (add_noise(X, amplitude, rng=seed, clip=clip)
                               for clip in (False, True)), strict=True))  # fmt: skip
    clean, noisy = X[[shown]], stages[STAGES[1]][[shown]]
    code = network.encode(noisy)
    output = network.decode(code)
    noisy_error, error = (f"MSE {((image - clean) ** 2).mean():.3f}" for image in (noisy, output))
    means = {
        stage: {part: number(pixels[X == at].mean()) for part, (_, at) in PARTS.items()}
        for stage, pixels in stages.items()
    }
    said = ". ".join(
        f"{stage}, the mean of {' and of '.join(f'{part} is {mean}' for part, mean in of.items())}"
        for stage, of in means.items()
    )
    title = f"A clean digit, the same with noise up to {amplitude:g}, clipped ({noisy_error}), "
    title += f"and the output of an autoencoder for it ({error}). {said}."
    picture = Diagram(340, 342, title)
    names = IMAGES[0], f"{IMAGES[1]}\n{noisy_error}", f"{IMAGES[3]}\n{error}"
    _flow(picture, (clean[0], noisy[0], output[0]), names, f"±{amplitude:g}", code[0])
    # The bins have 0 and 1 in their middles, where clipping puts many pixels.
    edges = np.arange(-amplitude - 0.15, 1 + amplitude + 0.2, 0.1)
    for top, stage in zip((124, 234), STAGES, strict=True):
        _histogram(picture, top, stage, stages[stage], X, edges, means[stage])
    return picture


def _histogram(picture, top, stage, pixels, clean, edges, means):
    """Draw how bright the pixels are that were background, and those that were foreground."""
    ground = top + 86
    picture.text(170, top + 6, stage, font_weight="bold")

    def place(value):
        return 8 + 324 * (value - edges[0]) / (edges[-1] - edges[0])

    for part, (look, intensity) in PARTS.items():
        values = pixels[clean == intensity]
        shares = np.histogram(values, edges)[0] / values.size
        inside = np.flatnonzero(shares)
        outline = [(place(edges[inside[0]]), ground)]
        for at in range(inside[0], inside[-1] + 1):
            height = ground - 95 * shares[at]
            outline += [(place(edges[at]), height), (place(edges[at + 1]), height)]
        outline += [(outline[-1][0], ground), outline[0]]
        picture.line(*outline, look=f"{look}-area")
        x, side = place(values.mean()), 4 if intensity else -4
        picture.line((x, ground - 64), (x, ground), look=f"{look}-line", width=2.0)
        anchor = "start" if intensity else "end"
        picture.text(x + side, ground - 60, f"{part} {means[part]}", look, anchor, 11)
    picture.line((4, ground), (336, ground))
    for value in (0, 0.5, 1):
        picture.line((place(value), ground), (place(value), ground + 4))
        picture.text(place(value), ground + 13, f"{value:g}", "quiet", size=11)


def inpainting(network, image, mask, errors) -> Diagram:
    """Draw how an image is masked and inpainted, and of which two terms its error consists.

    Args:
        network: an `AutoEncoder`.
        image: one clean image, (784,), from 0 to 1.
        mask: booleans, (784,), True where pixels are missing.
        errors: by the edge of a square mask in pixels, the mean squared error of the masked pixels,
            and that of whole images.
    """
    masked = apply_mask(image[None], mask)
    code = network.encode(masked)
    output = network.decode(code)
    side = round(image.size**0.5)
    terms = {}
    for edge, (in_mask, whole) in errors.items():
        share = edge**2 / image.size
        terms[edge] = share * in_mask, whole - share * in_mask
    said = "; ".join(
        f"{edge} × {edge} pixels: {one:.4f} + {other:.4f} = {one + other:.4f}"
        for edge, (one, other) in terms.items()
    )
    title = "A clean digit, the same with a masked square, and an autoencoder's output for it. "
    title += f"The error of the whole image, as that of the mask plus that of the rest: {said}."
    picture = Diagram(340, 138 + 44 * len(terms), title)
    names = IMAGES[0], IMAGES[2], IMAGES[3]
    _flow(picture, (image, masked[0], output[0]), names, MASKING, code[0])
    rows, columns = np.nonzero(np.reshape(mask, (side, side)))
    unit = 76 / side
    for x in (112, 262):
        picture.box(x + unit * columns.min(), 4 + unit * rows.min(), unit * (np.ptp(columns) + 1),
                    unit * (np.ptp(rows) + 1), "gradient-line")  # fmt: skip
    center = 112 + unit * (columns.mean() + 0.5), 4 + unit * (rows.mean() + 0.5)
    picture.text(*center, "M", "gradient", font_style="italic")
    picture.text(180, 14, "K", "value", font_style="italic")
    picture.text(2, 116, TERMS[0], "gradient", "start", font_style="italic")
    picture.text(338, 116, TERMS[1], "value", "end", font_style="italic")
    scale = 220 / max(sum(pair) for pair in terms.values())
    for at, (edge, pair) in enumerate(terms.items()):
        x, y = 66, 128 + 44 * at
        picture.text(56, y + 11, f"{edge} × {edge}", anchor="end")
        for value, look, anchor in zip(pair, ("gradient", "value"), ("start", "end"), strict=True):
            picture.box(x, y, scale * value, 22, f"{look}-area")
            end = x if anchor == "start" else x + scale * value
            picture.text(end, y + 31, f"{value:.4f}", look, anchor, 11)
            x += scale * value
        picture.text(x + 6, y + 11, f"{sum(pair):.4f}", anchor="start")
    return picture


def decisions(estimates, bounds) -> Diagram:
    """Draw a claimed range, intervals of the ratio, and the verdict on each.

    Args:
        estimates: by name, each an `Estimate` of `nnlib.experiments.statistics`, by one range.
        bounds: the range, the least ratio and the most, which may be infinite.
    """
    finite = [bound for bound in bounds if 0 < bound < np.inf]
    ends = [end for one in estimates.values() for end in (one.low, one.high)] + finite
    low, high = 0.97 * min(ends), 1.03 * max(ends)

    def place(ratio):
        return 8 + 212 * np.log(np.clip(ratio, low, high) / low) / np.log(high / low)

    said = [f"{name}, {one}, {one.verdict()}" for name, one in estimates.items()]
    title = f"The claim: a ratio of {in_words(*bounds)}. {'; '.join(said)}."
    floor = 40 + 44 * len(estimates)
    picture = Diagram(340, floor + 24, title)
    left, right = map(place, bounds)
    picture.box(left, 24, right - left, floor - 24, "claim-area")
    picture.text((left + right) / 2, 10, CLAIMED)
    for at, (name, one) in enumerate(estimates.items()):
        verdict, y = one.verdict(), 56 + 44 * at
        _interval(picture, place(one.low), place(one.ratio), place(one.high), y, verdict)
        picture.text(8, y - 15, name, "quiet", "start", 11)
        picture.text(232, y - 5, verdict, VERDICT_LOOKS[verdict], "start", 13, font_weight="bold")
        why = one.cause if verdict == "undecided" else f"{one.low:.2f} to {one.high:.2f}"
        picture.text(232, y + 9, WHY.get(why, why), "quiet", "start", 11)
    picture.line((4, floor), (224, floor))
    for value in finite:
        picture.line((place(value), floor), (place(value), floor + 4))
        picture.text(place(value), floor + 14, number(value), "quiet", size=11)
    return picture


def _interval(picture, low, middle, high, y, verdict):
    """Draw an interval as a line with a mark, whose shape is that of the verdict."""
    look = VERDICT_LOOKS[verdict]
    line = "line" if look == "text" else f"{look}-line"
    picture.line((low, y), (high, y), look=line, width=2.5)
    if verdict == "holds":
        picture.circle(middle, y, 4.5, look)
    elif verdict == "fails":
        for side in (-1, 1):
            ends = (middle - 4.5, y - 4.5 * side), (middle + 4.5, y + 4.5 * side)
            picture.line(*ends, look=line, width=2.5)
    else:
        for x in (low, high):
            picture.line((x, y - 5), (x, y + 5), look=line, width=1.5)
        picture.circle(middle, y, 4.5, "box")


def verdict_key() -> Diagram:
    """Draw the key to the verdicts: an interval inside its range, outside, and over an edge."""
    said = "; ".join(f"{verdict}: {text}" for verdict, text in KEY.items())
    picture = Diagram(340, 62, f"The interval and the claimed range. {said}.")
    for at, (verdict, text) in enumerate(KEY.items()):
        x = 4 + 114 * at
        picture.box(x + 28, 4, 48, 24, "claim-area")
        low = x + {"holds": 36, "fails": 84, "undecided": 60}[verdict]
        wide = {"holds": 32, "fails": 20, "undecided": 34}[verdict]
        _interval(picture, low, low + wide / 2, low + wide, 16, verdict)
        picture.text(x + 52, 39, verdict, VERDICT_LOOKS[verdict], font_weight="bold")
        picture.text(x + 52, 54, text, "quiet", size=11)
    return picture
